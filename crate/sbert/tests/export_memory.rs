//! What reading and writing a model take of memory beside the model.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{self, Seek, SeekFrom, Write};

use burn::module::Module;
use burn::tensor::Device;
use peak_alloc::PeakAlloc;
use sbert::encoder::SentenceEncoderConfig;
use sbert::model::SentencePairModel;
use sbert::pretrained::{BaseFiles, FolderWriter, ZipFolder, export_model, load_encoder, save_encoder};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const CONFIG: &str = r#"{"model_type": "bert", "vocab_size": 30000, "hidden_size": 512, "num_hidden_layers": 1,
    "num_attention_heads": 8, "intermediate_size": 2048, "max_position_embeddings": 32, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "hidden_act": "gelu"}"#;

/// A file that is nowhere.
#[derive(Default)]
struct Nowhere {
    position: u64,
    n_bytes: u64,
}

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.position += bytes.len() as u64;
        self.n_bytes = self.n_bytes.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::End(offset) => self.n_bytes.saturating_add_signed(offset),
            SeekFrom::Current(offset) => self.position.saturating_add_signed(offset),
        };
        Ok(self.position)
    }
}

/// Bytes that something allocates at most, beyond those that are there before.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let result = work();
    (result, ALLOCATOR.peak_usage() - before)
}

// One test, because the allocator counts for the whole process.
#[test]
fn a_model_is_written_and_read_with_little_memory_beside_it() {
    let device = Device::flex();
    // 74 MB, of which word embeddings are 61.
    let config = SentenceEncoderConfig::new(30_000, 32, 2, 512, 2_048, 8, 1, 1e-12);
    let base = BaseFiles { config_json: CONFIG.to_owned(), tokenizer_files: Vec::new() };
    let model = SentencePairModel::with_new_head(config.from_seed(7, &device), 3, 7, &device);
    let n_bytes = 4 * model.encoder.num_params();

    let (zip_bytes, used) = peak(|| {
        let files = export_model(&model, &config, 32, &base, None, String::new()).unwrap();
        let (mut writer, mut zip) = (FolderWriter::new(files), ZipFolder::new("m", Nowhere::default()));
        while pollster::block_on(writer.advance(&mut zip)).unwrap() {}
        zip.finish().unwrap().n_bytes
    });
    println!("{:.1} MB beside a model of {:.1} MB to write it", used as f64 / 1e6, n_bytes as f64 / 1e6);
    assert!(zip_bytes as usize > n_bytes, "{zip_bytes} bytes");
    assert!(used < 16 << 20, "{used} bytes beside the model to write it");

    let weights = pollster::block_on(save_encoder(&model.encoder)).unwrap();
    drop(model);
    let (loaded, used) = peak(|| load_encoder(CONFIG.as_bytes(), &weights, &device).unwrap());
    assert_eq!(4 * loaded.encoder.num_params(), n_bytes);
    let beside = used - n_bytes;
    println!("{:.1} MB beside it to read it", beside as f64 / 1e6);
    assert!(beside < 12 << 20, "{beside} bytes beside the model to read it");
}
