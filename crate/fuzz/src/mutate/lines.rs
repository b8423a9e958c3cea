//! Changes of lines of cells, in whatever encoding they are.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{bytes, one_of};

/// What readers of tables and vocabularies look for.
const PIECES: [&[u8]; 30] = [
    b"sentence_a",
    b"sentence_b",
    b"label",
    b"score",
    b"split",
    b"\t",
    b",",
    b";",
    b"\n",
    b"\r\n",
    b"\r",
    b"\"",
    b"\"\"",
    b"{",
    b"}",
    b"{\"sentence1\":\"a\",\"sentence2\":\"b\",\"label\":",
    b"\0",
    b"\xFF",
    b"\xE9",
    b"1e308",
    b"-1e308",
    b"2,5",
    b"NaN",
    b"yes",
    b"\xFF\xFE",
    b"\xFE\xFF",
    b"\xEF\xBB\xBF",
    b"[CLS]",
    b"##x",
    "東🐕é".as_bytes(),
];

pub fn mutated(input: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = input.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.is_empty() {
        return one_of(&PIECES, rng).to_vec();
    }
    let (a, b) = (rng.random_range(0..lines.len()), rng.random_range(0..lines.len()));
    match rng.random_range(0..8) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a].clone()),
        2 => lines.swap(a, b),
        3 => lines.extend(vec![lines[a].clone(); rng.random_range(0..40)]),
        4..=5 => {
            let place = rng.random_range(0..=lines[a].len());
            drop(lines[a].splice(place..place, one_of(&PIECES, rng).iter().copied()));
        }
        6 => return recoded(input, rng),
        _ => bytes::mutate(&mut lines[a], rng),
    }
    lines.concat()
}

/// The same text in another encoding.
fn recoded(input: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let text = String::from_utf8_lossy(input);
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect();
    match rng.random_range(0..4) {
        0 => utf16(u16::to_le_bytes),
        1 => utf16(u16::to_be_bytes),
        2 => text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(0x80)).collect(),
        _ => text.replace('\n', "\r").into_bytes(),
    }
}
