//! A model is read in pieces of a bounded size, from files and from a zip, and is the same as when it is read at once.

use std::cell::Cell;
use std::rc::Rc;

use crate::folder_files::{Files, embedding, oracle_folder, zipped};
use burn::tensor::Device;
use sbert::encoder::SentenceEncoder;
use sbert::model::SentencePairModel;
use sbert::pretrained::{
    FileBytes, LoadOptions, ModelFolder, ModelLoading, RandomModel, export_model, random_model, save_encoder,
};

/// Most bytes that a piece reads.
const MAX_BYTES: usize = 4 << 20;

/// Counts what is read of all files.
struct Counted {
    bytes: Vec<u8>,
    n_read: Rc<Cell<usize>>,
}

impl FileBytes for Counted {
    fn n_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, start: u64, n_bytes: usize) -> Result<Vec<u8>, String> {
        self.n_read.set(self.n_read.get() + n_bytes);
        self.bytes.read(start, n_bytes)
    }
}

/// Load files in pieces, each of which is watched.
fn load(files: Files, n_layers: Option<usize>, n_bytes: usize) -> SentenceEncoder {
    let n_read = Rc::new(Cell::new(0));
    let counted = |(path, bytes)| (path, Box::new(Counted { bytes, n_read: Rc::clone(&n_read) }) as Box<dyn FileBytes>);
    let folder = ModelFolder::new(files.0.into_iter().map(counted).collect()).unwrap();
    let options = LoadOptions { n_layers, ..LoadOptions::default() };
    let mut loading = ModelLoading::new(&folder, &options, &Device::flex()).unwrap();
    // Settings, a tokenizer, headers.
    assert!(n_read.take() < MAX_BYTES);
    let mut pieces = Vec::new();
    loop {
        let has_more = loading.advance(&mut |_, _, _| ()).unwrap();
        pieces.push(n_read.take());
        if !has_more {
            break;
        }
    }
    assert!(pieces.iter().all(|piece| *piece <= MAX_BYTES), "{pieces:?}");
    // As few as there can be: two in a row would be too much for one.
    assert!(pieces.windows(2).all(|pair| pair[0] + pair[1] > MAX_BYTES), "{pieces:?}");
    assert_eq!(pieces.iter().sum::<usize>(), n_bytes);
    loading.finish().unwrap().encoder
}

#[test]
fn no_piece_of_a_model_is_larger_than_its_bound() {
    // Matrices of 8 MB, each of which is read in two parts, and vectors of a few kilobytes.
    let size = RandomModel { n_layers: 2, d_model: 512, n_heads: 4, d_ff: 4_096, max_positions: 32, seed: 7 };
    let tokenizer = oracle_folder("mean").folder().unwrap();
    let drawn = random_model(&size, &tokenizer, &Device::flex()).unwrap();
    let weights = |encoder: &SentenceEncoder| pollster::block_on(save_encoder(encoder)).unwrap();
    let expected = weights(&drawn.encoder);
    let header_bytes = 8 + u64::from_le_bytes(*expected.first_chunk().unwrap()) as usize;
    let n_bytes = expected.len() - header_bytes;

    let mut files = Files::default().with("config.json", drawn.base.config_json.as_str());
    for (name, bytes) in &drawn.base.tokenizer_files {
        files = files.with(name, bytes.clone());
    }
    let files = files.with("model.safetensors", expected.clone());
    assert!(weights(&load(files, None, n_bytes)) == expected);

    // What is cut off is read too, for the checksum that the zip has.
    let model = SentencePairModel::with_new_head(drawn.encoder.clone(), 2, 3, &Device::flex());
    let exported = export_model(&model, &drawn.config, 32, &drawn.base, None, String::new()).unwrap();
    let zip = Files::default().with("m.zip", zipped("m", exported));
    let cut = load(zip.clone(), Some(1), n_bytes);
    let at_once = zip.load(&LoadOptions { n_layers: Some(1), ..LoadOptions::default() }).unwrap();
    assert_eq!(cut.layers.len(), 1);
    assert!(weights(&cut) == weights(&at_once.encoder));
    assert!(!embedding(&at_once, "The cat sat on the mat.").is_empty());
}

#[test]
fn a_model_of_which_a_part_is_not_read_is_an_error() {
    let folder = oracle_folder("mean").folder().unwrap();
    let loading = ModelLoading::new(&folder, &LoadOptions::default(), &Device::flex()).unwrap();
    let message = loading.finish().err().unwrap().to_string();
    assert_eq!(message, "model.safetensors can't be read: 37 weights have not been read");
}
