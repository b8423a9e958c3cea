//! Changes of a zip: of a file in it, of how files are packed, or of a field of the archive.

use std::io::{Cursor, Read, Write};

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{bytes, json, one_of, safetensors};

/// A file of an input holds no more: what deflate makes much of is there already.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// None if the input can't be read as a zip.
pub fn mutated(input: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    if rng.random_bool(0.3) {
        return with_another_field(input, rng);
    }
    let mut files = unpacked(input)?;
    let file_idx = (!files.is_empty()).then(|| rng.random_range(0..files.len()))?;
    let (path, content) = &mut files[file_idx];
    match rng.random_range(0..7) {
        0 => {
            *path = one_of(&["../x", "/x", "config.json", "a/b/c", "", "__MACOSX/x", "tokenizer.json"], rng).to_string()
        }
        1 => files.iter_mut().for_each(|(path, _)| *path = format!("folder/{path}")),
        2 => drop(files.remove(file_idx)),
        3 => {
            // What deflate makes a thousand times smaller.
            let filling: &[u8] = one_of::<&[u8]>(&[b" ", b"[", b"0,", b"\"\":", b"[],"], rng);
            content.splice(0..0, filling.repeat(rng.random_range(1..100_000)));
        }
        _ => {
            let changed = match path.ends_with(".safetensors") {
                true => safetensors::mutated(content, rng),
                false => json::mutated(content, rng),
            };
            match changed {
                Some(changed) => *content = changed,
                None => bytes::mutate(content, rng),
            }
        }
    }
    packed(&files, rng)
}

fn unpacked(input: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(input)).ok()?;
    let mut files = Vec::new();
    for file_idx in 0..archive.len().min(20) {
        let Ok(file) = archive.by_index(file_idx) else { continue };
        let Ok(path) = file.name().map(|path| path.into_owned()) else { continue };
        let mut content = Vec::new();
        if file.take(MAX_FILE_BYTES).read_to_end(&mut content).is_ok() {
            files.push((path, content));
        }
    }
    Some(files)
}

fn packed(files: &[(String, Vec<u8>)], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        let method = *one_of(&[CompressionMethod::Stored, CompressionMethod::Deflated], rng);
        // Two files of one path are refused here too, and left out.
        if writer.start_file(path.as_str(), SimpleFileOptions::default().compression_method(method)).is_ok() {
            writer.write_all(content).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner())
}

/// Another number in a record of the archive: its magic is followed by versions, flags, method, time, checksum, sizes.
fn with_another_field(input: &[u8], rng: &mut ChaCha8Rng) -> Option<Vec<u8>> {
    let magics: [&[u8]; 3] = [b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"];
    let magic = *one_of(&magics, rng);
    let places: Vec<usize> = (0..input.len()).filter(|&place| input[place..].starts_with(magic)).collect();
    let place = (!places.is_empty()).then(|| *one_of(&places, rng))? + rng.random_range(4..46);
    let number = one_of(&[0, 1, 0xff, 0xffff, 0x7fff_ffff, u32::MAX, rng.random()], rng).to_le_bytes();
    let mut changed = input.to_vec();
    let n_bytes = if rng.random() { 2 } else { 4 };
    changed.get_mut(place..place + n_bytes)?.copy_from_slice(&number[..n_bytes]);
    Some(changed)
}
