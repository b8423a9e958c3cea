//! Changes that keep enough of a format to get past its first checks.

mod bytes;
mod json;
mod lines;
mod safetensors;
mod zip_file;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Reader;

/// What a mutation keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON value.
    Json,
    /// Header and data, and mostly the places of tensors.
    Safetensors,
    /// An archive, of whose files one is changed.
    Zip,
    /// Lines of cells.
    Lines,
}

/// Change an input of a reader once, as the seed says.
pub fn mutate(reader: &Reader, input: &mut Vec<u8>, seed: u64, max_bytes: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // The form itself is to break now and then.
    let changed = match rng.random_range(0..8) {
        0 => None,
        _ => match reader.format {
            Format::Json => json::mutated(input, &mut rng),
            Format::Safetensors => safetensors::mutated(input, &mut rng),
            Format::Zip => zip_file::mutated(input, &mut rng),
            Format::Lines => Some(lines::mutated(input, &mut rng)),
        },
    };
    match changed {
        Some(changed) => *input = changed,
        None => bytes::mutate(input, &mut rng),
    }
    input.truncate(max_bytes);
}

/// One of some things.
fn one_of<'a, T>(things: &'a [T], rng: &mut ChaCha8Rng) -> &'a T {
    &things[rng.random_range(0..things.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAX_INPUT_BYTES, READERS, seeds};

    #[test]
    fn the_seed_alone_decides() {
        for reader in &READERS {
            let mut n_changed = 0;
            for (_, before) in seeds(reader).unwrap() {
                for seed in 0..20 {
                    let mut twice = [before.clone(), before.clone()];
                    twice.iter_mut().for_each(|input| mutate(reader, input, seed, MAX_INPUT_BYTES));
                    assert_eq!(twice[0], twice[1], "{} {seed}", reader.name);
                    n_changed += usize::from(twice[0] != before);
                }
            }
            assert!(n_changed > 10, "{}: {n_changed}", reader.name);
        }
    }
}
