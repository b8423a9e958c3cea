//! Changes of bytes, whatever they are.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Limits of numbers, and what text does not hold.
const ODD: [u8; 10] = [0, 1, 0x7f, 0x80, 0xff, b'0', b'"', b'{', b'\n', b','];

pub fn mutate(input: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let place = rng.random_range(0..=input.len());
    let end = place + rng.random_range(0..=(input.len() - place).min(16));
    let part: Vec<u8> = input[place..end].to_vec();
    match rng.random_range(0..6) {
        0 => input.truncate(place),
        1 => drop(input.drain(place..end)),
        2 => drop(input.splice(place..place, part.repeat(rng.random_range(1..20)))),
        3 => input.insert(place, *super::one_of(&ODD, rng)),
        4 if place < input.len() => input[place] ^= 1 << rng.random_range(0..8),
        _ if place < input.len() => input[place] = *super::one_of(&ODD, rng),
        _ => input.push(rng.random()),
    }
}
