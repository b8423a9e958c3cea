//! The CRC-32 of a file that is read in pieces.

use std::cell::Cell;

use crc32fast::Hasher;

/// What is wrong with a file that has another checksum.
pub(crate) const WRONG_CHECKSUM: &str = "has another checksum than its zip declares, so it is damaged";

/// Adds up what is read of a file whose container declares a checksum.
///
/// The CRC of a file is the sum of those of its pieces, each with as many zero bytes behind it as the file has, so pieces
/// may come in any order. Each byte must come once.
pub(super) struct Checksum {
    declared: u32,
    n_bytes: u64,
    sum: Cell<u32>,
}

impl Checksum {
    pub fn new(declared: u32, n_bytes: u64) -> Self {
        Self { declared, n_bytes, sum: Cell::new(0) }
    }

    pub fn add(&self, start: u64, piece: &[u8]) {
        let mut hasher = Hasher::new();
        hasher.update(piece);
        let n_after = self.n_bytes.saturating_sub(start).saturating_sub(piece.len() as u64);
        hasher.combine(&Hasher::new_with_initial_len(0, n_after));
        self.sum.set(self.sum.get() ^ hasher.finalize());
    }

    /// Whether the pieces, which are the whole file, are those that were declared.
    pub fn is_right(&self) -> bool {
        self.sum.get() == self.declared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_any_order_are_the_whole() {
        let file: Vec<u8> = (0..1000u32).map(|n| (n * n % 251) as u8).collect();
        let sum_of = |pieces: &[(usize, usize)]| {
            let checksum = Checksum::new(crc32fast::hash(&file), file.len() as u64);
            pieces.iter().for_each(|&(start, end)| checksum.add(start as u64, &file[start..end]));
            checksum.is_right()
        };
        assert!(sum_of(&[(0, 1000)]));
        assert!(sum_of(&[(0, 8), (8, 500), (500, 1000)]));
        assert!(sum_of(&[(700, 1000), (0, 1), (1, 1), (400, 700), (1, 400)]));
        assert!(!sum_of(&[(0, 999)]));
        assert!(!sum_of(&[(0, 8), (8, 500), (499, 999)]));
    }
}
