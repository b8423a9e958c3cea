//! Damaged files for every reader of bytes that come from elsewhere: a model, pairs, a run.
//!
//! A [`Reader`] is given bytes and must answer: no panic, no abort, and no more memory than a stated multiple of the
//! input. Its inputs are files as they are on disk, begin as the seeds in `corpus`, and are changed by [`mutate()`], which
//! knows the formats: random bytes alone would never get past a header or a checksum. Two engines drive it: the test of
//! this crate with a fixed seed, and libFuzzer, which keeps what reaches new code (`cargo xtask fuzz`).

mod memory;
mod mutate;
mod readers;
mod seeds;

pub use memory::{Usage, measured};
pub use mutate::{Format, mutate};
pub use readers::{READERS, Reader};
pub use seeds::{seeds, write_seeds};

/// A longer input only takes longer. What is special about large files is tested by hand (`crate/sbert/tests`).
pub const MAX_INPUT_BYTES: usize = 16 << 10;

impl Reader {
    /// Read `input`; true if it was taken as such a file.
    ///
    /// # Panics
    /// If the reader does, or takes more memory than its bound. That is what is looked for.
    #[expect(clippy::panic, reason = "the engines look for panics")]
    pub fn check(&self, input: &[u8]) -> (bool, Usage) {
        let (is_taken, usage) = measured(|| (self.read)(input));
        let bound = self.fixed_bytes + self.bytes_per_byte * input.len();
        if usage.peak_bytes > bound {
            panic!(
                "{} took {} bytes of memory for {} bytes, more than {} and {} for each",
                self.name,
                usage.peak_bytes,
                input.len(),
                self.fixed_bytes,
                self.bytes_per_byte
            );
        }
        (is_taken, usage)
    }
}
