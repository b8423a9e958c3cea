//! Windows-1252, and when a file is taken for it.

use super::plan::TextEncoding;

/// What the bytes 0x80 to 0x9F are (WHATWG Encoding Standard, index windows-1252). Five have no character of their own and
/// stay control characters; all other bytes are the code points of their number.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', //
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// Append the text of `bytes` as UTF-8.
pub(super) fn decode(bytes: &[u8], text: &mut Vec<u8>) {
    for &byte in bytes {
        let character = match byte {
            0x80..=0x9F => HIGH[usize::from(byte - 0x80)],
            _ => char::from(byte),
        };
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Whether bytes are UTF-8 or Windows-1252; none if they are ASCII and may be either. What isn't UTF-8 can be a damaged row
/// of a file that is, so the more frequent counts: text in Windows-1252 hardly ever holds what looks like a character of
/// UTF-8.
///
/// Unless the bytes are the end of the file (`is_whole`), a character that they cut in two is passed over.
pub(super) fn guess(bytes: &[u8], is_whole: bool) -> Option<TextEncoding> {
    let (mut n_characters, mut n_others) = (0, 0);
    let mut n_left = bytes.len();
    for chunk in bytes.utf8_chunks() {
        n_characters += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        n_left -= chunk.valid().len() + chunk.invalid().len();
        let is_cut = n_left == 0
            && !is_whole
            && std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        n_others += usize::from(!chunk.invalid().is_empty() && !is_cut);
    }
    match (n_characters, n_others) {
        (0, 0) => None,
        _ if n_others > n_characters => Some(TextEncoding::Windows1252),
        _ => Some(TextEncoding::Utf8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Code points as Python's `bytes(range(0x80, 0xA0)).decode("cp1252", …)` and the standard's index have them.
    #[test]
    fn each_byte_is_the_character_of_the_standard() {
        let mut text = Vec::new();
        decode(&(0..=255).collect::<Vec<u8>>(), &mut text);
        let characters: Vec<u32> = String::from_utf8(text).unwrap().chars().map(u32::from).collect();
        let high = [
            0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D,
            0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A,
            0x153, 0x9D, 0x17E, 0x178,
        ];
        for (byte, &found) in (0u32..).zip(&characters) {
            let expect = if (0x80..0xA0).contains(&byte) { high[byte as usize - 0x80] } else { byte };
            assert_eq!(found, expect, "{byte:#x}");
        }
    }

    #[test]
    fn the_more_frequent_counts() {
        let check = |bytes: &[u8], is_whole, expect| assert_eq!(guess(bytes, is_whole), expect, "{bytes:?}");
        check(b"plain", true, None);
        check("caf\u{e9}".as_bytes(), true, Some(TextEncoding::Utf8));
        check(b"caf\xE9 th\xE9", true, Some(TextEncoding::Windows1252));
        check(b"caf\xE9", true, Some(TextEncoding::Windows1252));
        check(b"caf\xE9", false, None);
        check(b"caf\xE9 ", false, Some(TextEncoding::Windows1252));
        check(b"\xC3\xA9 \xFF", true, Some(TextEncoding::Utf8));
        check(b"\xC3\xA9 \xFF\xFF", true, Some(TextEncoding::Windows1252));
    }
}
