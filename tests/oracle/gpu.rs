//! What only the WebGPU leg has: its device, and a longer run beside the same on a CPU.

use std::cell::OnceCell;

use burn::tensor::Device;
use sbert::train::{StepReport, TrainConfig};
use sbert_lab::Compute;
use sbert_lab::compute::N_PREPARATIONS;
use sbert_lab::protocol::Backend;
use sbert_page::browser::Browser;
use sbert_page::constructors;

use crate::compare::{Comparison, print_leg};
use crate::tiny_bert::{STEP_TOLERANCE, TinyBert};

/// Steps of the longer run, of which so many are compared: rounding grows with every step.
const N_STEPS: usize = 32;
const N_COMPARED: usize = 20;
/// Steps between two readings of memory, which must be at the end what it was at one of the first two.
const READ_MEMORY_EVERY: usize = 8;

thread_local! {
    static OPENED: OnceCell<Device> = const { OnceCell::new() };
}

/// The browser's WebGPU device, opened as the page opens it, self-check included. A test without one fails.
pub async fn device() -> Device {
    if let Some(device) = OPENED.with(|opened| opened.get().cloned()) {
        return device;
    }
    constructors::run_once();
    let mut parts = Vec::new();
    let (compute, refusal) = Compute::open(&Browser, Backend::Webgpu, |n_done| parts.push(n_done)).await;
    assert_eq!(refusal, None);
    assert!(compute.is_gpu());
    assert!(parts.into_iter().eq(1..=N_PREPARATIONS));
    let adapter = compute.info.adapter.expect("WebGPU has an adapter");
    assert!(adapter.max_buffer_bytes > 0.0 && adapter.max_workgroup_invocations > 0);
    let kind = if adapter.is_software { "software" } else { "hardware" };
    print_leg("webgpu", &format!("adapter {} {} ({kind})", adapter.vendor, adapter.architecture));
    OPENED.with(|opened| opened.get_or_init(|| compute.device).clone())
}

/// The losses and gradient norms of a run with dropout; memory must level off.
pub async fn compare_a_longer_run(device: &Device) -> Comparison {
    let steps = async |small: &TinyBert, n_steps: usize, after: &mut dyn FnMut(usize)| -> Vec<StepReport> {
        let epochs = N_STEPS.div_ceil(small.table.pairs.len().div_ceil(small.config("nothing").batch_size));
        let config = TrainConfig { dropout: 0.1, shuffle: true, epochs, ..small.config("nothing") };
        let mut session = small.session(config);
        let mut reports = Vec::new();
        while reports.len() < n_steps {
            reports.push(session.step().await.unwrap().unwrap());
            after(reports.len());
        }
        reports
    };
    let mut memory = Vec::new();
    let actual = steps(&TinyBert::load(device), N_STEPS, &mut |step| {
        if step % READ_MEMORY_EVERY == 0 {
            memory.push((step, gpu_bytes(device), wasm_bytes()));
        }
    })
    .await;
    let expected = steps(&TinyBert::load(&Device::flex()), N_COMPARED, &mut |_| ()).await;

    print_leg("webgpu", &format!("memory (step, GPU bytes, wasm bytes): {memory:?}"));
    // Of the first two readings the larger: the pools of the device go up and down by some percent from step to step.
    let early = |bytes: fn(&(usize, u64, u64)) -> u64| memory[..2].iter().map(bytes).max().unwrap();
    let (gpu_early, wasm_early) = (early(|reading| reading.1), early(|reading| reading.2));
    let (_, gpu_late, wasm_late) = memory[memory.len() - 1];
    assert!(gpu_late <= gpu_early + gpu_early / 20, "the GPU's memory grows: {memory:?}");
    assert!(wasm_late <= wasm_early + wasm_early / 20, "wasm memory grows: {memory:?}");

    let mut comparison = Comparison::new("twenty steps with dropout", STEP_TOLERANCE);
    for (actual, expected) in actual.iter().zip(&expected) {
        comparison.number(format!("step {}: joint loss", actual.step), actual.loss, expected.loss);
        comparison.number(format!("step {}: gradient norm", actual.step), actual.gradient_norm, expected.gradient_norm);
    }
    comparison
}

/// Bytes that burn has reserved on the device.
fn gpu_bytes(device: &Device) -> u64 {
    device.memory_pool_usage().expect("the device reports its memory").bytes_reserved
}

fn wasm_bytes() -> u64 {
    const PAGE_BYTES: u64 = 65_536;
    core::arch::wasm32::memory_size(0) as u64 * PAGE_BYTES
}
