//! The module that `cargo xtask bench` measures: the lab's own code without its worker loop (see tests/bench).
//!
//! Errors are thrown as they are: whoever calls this is a program that prints them.

use std::hint::black_box;

use burn::tensor::{Device, Tensor};
use js_sys::{Object, Reflect};
use sbert::corpus::{PairTable, ReadOptions, Split, read_pairs};
use sbert::freeze::FreezeStrategy;
use sbert::model::SentencePairModel;
use sbert::session::{Session, TrainConfig, encode_sentences};
use sbert::text::TextTokenizer;
use sbert::weights::load_encoder;
use sbert_kernels::gemm::{Matrix, Onto, Packed, gemm};
use wasm_bindgen::prelude::*;

/// Longest sentence, in tokens, that the bench trains on.
const MAX_SEQ_LENGTH: usize = 256;

fn main() {
    console_error_panic_hook::set_once();
}

fn thrown(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

fn now() -> f64 {
    let clock = js_sys::global().unchecked_into::<web_sys::DedicatedWorkerGlobalScope>().performance();
    clock.map_or(f64::NAN, |clock| clock.now())
}

/// Floating-point operations a nanosecond of `work`, which does `n_operations` of them, repeated for about `millis`.
fn gflops(millis: f64, n_operations: f64, mut work: impl FnMut()) -> f64 {
    work();
    let (start, mut n_runs) = (now(), 0.0);
    loop {
        work();
        n_runs += 1.0;
        let elapsed = now() - start;
        if elapsed >= millis {
            return n_runs * n_operations / (elapsed * 1e6);
        }
    }
}

/// The machine's rate of independent multiplications and additions of four lanes.
#[wasm_bindgen]
pub fn peak(millis: f64) -> f64 {
    use std::arch::wasm32::{f32x4_add, f32x4_mul, f32x4_splat};
    // As many sums as V8 keeps in registers beside the two factors: fewer wait for one another.
    const N_SUMS: usize = 13;
    const N_ROUNDS: usize = 20_000;
    let factor = f32x4_splat(black_box(0.999));
    let term = f32x4_splat(black_box(0.001));
    gflops(millis, (N_ROUNDS * N_SUMS * 8) as f64, || {
        let mut sums = [f32x4_splat(0.5); N_SUMS];
        for _ in 0..N_ROUNDS {
            for sum in &mut sums {
                *sum = f32x4_add(f32x4_mul(*sum, factor), term);
            }
        }
        black_box(sums);
    })
}

/// As [`peak`], of the fused form; 0, as the module has none.
#[wasm_bindgen]
pub fn peak_relaxed(_millis: f64) -> f64 {
    0.0
}

/// Choose the products' instructions; false where they aren't there.
#[wasm_bindgen]
pub fn use_kernel(name: &str) -> bool {
    name == "plain"
}

/// The rate of our product `[m, k] × [k, n]`, either operand stored as its transpose.
#[wasm_bindgen]
pub fn matmul(m: usize, k: usize, n: usize, transpose_a: bool, transpose_b: bool, millis: f64) -> f64 {
    let view = |values, n_rows, n_columns, is_transposed| {
        if is_transposed { Matrix::rows(values, n_rows).transposed() } else { Matrix::rows(values, n_columns) }
    };
    let (a, b, mut c) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0; m * n]);
    let mut packed = Packed::default();
    gflops(millis, 2.0 * (m * k * n) as f64, || {
        let (a, b) = (view(&a, m, k, transpose_a), view(&b, k, n, transpose_b));
        gemm(&mut packed, [m, k, n], a, b, &mut c, n, Onto::Nothing);
    })
}

/// The rate of burn's product on flex.
#[wasm_bindgen]
pub fn matmul_flex(m: usize, k: usize, n: usize, millis: f64) -> f64 {
    matmul_of_burn(&Device::flex(), m, k, n, millis)
}

/// The rate of burn's product on burn-ndarray.
#[wasm_bindgen]
#[expect(deprecated, reason = "measured beside flex, its successor")]
pub fn matmul_ndarray(m: usize, k: usize, n: usize, millis: f64) -> f64 {
    matmul_of_burn(&Device::ndarray(), m, k, n, millis)
}

fn matmul_of_burn(device: &Device, m: usize, k: usize, n: usize, millis: f64) -> f64 {
    let (a, b) = (Tensor::<2>::ones([m, k], device), Tensor::<2>::ones([k, n], device));
    gflops(millis, 2.0 * (m * k * n) as f64, || {
        black_box(a.clone().matmul(b.clone()));
    })
}

/// A model that encodes token ids.
#[wasm_bindgen]
pub struct Encoder(sbert::encoder::SentenceEncoder);

#[wasm_bindgen]
impl Encoder {
    /// Load a checkpoint on the page's CPU backend.
    #[wasm_bindgen(constructor)]
    pub fn new(config_json: &str, weights: &[u8]) -> Result<Self, JsError> {
        Ok(Self(load_encoder(config_json.as_bytes(), weights, &Device::flex()).map_err(thrown)?.encoder))
    }

    /// Embeddings of `batch_size` sentences of `seq_length` ids each.
    pub async fn encode(&self, ids: Vec<u32>, batch_size: usize, seq_length: usize) -> Result<Vec<f32>, JsError> {
        let sentences: Vec<&[u32]> = ids.chunks_exact(seq_length).take(batch_size).collect();
        encode_sentences(&self.0, &sentences, 0).await.map_err(thrown)
    }
}

/// A training, one step at a time.
#[wasm_bindgen]
pub struct Training(Session);

#[wasm_bindgen]
impl Training {
    /// Prepare a run over the training pairs of a corpus in the demo corpus's format.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::too_many_arguments, reason = "called by name from JavaScript")]
    pub fn new(
        config_json: &str,
        weights: &[u8],
        tokenizer_json: &str,
        corpus_tsv: &str,
        freeze: &str,
        epochs: usize,
        batch_size: usize,
        _n_layers: usize,
    ) -> Result<Self, JsError> {
        let device = Device::flex();
        let encoder = load_encoder(config_json.as_bytes(), weights, &device).map_err(thrown)?.encoder;
        let vocab_size = encoder.embeddings.word.weight.dims()[0];
        let tokenizer = TextTokenizer::from_bytes(tokenizer_json.as_bytes(), vocab_size, MAX_SEQ_LENGTH);
        let tokenizer = tokenizer.map_err(thrown)?;
        let corpus = read_pairs("the corpus", corpus_tsv.as_bytes(), &ReadOptions::default()).map_err(thrown)?;
        let table = PairTable::new(corpus.of_split(Split::Train), &tokenizer).map_err(thrown)?;
        let config = TrainConfig::default();
        let model = SentencePairModel::with_new_head(encoder, corpus.classes.len(), u64::from(config.seed), &device);
        let config =
            TrainConfig { freeze: FreezeStrategy::parse(freeze).map_err(thrown)?, epochs, batch_size, ..config };
        Ok(Self(Session::new(&model, table, tokenizer.pad_id(), config).map_err(thrown)?))
    }

    /// Train on the next batch: the loss, or nothing when the run is over.
    pub async fn step(&mut self) -> Result<Option<f64>, JsError> {
        Ok(self.0.step().await.map_err(thrown)?.map(|report| report.loss))
    }

    /// Milliseconds by kind of work; empty, as nothing of the step is timed by itself yet.
    pub fn breakdown(&self) -> Object {
        Object::new()
    }

    /// Bytes of the module's memory, which never shrinks: the peak so far.
    pub fn memory_bytes(&self) -> f64 {
        let memory = wasm_bindgen::memory();
        let buffer = Reflect::get(&memory, &JsValue::from_str("buffer")).ok();
        buffer.map_or(f64::NAN, |buffer| f64::from(js_sys::ArrayBuffer::from(buffer).byte_length()))
    }
}
