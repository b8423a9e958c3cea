//! Bytes of a file to UTF-8 text: byte-order marks, UTF-16, Windows-1252, and the refusal of what isn't text at all.

use std::io::{self, Read};

use super::plan::TextEncoding;
use super::windows_1252;
use crate::error::Error;

/// How much of a file is looked at before it is read: some hundred rows, and a fraction of a second in any browser. So
/// much is also looked at, from the first byte on that isn't ASCII, to guess the encoding.
const HEAD_BYTES: usize = 64 * 1024;

/// Bytes asked of the file at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// In text one character in thousands is a control character; in compressed data it is one byte in nine.
const MAX_CONTROL_FRACTION: f64 = 0.02;

/// So many control characters are needed for a verdict: a short text with one NUL byte has one bad row.
const MIN_CONTROLS: usize = 8;

const SAVE_AS_TEXT: &str = "save the table as \"CSV UTF-8\" or tab-separated text";

/// What files that aren't text begin with, what they are, and what to do instead.
const MAGIC: [(&[u8], &str, &str); 19] = [
    (b"PK\x03\x04", "an Excel, OpenDocument or ZIP file", "open it and save the table as \"CSV UTF-8\""),
    (b"\xD0\xCF\x11\xE0", "an old Excel or Word file", "open it and save the table as \"CSV UTF-8\""),
    (b"%PDF-", "a PDF document", SAVE_AS_TEXT),
    (b"\x89PNG", "a PNG image", SAVE_AS_TEXT),
    (b"GIF89a", "a GIF image", SAVE_AS_TEXT),
    (b"\xFF\xD8\xFF", "a JPEG image", SAVE_AS_TEXT),
    (b"\x1F\x8B", "gzip-compressed", "decompress it first"),
    (b"BZh91AY&SY", "bzip2-compressed", "decompress it first"),
    (b"\xFD7zXZ", "xz-compressed", "decompress it first"),
    (b"\x28\xB5\x2F\xFD", "zstd-compressed", "decompress it first"),
    (b"7z\xBC\xAF", "a 7-Zip archive", "unpack it first"),
    (b"SQLite format 3", "an SQLite database", SAVE_AS_TEXT),
    (b"PAR1\x15", "a Parquet file", SAVE_AS_TEXT),
    (b"ARROW1\0\0", "an Arrow file", SAVE_AS_TEXT),
    (b"{\\rtf", "a rich-text document", SAVE_AS_TEXT),
    (b"\xFF\xFE\x00\x00", "UTF-32 text", "save it as UTF-8"),
    (b"<!doctype html", "a web page", "download the file itself, not the page that shows it"),
    (b"<html", "a web page", "download the file itself, not the page that shows it"),
    (b"<?xml", "an XML document", SAVE_AS_TEXT),
];

/// A file's text as UTF-8, decoded as it is read.
///
/// Bytes of a UTF-8 file that aren't UTF-8 pass through, and what isn't UTF-16 becomes such bytes: the rows that hold
/// them are at fault, not the file.
pub(super) struct TextReader<R> {
    reader: io::Chain<io::Cursor<Vec<u8>>, R>,
    /// None until the first byte that isn't ASCII: it tells.
    encoding: Option<TextEncoding>,
    /// In a file whose lines end in CR alone, as old Macintosh programs write them, CR becomes LF.
    cr_is_line_end: bool,
    utf16: Utf16Decoder,
    chunk: Vec<u8>,
    text: Vec<u8>,
    text_at: usize,
    n_bytes_read: u64,
}

impl<R: Read> TextReader<R> {
    /// Look at the head of a file, of which the encoding may be `given`. Gives the head's text too, up to the end of a
    /// line.
    ///
    /// # Errors
    /// [`Error::Corpus`] if the file can't be read or isn't text, saying what it looks like.
    pub fn open(file: &str, mut reader: R, given: Option<TextEncoding>) -> Result<(Self, Vec<u8>), Error> {
        let mut head = Vec::new();
        reader.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(|cause| unreadable(file, &cause))?;
        let (marked, bom_bytes) = match head.as_slice() {
            [0xFF, 0xFE, 0, 0, ..] => (None, 0),
            [0xEF, 0xBB, 0xBF, ..] => (Some(TextEncoding::Utf8), 3),
            [0xFF, 0xFE, ..] => (Some(TextEncoding::Utf16Le), 2),
            [0xFE, 0xFF, ..] => (Some(TextEncoding::Utf16Be), 2),
            _ => (None, 0),
        };
        let encoding = given.or(marked);
        let bom_bytes = if encoding == marked { bom_bytes } else { 0 };
        head.drain(..bom_bytes);
        let is_whole = head.len() + bom_bytes < HEAD_BYTES;
        let encoding = encoding.or_else(|| windows_1252::guess(&head, is_whole));
        if let Some((kind, remedy)) = looks_like(&head, encoding) {
            return Err(Error::Corpus { problem: format!("{file} is {kind}: {remedy}") });
        }
        let mut head_text = Vec::new();
        decode(encoding, &mut Utf16Decoder::default(), &head, &mut head_text);
        let cr_is_line_end = head_text.contains(&b'\r') && !head_text.contains(&b'\n');
        if cr_is_line_end {
            cr_to_lf(&mut head_text);
        }
        if !is_whole && let Some(last_line_end) = head_text.iter().rposition(|&byte| byte == b'\n') {
            head_text.truncate(last_line_end + 1);
        }
        let reader = Self {
            reader: io::Cursor::new(head).chain(reader),
            encoding,
            cr_is_line_end,
            utf16: Utf16Decoder::default(),
            chunk: Vec::new(),
            text: Vec::new(),
            text_at: 0,
            n_bytes_read: bom_bytes as u64,
        };
        Ok((reader, head_text))
    }

    /// The encoding; ASCII is UTF-8.
    pub fn encoding(&self) -> TextEncoding {
        self.encoding.unwrap_or(TextEncoding::Utf8)
    }

    /// Bytes of the file that have been decoded.
    pub fn n_bytes_read(&self) -> u64 {
        self.n_bytes_read
    }
}

impl<R: Read> Read for TextReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A chunk may decode to nothing, half a character say, without being the end.
        while self.text_at == self.text.len() {
            self.chunk.resize(CHUNK_BYTES, 0);
            let n_bytes = self.reader.read(&mut self.chunk)?;
            self.chunk.truncate(n_bytes);
            if self.encoding.is_none()
                && let Some(first) = self.chunk.iter().position(|byte| !byte.is_ascii())
            {
                // However much comes at a time, both passes over a file look at the same bytes.
                self.reader.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut self.chunk)?;
                let ahead = &self.chunk[first..];
                let guess = windows_1252::guess(&ahead[..ahead.len().min(HEAD_BYTES)], ahead.len() < HEAD_BYTES);
                self.encoding = guess.or(Some(TextEncoding::Utf8));
            }
            self.n_bytes_read += self.chunk.len() as u64;
            self.text.clear();
            self.text_at = 0;
            if n_bytes == 0 {
                self.utf16.finish(&mut self.text);
                if self.text.is_empty() {
                    return Ok(0);
                }
            }
            decode(self.encoding, &mut self.utf16, &self.chunk, &mut self.text);
            if self.cr_is_line_end {
                cr_to_lf(&mut self.text);
            }
        }
        let n_bytes = buffer.len().min(self.text.len() - self.text_at);
        buffer[..n_bytes].copy_from_slice(&self.text[self.text_at..][..n_bytes]);
        self.text_at += n_bytes;
        Ok(n_bytes)
    }
}

/// The error for a file whose bytes don't come.
pub(super) fn unreadable(file: &str, cause: &io::Error) -> Error {
    Error::Corpus { problem: format!("{file} can't be read: {cause}") }
}

fn cr_to_lf(text: &mut [u8]) {
    text.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
}

/// What a file that isn't text looks like, and what to do instead.
fn looks_like(head: &[u8], encoding: Option<TextEncoding>) -> Option<(&'static str, &'static str)> {
    if matches!(encoding, Some(TextEncoding::Utf16Le | TextEncoding::Utf16Be)) {
        return None;
    }
    let begins_with = |magic: &[u8]| head.len() >= magic.len() && head[..magic.len()].eq_ignore_ascii_case(magic);
    if let Some((_, kind, remedy)) = MAGIC.iter().find(|(magic, ..)| begins_with(magic)) {
        return Some((kind, remedy));
    }
    let n_nul_at = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (n_even, n_odd) = (n_nul_at(0), n_nul_at(1));
    // Latin text in UTF-16 has a NUL byte in every second place, and there alone.
    if n_even.min(n_odd) == 0 && n_even.max(n_odd) >= 2 && n_even.max(n_odd) * 4 >= head.len() {
        return Some(("UTF-16 text without a byte-order mark", "save it as UTF-8"));
    }
    let is_control = |byte: &&u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r');
    let n_controls = head.iter().filter(is_control).count();
    let is_binary = n_controls >= MIN_CONTROLS && n_controls as f64 >= MAX_CONTROL_FRACTION * head.len() as f64;
    is_binary.then_some(("binary data", SAVE_AS_TEXT))
}

fn decode(encoding: Option<TextEncoding>, utf16: &mut Utf16Decoder, bytes: &[u8], text: &mut Vec<u8>) {
    match encoding {
        None | Some(TextEncoding::Utf8) => text.extend_from_slice(bytes),
        Some(TextEncoding::Utf16Le) => utf16.decode(bytes, u16::from_le_bytes, text),
        Some(TextEncoding::Utf16Be) => utf16.decode(bytes, u16::from_be_bytes, text),
        Some(TextEncoding::Windows1252) => windows_1252::decode(bytes, text),
    }
}

/// UTF-16 in pieces. What isn't UTF-16 becomes 0xFF, which no UTF-8 text contains.
#[derive(Default)]
struct Utf16Decoder {
    /// The bytes of a character that the last piece has cut in two.
    pending: Vec<u8>,
}

impl Utf16Decoder {
    fn decode(&mut self, bytes: &[u8], from_bytes: fn([u8; 2]) -> u16, text: &mut Vec<u8>) {
        self.pending.extend_from_slice(bytes);
        let mut units: Vec<u16> = self.pending.as_chunks().0.iter().map(|&unit| from_bytes(unit)).collect();
        // The first half of a surrogate pair waits for the second.
        units.pop_if(|unit| matches!(unit, 0xD800..=0xDBFF));
        self.pending.drain(..2 * units.len());
        for decoded in char::decode_utf16(units) {
            match decoded {
                Ok(character) => text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => text.push(0xFF),
            }
        }
    }

    /// At the end nothing may be left over.
    fn finish(&mut self, text: &mut Vec<u8>) {
        if !self.pending.is_empty() {
            self.pending.clear();
            text.push(0xFF);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(TextEncoding, Vec<u8>), Error> {
        read_in(None, bytes)
    }

    fn read_in(given: Option<TextEncoding>, bytes: &[u8]) -> Result<(TextEncoding, Vec<u8>), Error> {
        // One byte at a time, so that every character is cut in two somewhere.
        struct Dripping<'a>(&'a [u8]);
        impl Read for Dripping<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let n_bytes = buffer.len().min(self.0.len()).min(1);
                self.0.read(&mut buffer[..n_bytes])
            }
        }
        let (mut reader, head) = TextReader::open("a.csv", Dripping(bytes), given)?;
        let mut text = Vec::new();
        reader.read_to_end(&mut text).unwrap();
        assert_eq!(reader.n_bytes_read(), bytes.len() as u64);
        assert_eq!(head, text[..head.len()]);
        Ok((reader.encoding(), text))
    }

    #[test]
    fn byte_order_marks_decide() {
        let text = "Ein Hund, \u{1F415}.\nzwei\n";
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(to_bytes).collect()
        };
        let check = |bytes: &[u8], encoding| assert_eq!(read(bytes).unwrap(), (encoding, text.as_bytes().to_vec()));
        check(text.as_bytes(), TextEncoding::Utf8);
        check(format!("\u{feff}{text}").as_bytes(), TextEncoding::Utf8);
        check(&utf16(u16::to_le_bytes), TextEncoding::Utf16Le);
        check(&utf16(u16::to_be_bytes), TextEncoding::Utf16Be);
    }

    #[test]
    fn what_is_not_utf8_is_read_as_windows_1252() {
        let check = |bytes: &[u8], encoding, expect: &str| {
            assert_eq!(read(bytes).unwrap(), (encoding, expect.as_bytes().to_vec()), "{expect}");
        };
        check(b"caf\xE9 \x80 5\n", TextEncoding::Windows1252, "café € 5\n");
        check(b"caf\xE9", TextEncoding::Windows1252, "café");
        check("café".as_bytes(), TextEncoding::Utf8, "café");
        // Far behind the head the first byte tells that isn't ASCII, wherever the chunks end.
        let plain = "A dog runs.\n".repeat(2 * HEAD_BYTES / 12);
        check(&[plain.as_bytes(), b"caf\xE9\n"].concat(), TextEncoding::Windows1252, &format!("{plain}café\n"));
        check(format!("{plain}café\n").as_bytes(), TextEncoding::Utf8, &format!("{plain}café\n"));
        for n_before in HEAD_BYTES - 3..HEAD_BYTES + 2 {
            let plain = &plain[..n_before];
            let utf8 = format!("{plain}東京{plain}");
            check(utf8.as_bytes(), TextEncoding::Utf8, &utf8);
            let latin = [plain.as_bytes(), b"\xE9\xE8", plain.as_bytes()].concat();
            check(&latin, TextEncoding::Windows1252, &format!("{plain}éè{plain}"));
        }
        // One broken row makes no other encoding.
        let broken = [&b"\xFF\n"[..], "é è\n".as_bytes()].concat();
        assert_eq!(read(&broken).unwrap(), (TextEncoding::Utf8, broken));
    }

    #[test]
    fn a_given_encoding_is_not_guessed() {
        let check = |given, bytes: &[u8], expect: &[u8]| {
            assert_eq!(read_in(Some(given), bytes).unwrap(), (given, expect.to_vec()));
        };
        check(TextEncoding::Utf8, b"caf\xE9", b"caf\xE9");
        check(TextEncoding::Utf8, "\u{feff}é".as_bytes(), "é".as_bytes());
        check(TextEncoding::Windows1252, "é".as_bytes(), "Ã©".as_bytes());
        check(TextEncoding::Utf16Le, b"a\0\xE9\0", "aé".as_bytes());
        check(TextEncoding::Utf16Be, b"\xFE\xFF\0a", b"a");
    }

    #[test]
    fn what_is_not_utf16_is_no_utf8_either() {
        let check = |units: &[u16], tail: &[u8], expect: &[u8]| {
            let bytes = [0xFEFF].iter().chain(units).flat_map(|unit| unit.to_le_bytes()).chain(tail.iter().copied());
            assert_eq!(read(&bytes.collect::<Vec<_>>()).unwrap().1, expect);
        };
        check(&[0xD83D, 0x61], &[], b"\xFFa");
        check(&[0xD83D, 0xD83D, 0xDC15], &[], b"\xFF\xF0\x9F\x90\x95");
        check(&[0xDC15, 0x61], &[], b"\xFFa");
        check(&[0x61, 0xD83D], &[], b"a\xFF");
        check(&[0x61], &[0x62], b"a\xFF");
    }

    #[test]
    fn carriage_returns_alone_end_lines() {
        assert_eq!(read(b"a\rb\r").unwrap().1, b"a\nb\n");
        assert_eq!(read(b"a\r\nb\rc\n").unwrap().1, b"a\r\nb\rc\n");
    }

    #[test]
    fn what_is_not_text_is_named() {
        let check = |bytes: &[u8], expect: &str| {
            let message = read(bytes).unwrap_err().to_string();
            assert!(message.starts_with("a.csv is ") && message.contains(expect), "{message}");
        };
        check(b"\x89PNG\r\n\x1A\n\0\0", "a PNG image");
        check(b"PK\x03\x04\x14\0", "an Excel, OpenDocument or ZIP file");
        check(b"%PDF-1.7\n", "a PDF document");
        check(b"<!DOCTYPE html><p>", "a web page");
        check(b"\xFF\xFE\0\0a\0\0\0", "UTF-32");
        check(b"a\0\t\0b\0\n\0", "UTF-16 text without a byte-order mark: save it as UTF-8");
        check(b"\0a\0\t\0b\0\n", "UTF-16 text without a byte-order mark: save it as UTF-8");
        check(&(0..=255).cycle().take(4000).collect::<Vec<u8>>(), "binary data");
        assert!(read(b"a,b\0,1\n").is_ok(), "one NUL byte is one bad row");
        assert!(read(b"caf\xE9,b,1\n").is_ok(), "an odd encoding is a fault of rows");
    }
}
