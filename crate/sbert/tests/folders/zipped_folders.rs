//! Zips of model folders: those that people make, and those that are made to harm.

use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::rc::Rc;

use crate::folder_files::{Files, embedding, oracle_folder};
use burn::tensor::Device;
use sbert::pretrained::{FileBytes, LoadOptions, ModelFolder, load_model};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SENTENCE: &str = "The cat sat on the mat.";
/// Where a central directory's entry has its flags, its method and the size that it declares.
const FLAGS: usize = 8;
const METHOD: usize = 10;
const SIZE: usize = 24;

fn zip(files: &Files, method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in &files.0 {
        writer.start_file(path.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn alone(archive: Vec<u8>) -> Files {
    Files::default().with("my-model.zip", archive)
}

fn check(archive: Vec<u8>, expect: &str) {
    let message = alone(archive).refusal();
    assert!(message.contains(expect), "{message}\n  expected: {expect}");
}

/// Change the central directory's entry of a file.
fn patch(archive: &mut [u8], path: &str, offset: usize, bytes: &[u8]) {
    let is_entry =
        |at: &usize| archive[*at..].starts_with(b"PK\x01\x02") && archive[at + 46..].starts_with(path.as_bytes());
    let entry = (0..archive.len() - 46).find(is_entry).unwrap();
    archive[entry + offset..entry + offset + bytes.len()].copy_from_slice(bytes);
}

#[test]
fn a_zip_is_its_folder() {
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        for name in ["normalize", "sharded"] {
            let folder = oracle_folder(name);
            let expected = embedding(&folder.clone().loaded(), SENTENCE);
            let nested = folder.renamed(|path| format!("my-model/{path}")).with("__MACOSX/my-model/._config.json", "x");
            let model = alone(zip(&nested, method)).loaded();
            assert_eq!(embedding(&model, SENTENCE), expected, "{name} by {method}");
        }
    }
}

/// Notes what is read of a file.
struct Watched {
    bytes: Vec<u8>,
    reads: Rc<RefCell<Vec<usize>>>,
}

impl FileBytes for Watched {
    fn n_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        self.reads.borrow_mut().push(n_bytes);
        self.bytes.read(start, n_bytes)
    }
}

#[test]
fn what_is_stored_is_read_in_place() {
    // Besides the weights a file that nobody needs.
    let files = oracle_folder("mean").with("photograph.png", vec![7; 4 << 20]);
    let n_weights = files.0["model.safetensors"].len();
    let reads = Rc::new(RefCell::new(Vec::new()));
    let watched = Watched { bytes: zip(&files, CompressionMethod::Stored), reads: Rc::clone(&reads) };
    let folder = ModelFolder::new(vec![("model.zip".to_owned(), Box::new(watched))]).unwrap();
    reads.borrow_mut().clear();
    load_model(&folder, &LoadOptions::default(), &Device::flex(), &mut |_, _, _| ()).unwrap();
    // Tensor by tensor; with the tokenizer, the settings and the header no more than the file and a bit.
    assert!(reads.borrow().iter().sum::<usize>() < n_weights + 20_000, "{reads:?}");
    assert!(reads.borrow().len() > 30 && reads.borrow().iter().all(|n_bytes| *n_bytes < n_weights / 2), "{reads:?}");
}

#[test]
fn a_damaged_file_that_is_stored_is_named() {
    let good = zip(&oracle_folder("mean"), CompressionMethod::Stored);
    let damaged = |near: &[u8], by: usize| {
        let mut archive = good.clone();
        let at = archive.windows(near.len()).position(|bytes| bytes == near).unwrap() + by;
        archive[at] ^= 1;
        archive
    };
    // Still JSON: a digit of a setting, and a letter of the vocabulary.
    check(damaged(b"\"initializer_range\": 0.02", 23), "config.json: has another checksum than its zip declares");
    check(damaged(b"\"mat\"", 1), "tokenizer.json: has another checksum than its zip declares");
    // Behind the header, in the middle of the weights.
    let header = b"\"embeddings.LayerNorm.bias\"";
    check(damaged(header, 60_000), "model.safetensors: has another checksum than its zip declares");
    // The last layers are cut off, and still belong to the file.
    let options = LoadOptions { n_layers: Some(1), ..LoadOptions::default() };
    let error = alone(damaged(header, 60_000)).load(&options).unwrap_err().to_string();
    assert!(error.contains("another checksum"), "{error}");
    alone(good.clone()).load(&options).unwrap();
}

#[test]
fn what_is_no_zip_is_refused() {
    let good = zip(&oracle_folder("mean"), CompressionMethod::Deflated);
    check(b"<!doctype html>".to_vec(), "my-model.zip can't be read as a zip: ");
    check(good[..good.len() - 100].to_vec(), "my-model.zip can't be read as a zip: ");
    check(Vec::new(), "my-model.zip can't be read as a zip: ");
    check(zip(&Files::default(), CompressionMethod::Stored), "there are no files, but config.json is needed");
    let inner = Files::default().with("inner.zip", good);
    check(zip(&inner, CompressionMethod::Stored), "there is no config.json among inner.zip");
    let outside = oracle_folder("mean").with("../../x", "");
    check(zip(&outside, CompressionMethod::Stored), "the path \"../../x\" leads out of the folder");
}

#[test]
fn a_file_that_can_not_be_had_is_named() {
    let good = zip(&oracle_folder("mean"), CompressionMethod::Deflated);
    let patched = |path: &str, offset: usize, bytes: &[u8]| {
        let mut archive = good.clone();
        patch(&mut archive, path, offset, bytes);
        archive
    };
    check(patched("config.json", FLAGS, &[1]), "config.json: is encrypted in the zip; make one without a password");
    check(patched("config.json", METHOD, &[93, 0]), "config.json: is compressed by");
    // A file of which nothing is needed may be anything.
    let spare = zip(&oracle_folder("mean").with("spare", "x"), CompressionMethod::Deflated);
    let mut encrypted = spare;
    patch(&mut encrypted, "spare", FLAGS, &[1]);
    alone(encrypted).loaded();
}

#[test]
fn a_bomb_is_not_inflated() {
    let mean = || oracle_folder("mean");
    // 70 MB in a zip of 70 kB.
    let bomb = zip(&mean().with("config.json", vec![b' '; 70 << 20]), CompressionMethod::Deflated);
    assert!(bomb.len() < 200_000);
    check(bomb.clone(), "config.json: has 73400320 bytes, more than the 4194304");
    // The same that declares to be small.
    let mut lying = bomb;
    patch(&mut lying, "config.json", SIZE, &600u32.to_le_bytes());
    check(lying, "config.json: can't be inflated: File is larger than its declared uncompressed size");
    let good = zip(&mean(), CompressionMethod::Deflated);
    let declaring = |archive: &[u8], path: &str, size: u32| {
        let mut archive = archive.to_vec();
        patch(&mut archive, path, SIZE, &size.to_le_bytes());
        archive
    };
    check(declaring(&good, "config.json", 1_000), "config.json: inflates to fewer bytes than the 1000");
    check(declaring(&good, "model.safetensors", 4_000_000_000), "bytes to 4000000000, which deflate can't do");
    // Of 4 MB that don't get smaller deflate could make 3 GB, if they were others.
    let noise: Vec<u8> =
        (0u32..1 << 20).flat_map(|n| n.wrapping_mul(2_654_435_761).rotate_left(n % 31).to_le_bytes()).collect();
    let large = zip(&mean().with("model.safetensors", noise), CompressionMethod::Deflated);
    check(
        declaring(&large, "model.safetensors", 3_000_000_000),
        "model.safetensors: inflates to 3000000000 bytes, more than is left of 2147483648 for a zip",
    );
    // A damaged file.
    let mut damaged = good.clone();
    let at = good.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap() / 2;
    damaged[at..at + 64].fill(0x55);
    let message = alone(damaged).refusal();
    assert!(message.starts_with("model.safetensors: can't be inflated: "), "{message}");
}
