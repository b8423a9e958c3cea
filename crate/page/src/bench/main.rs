//! The module that `cargo xtask bench` measures: the lab's own code without its worker loop (see tests/bench).
//!
//! Errors are thrown as they are: whoever calls this is a program that prints them.

use std::hint::black_box;

use burn::tensor::{Device, Tensor};
use js_sys::{Object, Reflect};
use sbert::corpus::{PairTable, Split};
use sbert::encoder::encode_sentences;
use sbert::import::{ReadOptions, read_pairs};
use sbert::model::SentencePairModel;
use sbert::pretrained::load_encoder;
use sbert::text::TextTokenizer;
use sbert::train::{FreezeStrategy, Session, TrainConfig};
use sbert_kernels::gemm::{Kernel, Matrix, Onto, gemm};
use sbert_kernels::timing::{PARTS, Part, set_clock, spent_millis};
use sbert_page::relaxed;
use wasm_bindgen::prelude::*;

mod peak;

/// Longest sentence, in tokens, that the bench trains on.
const MAX_SEQ_LENGTH: usize = 256;

fn main() {
    console_error_panic_hook::set_once();
    relaxed::use_where_possible();
}

fn thrown(error: impl std::fmt::Display) -> JsError {
    JsError::new(&error.to_string())
}

fn now() -> f64 {
    let clock = js_sys::global().unchecked_into::<web_sys::DedicatedWorkerGlobalScope>().performance();
    clock.map_or(f64::NAN, |clock| clock.now())
}

/// Milliseconds between two looks at the clock, at least: each costs as much as a small product.
const MILLIS_BETWEEN_LOOKS: f64 = 0.5;

/// Floating-point operations a nanosecond of `work`, which does `n_operations` of them, repeated for about `millis`.
fn gflops(millis: f64, n_operations: f64, mut work: impl FnMut()) -> f64 {
    let mut n_at_once = 1;
    loop {
        let start = now();
        (0..n_at_once).for_each(|_| work());
        if now() - start >= MILLIS_BETWEEN_LOOKS {
            break;
        }
        n_at_once *= 2;
    }
    let (start, mut n_runs) = (now(), 0.0);
    loop {
        (0..n_at_once).for_each(|_| work());
        n_runs += f64::from(n_at_once);
        let elapsed = now() - start;
        if elapsed >= millis {
            return n_runs * n_operations / (elapsed * 1e6);
        }
    }
}

/// The machine's rate of multiplications and additions of four lanes.
#[wasm_bindgen]
pub fn peak(millis: f64) -> f64 {
    peak::measure(Kernel::Plain, millis).unwrap_or_default()
}

/// As [`peak`], of the fused form; 0 where the browser has none.
#[wasm_bindgen]
pub fn peak_relaxed(millis: f64) -> f64 {
    peak::measure(Kernel::Fused, millis).unwrap_or_default()
}

/// Choose the products' instructions; false where they aren't there.
#[wasm_bindgen]
pub fn use_kernel(name: &str) -> bool {
    match name {
        "plain" => {
            relaxed::use_plain();
            true
        }
        "relaxed" => relaxed::use_where_possible() == Kernel::Fused,
        _ => false,
    }
}

/// The rate of our product `[m, k] × [k, n]`, either operand stored as its transpose.
#[wasm_bindgen]
pub fn matmul(m: usize, k: usize, n: usize, transpose_a: bool, transpose_b: bool, millis: f64) -> f64 {
    let view = |values, n_rows, n_columns, is_transposed| {
        if is_transposed { Matrix::rows(values, n_rows).transposed() } else { Matrix::rows(values, n_columns) }
    };
    let (a, b, mut c) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0; m * n]);
    gflops(millis, 2.0 * (m * k * n) as f64, || {
        let (a, b) = (view(&a, m, k, transpose_a), view(&b, k, n, transpose_b));
        gemm([m, k, n], a, b, &mut c, n, Onto::Nothing);
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
pub struct Training {
    session: Session,
    /// Milliseconds of all steps, and what of them each part has taken.
    total_millis: f64,
    part_millis: [f64; PARTS.len()],
}

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
        let session = Session::new(&model, table, tokenizer.pad_id(), config).map_err(thrown)?;
        set_clock(now);
        Ok(Self { session, total_millis: 0.0, part_millis: [0.0; PARTS.len()] })
    }

    /// Train on the next batch: the loss, or nothing when the run is over.
    pub async fn step(&mut self) -> Result<Option<f64>, JsError> {
        let (start, before) = (now(), spent_millis());
        let report = self.session.step().await.map_err(thrown)?;
        self.total_millis += now() - start;
        for (part, (after, before)) in self.part_millis.iter_mut().zip(spent_millis().iter().zip(before)) {
            *part += after - before;
        }
        Ok(report.map(|report| report.loss))
    }

    /// Milliseconds by kind of work, of all steps so far.
    pub fn breakdown(&self) -> Result<Object, JsValue> {
        let breakdown = Object::new();
        for (part, millis) in PARTS.into_iter().zip(self.part_millis) {
            let name = match part {
                Part::Products => "matrix products",
                Part::Attention => "attention",
                Part::ElementWise => "element-wise",
                Part::DropoutMasks => "dropout masks",
                Part::Optimizer => "optimiser",
            };
            Reflect::set(&breakdown, &name.into(), &millis.into())?;
        }
        let rest = self.total_millis - self.part_millis.iter().sum::<f64>();
        Reflect::set(&breakdown, &"all else".into(), &rest.into())?;
        Ok(breakdown)
    }

    /// Bytes of the module's memory, which never shrinks: the peak so far.
    pub fn memory_bytes(&self) -> f64 {
        let memory = wasm_bindgen::memory();
        let buffer = Reflect::get(&memory, &JsValue::from_str("buffer")).ok();
        buffer.map_or(f64::NAN, |buffer| f64::from(js_sys::ArrayBuffer::from(buffer).byte_length()))
    }
}
