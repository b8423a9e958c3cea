//! Physical lines, counted, none longer than memory allows.

use std::io::{self, BufRead, Read};

/// No row of two sentences needs more, parse trees included; a longer line is another kind of file.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// What [`LineReader::next_line`] has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, ending in one LF.
    Whole,
    /// A line of more than [`MAX_ROW_BYTES`], passed over.
    TooLong,
    /// Nothing more.
    End,
}

/// Lines of a text, counted from 1.
pub(super) struct LineReader<B> {
    text: B,
    /// Lines that are read again.
    replay: Vec<u8>,
    replay_at: usize,
    n_lines: u64,
}

impl<B: BufRead> LineReader<B> {
    pub fn new(text: B) -> Self {
        Self { text, replay: Vec::new(), replay_at: 0, n_lines: 0 }
    }

    pub fn text(&self) -> &B {
        &self.text
    }

    /// Number of the line that was read last.
    pub fn line(&self) -> u64 {
        self.n_lines
    }

    /// Append the next line to `line`. CR LF and the end of the file become LF.
    ///
    /// # Errors
    /// What reading the file fails with.
    pub fn next_line(&mut self, line: &mut Vec<u8>) -> io::Result<Line> {
        let start = line.len();
        let mut replay = &self.replay[self.replay_at..];
        if replay.is_empty() {
            let n_bytes = self.text.by_ref().take(MAX_ROW_BYTES as u64).read_until(b'\n', line)?;
            if n_bytes == 0 {
                return Ok(Line::End);
            }
            if n_bytes == MAX_ROW_BYTES && !line.ends_with(b"\n") {
                line.truncate(start);
                self.text.skip_until(b'\n')?;
                self.n_lines += 1;
                return Ok(Line::TooLong);
            }
        } else {
            self.replay_at += replay.read_until(b'\n', line)?;
            self.n_lines += 1;
            return Ok(Line::Whole);
        }
        self.n_lines += 1;
        if line.ends_with(b"\n") {
            line.pop();
            if line.len() > start && line.ends_with(b"\r") {
                line.pop();
            }
        }
        line.push(b'\n');
        Ok(Line::Whole)
    }

    /// Have the lines that were read last, `lines`, read again.
    pub fn read_again(&mut self, lines: &[u8]) {
        let n_lines = lines.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.n_lines = self.n_lines.saturating_sub(n_lines);
        self.replay.splice(..self.replay_at, lines.iter().copied());
        self.replay_at = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_and_read_again() {
        let mut lines = LineReader::new(&b"a\r\nb\n\nd"[..]);
        let mut text = Vec::new();
        for _ in 0..3 {
            assert_eq!(lines.next_line(&mut text).unwrap(), Line::Whole);
        }
        assert_eq!((text.as_slice(), lines.line()), (&b"a\nb\n\n"[..], 3));
        lines.read_again(b"b\n\n");
        let mut again = Vec::new();
        lines.next_line(&mut again).unwrap();
        assert_eq!((again.as_slice(), lines.line()), (&b"b\n"[..], 2));
        lines.read_again(b"b\n");
        for expect in [&b"b\n"[..], b"\n", b"d\n"] {
            again.clear();
            assert_eq!(lines.next_line(&mut again).unwrap(), Line::Whole);
            assert_eq!(again, expect);
        }
        assert_eq!((lines.next_line(&mut again).unwrap(), lines.line()), (Line::End, 4));
    }

    #[test]
    fn an_endless_line_is_passed_over() {
        let text = [b"a\n".as_slice(), &vec![b'x'; 3 * MAX_ROW_BYTES], b"\nb\n"].concat();
        let mut lines = LineReader::new(text.as_slice());
        let mut line = Vec::new();
        let found: Vec<Line> = (0..4).map(|_| lines.next_line(&mut line).unwrap()).collect();
        assert_eq!(found, [Line::Whole, Line::TooLong, Line::Whole, Line::End]);
        assert_eq!(line, b"a\nb\n");
        let at_the_limit = vec![b'x'; MAX_ROW_BYTES - 1];
        let text = [at_the_limit.as_slice(), b"\n"].concat();
        assert_eq!(LineReader::new(text.as_slice()).next_line(&mut line).unwrap(), Line::Whole);
    }
}
