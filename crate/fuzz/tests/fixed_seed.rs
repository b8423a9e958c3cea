//! A fixed share of what the fuzzer does, the same at each run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sbert_fuzz::{MAX_INPUT_BYTES, READERS, Reader, mutate, seeds};

/// Cases a reader: some seconds for all of them.
const N_CASES: usize = 1_500;
/// Changes of a seed, one upon the other.
const MAX_CHANGES: usize = 6;

/// One test, because memory is counted for the whole process.
#[test]
fn every_reader_answers_whatever_the_bytes() {
    for reader in &READERS {
        let start = Instant::now();
        let seeds = seeds(reader).unwrap();
        let mut n_seeds_taken = 0;
        for (name, input) in &seeds {
            assert!(input.len() <= MAX_INPUT_BYTES, "{}/{name} is too long", reader.name);
            n_seeds_taken += usize::from(check(reader, input).0);
        }
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (mut n_taken, mut most_per_byte, mut most_bytes) = (0, 0.0f64, 0);
        for _ in 0..N_CASES {
            let mut input = seeds[rng.random_range(0..seeds.len())].1.clone();
            for _ in 0..rng.random_range(1..=MAX_CHANGES) {
                mutate(reader, &mut input, rng.random(), MAX_INPUT_BYTES);
            }
            let (is_taken, peak_bytes) = check(reader, &input);
            n_taken += usize::from(is_taken);
            most_bytes = most_bytes.max(peak_bytes);
            let beyond = peak_bytes.saturating_sub(reader.fixed_bytes);
            most_per_byte = most_per_byte.max(beyond as f64 / input.len().max(1) as f64);
        }
        println!(
            "{}: {N_CASES} cases in {:.2} s, {n_taken} taken, {n_seeds_taken} of {} seeds; at most {} kB, {most_per_byte:.0} a byte beyond {} kB",
            reader.name,
            start.elapsed().as_secs_f64(),
            seeds.len(),
            most_bytes / 1000,
            reader.fixed_bytes / 1000
        );
        // Mutations that all fail at the first check would find nothing behind it.
        assert!(n_seeds_taken > 0 && n_taken > N_CASES / 100, "{}: {n_taken} of {N_CASES} were taken", reader.name);
    }
}

/// Read an input, and keep it in a file if that fails.
fn check(reader: &Reader, input: &[u8]) -> (bool, usize) {
    let result = catch_unwind(AssertUnwindSafe(|| reader.check(input)));
    let (is_taken, usage) = result.unwrap_or_else(|_| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("failed-{}", reader.name));
        std::fs::write(&path, input).unwrap();
        panic!(
            "{} failed on {} (the message is above); again: cargo xtask fuzz --reader {} --repeat {}",
            reader.name,
            path.display(),
            reader.name,
            path.display()
        );
    });
    (is_taken, usage.peak_bytes)
}
