//! A file that leaves the memory while it is written, in parts.

use std::cell::RefCell;
use std::io::{self, Seek, SeekFrom, Write};
use std::rc::Rc;

/// Most bytes of a part.
const PART_BYTES: usize = 4 << 20;

/// Some bytes of a file, from byte `start` on. Where they lie before the end of those that came earlier, they replace them.
pub(super) struct Part {
    pub start: u64,
    pub bytes: Vec<u8>,
}

/// Parts that are written and not taken yet.
pub(super) type Parts = Rc<RefCell<Vec<Part>>>;

/// Writes a file as parts. Whoever goes back in it, as the writer of a zip does to each header, begins another part.
pub(super) struct PartWriter {
    /// The part that is being written.
    part: Part,
    /// Length of the file so far.
    n_bytes: u64,
    parts: Parts,
}

impl PartWriter {
    /// Parts go into `parts` as soon as they are full.
    pub fn new(parts: &Parts) -> Self {
        Self { part: Part { start: 0, bytes: Vec::new() }, n_bytes: 0, parts: Rc::clone(parts) }
    }

    fn position(&self) -> u64 {
        self.part.start + self.part.bytes.len() as u64
    }

    /// End the part that is being written; the next one begins at byte `start`.
    fn begin_part(&mut self, start: u64) {
        let ended = std::mem::replace(&mut self.part, Part { start, bytes: Vec::new() });
        if !ended.bytes.is_empty() {
            self.parts.borrow_mut().push(ended);
        }
    }
}

impl Write for PartWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n_taken = bytes.len().min(PART_BYTES - self.part.bytes.len());
        self.part.bytes.extend_from_slice(&bytes[..n_taken]);
        self.n_bytes = self.n_bytes.max(self.position());
        if self.part.bytes.len() == PART_BYTES {
            self.flush()?;
        }
        Ok(n_taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.begin_part(self.position());
        Ok(())
    }
}

impl Seek for PartWriter {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.n_bytes.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position().checked_add_signed(offset),
        };
        // No bytes are left out, so that every part begins where there are some already, or at their end.
        let position = position.filter(|position| *position <= self.n_bytes);
        let position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if position != self.position() {
            self.begin_part(position);
        }
        Ok(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a receiver of the parts has.
    fn whole(parts: &[Part]) -> Vec<u8> {
        let mut file = Vec::new();
        for Part { start, bytes } in parts {
            let start = *start as usize;
            file.resize(file.len().max(start + bytes.len()), 0);
            file[start..start + bytes.len()].copy_from_slice(bytes);
        }
        file
    }

    #[test]
    fn parts_are_what_a_file_would_be() {
        let parts = Parts::default();
        let (mut writer, mut file) = (PartWriter::new(&parts), io::Cursor::new(Vec::new()));
        let mut write = |to: Option<SeekFrom>, bytes: &[u8]| {
            if let Some(to) = to {
                assert_eq!(writer.seek(to).unwrap(), file.seek(to).unwrap());
            }
            writer.write_all(bytes).unwrap();
            file.write_all(bytes).unwrap();
        };
        write(None, &vec![1; PART_BYTES + 10]);
        write(Some(SeekFrom::Start(7)), &[2; 3]);
        write(None, &[3]);
        write(Some(SeekFrom::End(0)), &vec![4; 3 * PART_BYTES]);
        // Over the end.
        write(Some(SeekFrom::Current(-2)), &[5; 4]);
        assert!(writer.seek(SeekFrom::End(1)).is_err() && writer.seek(SeekFrom::Current(i64::MIN)).is_err());
        writer.flush().unwrap();
        let parts = parts.take();
        assert!(whole(&parts) == file.into_inner());
        assert_eq!(parts.iter().map(|part| part.bytes.len()).max(), Some(PART_BYTES));
        assert_eq!(parts.len(), 2 + 1 + 3 + 1, "a part for each jump");
    }
}
