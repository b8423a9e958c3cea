//! Every backend's numbers against PyTorch's, natively (`cargo test`) and in a browser (`wasm-pack test`).
//!
//! The reference values in this folder were computed by PyTorch in float64 (`generate.py`), so that what is measured is
//! our error alone. Each leg prints one line with the worst relative error it saw, and where; `cargo xtask test` shows
//! those lines once more at its end.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
#![allow(deprecated, reason = "burn-ndarray stays selectable beside flex, the default")]

mod compare;
mod embedding_map;
mod files;
mod folders;
#[cfg(target_arch = "wasm32")]
mod gpu;
mod minilm;
mod properties;
mod scores;
mod tiny_bert;
mod tokenization;

use burn::tensor::Device;
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Makes one test of each (backend, check): the check gets the backend's name, its device, and how many times looser
/// than a CPU's its tolerances are.
macro_rules! legs {
    ($($backend:ident: $device:expr, $times_looser:literal, [$($check:ident),+];)+) => {
        $(mod $backend {
            use super::*;
            $(
                #[wasm_bindgen_test(unsupported = pollster::test)]
                async fn $check() {
                    let device = $device;
                    super::$check(stringify!($backend), &device, $times_looser).await;
                }
            )+
        })+
    };
}

legs! {
    ndarray: Device::ndarray(), 1.0, [small_model, small_distilbert, model_folders];
    flex: flex_with_plain_products(), 1.0, [small_model, small_distilbert, real_weights, model_folders];
}

// In a browser the largest products of burn-ndarray take seconds, and are the same code as here.
#[cfg(not(target_arch = "wasm32"))]
legs! {
    ndarray_at_full_size: Device::ndarray(), 1.0, [real_weights];
}

// In a browser the products of our layers are made of plain instructions or, where it has them, of fused ones.
#[cfg(target_arch = "wasm32")]
legs! {
    flex_fused: flex_with_fused_products(), 1.0, [small_model, small_distilbert, real_weights, model_folders];
}

fn flex_with_plain_products() -> Device {
    sbert_page::relaxed::use_plain();
    Device::flex()
}

#[cfg(target_arch = "wasm32")]
fn flex_with_fused_products() -> Device {
    assert_eq!(sbert_page::relaxed::use_where_possible(), sbert_kernels::gemm::Kernel::Fused);
    Device::flex()
}

// On Chromium's software adapter a step of the small model takes half a second, one of all-MiniLM-L6-v2 minutes: the few
// properties that need steps are tested with few, and real weights by hand, in the page.
#[cfg(target_arch = "wasm32")]
legs! {
    webgpu: gpu::device().await, 10.0, [small_model_in_few_steps, a_longer_run, model_folders];
}

/// The small BERT: forward, every gradient, ten steps of every freeze strategy; then what must hold without an oracle.
async fn small_model(backend: &str, device: &Device, times_looser: f64) {
    let small = against_the_oracle(backend, device, times_looser, |_| true, 10).await;
    properties::check_all(&small, times_looser).await;
}

/// The small DistilBERT: forward, ten steps of every freeze strategy.
async fn small_distilbert(backend: &str, device: &Device, times_looser: f64) {
    let small = tiny_bert::TinyBert::of(&tiny_bert::DISTILBERT, device);
    let comparisons = [tiny_bert::forward(&small).await, tiny_bert::losses_of_ten_steps(&small).await];
    compare::report(&format!("{backend}, small DistilBERT"), &comparisons, times_looser);
}

#[cfg(target_arch = "wasm32")]
async fn small_model_in_few_steps(backend: &str, device: &Device, times_looser: f64) {
    // The two that are left out launch what `nothing` launches, and less; what they freeze, the CPU's legs find.
    let is_chosen = |freeze: &str| !["embeddings", "head"].contains(&freeze);
    let small = against_the_oracle(backend, device, times_looser, is_chosen, 3).await;
    properties::check_in_few_steps(&small, times_looser).await;
}

/// A GPU against a CPU over a longer run with dropout, and what the run leaves in memory.
#[cfg(target_arch = "wasm32")]
async fn a_longer_run(backend: &str, device: &Device, times_looser: f64) {
    let comparison = gpu::compare_a_longer_run(device).await;
    compare::report(&format!("{backend}, the same run on flex"), &[comparison], times_looser);
}

async fn against_the_oracle(
    backend: &str,
    device: &Device,
    times_looser: f64,
    is_chosen: impl Fn(&str) -> bool,
    n_cosent_steps: usize,
) -> tiny_bert::TinyBert {
    let small = tiny_bert::TinyBert::load(device);
    let [steps, parameters] = tiny_bert::ten_steps(&small, is_chosen).await;
    let (forward, gradients) = (tiny_bert::forward(&small).await, tiny_bert::gradients(&small).await);
    let cosent = tiny_bert::cosent(&small, n_cosent_steps).await;
    let comparisons = [forward, gradients, steps, parameters, cosent];
    compare::report(&format!("{backend}, small model"), &comparisons, times_looser);
    small
}

/// all-MiniLM-L6-v2: embeddings, and the scores of the demo corpus's held-out pairs.
async fn real_weights(backend: &str, device: &Device, times_looser: f64) {
    let comparisons = minilm::compare(device).await;
    compare::report(&format!("{backend}, all-MiniLM-L6-v2"), &comparisons, times_looser);
}

/// Folders as sentence-transformers and transformers write them: every pooling, normalisation, halves, shards.
async fn model_folders(backend: &str, device: &Device, times_looser: f64) {
    let comparison = folders::compare(device).await;
    compare::report(&format!("{backend}, model folders"), &[comparison], times_looser);
}

/// Needs no backend.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn drawn_weights_are_the_same_everywhere() {
    folders::drawn_weights().await;
}

/// Needs no backend.
#[wasm_bindgen_test(unsupported = test)]
fn token_ids_of_a_cased_vocabulary_equal_those_of_transformers() {
    folders::cased_vocabulary();
}

/// Needs no backend.
#[wasm_bindgen_test(unsupported = pollster::test)]
async fn token_ids_equal_those_of_the_python_tokenizers() {
    tokenization::check().await;
}

/// Needs no backend.
#[wasm_bindgen_test(unsupported = test)]
fn scores_equal_those_of_scipy_and_scikit_learn() {
    compare::report("scores", &[scores::correlations(), scores::classifications(), scores::bootstraps()], 1.0);
    compare::report("maps", &[embedding_map::maps_and_neighbours()], 1.0);
}
