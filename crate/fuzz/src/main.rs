//! libFuzzer over one reader, `SBERT_FUZZ_READER`. `SBERT_FUZZ_SEEDS` is a folder for its seeds, which libFuzzer reads.
#![no_main]
#![allow(unsafe_code, missing_docs, reason = "the macros make functions that C calls")]
#![allow(clippy::expect_used, clippy::panic, reason = "the engine looks for panics")]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use sbert_fuzz::{READERS, Reader, mutate, write_seeds};

static READER: LazyLock<&Reader> = LazyLock::new(|| {
    let name = std::env::var("SBERT_FUZZ_READER").unwrap_or_default();
    READERS.iter().find(|reader| reader.name == name).expect("SBERT_FUZZ_READER names a reader")
});

fn prepare() {
    if let Some(folder) = std::env::var_os("SBERT_FUZZ_SEEDS") {
        write_seeds(READER.name, Path::new(&folder)).expect("seeds can be written");
    }
}

fuzz_target!(init: prepare(), |input: &[u8]| {
    READER.check(input);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Half of the time libFuzzer's own, which knows what the code compares bytes with.
    if seed % 2 == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    let mut input = data[..size].to_vec();
    mutate(&READER, &mut input, u64::from(seed), max_size);
    data[..input.len()].copy_from_slice(&input);
    input.len()
});
