//! The page's GPU device in a real browser: what it takes for a fault, and what the self-check takes for one. That a right
//! one passes, with every part reported, is tested where the oracle opens it (tests/oracle/gpu.rs).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]
#![cfg(all(target_arch = "wasm32", feature = "webgpu"))]

use burn::tensor::wgpu::wgpu::{BufferDescriptor, BufferUsages};
use burn::tensor::{Device, Tensor};
use js_sys::Function;
use sbert::self_check::SelfCheck;
use sbert_lab::Compute;
use sbert_lab::protocol::{Backend, Refusal, RefusalKind};
use sbert_page::browser::Browser;
use sbert_page::constructors;
use sbert_page::device::webgpu::{OpenGpu, open};
use sbert_page::device::{Fault, fault, on_fault};
use std::sync::atomic::{AtomicUsize, Ordering};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn run_javascript(code: &str) {
    Function::new_no_args(code).call0(&wasm_bindgen::JsValue::NULL).unwrap();
}

/// What the page does when it opens the GPU, in a browser that puts `to` for `from` in every shader.
async fn open_with_shaders_changed(from: &str, to: &str) -> (Compute, Option<Refusal>) {
    constructors::run_once();
    run_javascript(&format!(
        "const prototype = GPUDevice.prototype;
         globalThis.createShaderModule = prototype.createShaderModule;
         prototype.createShaderModule = function (descriptor) {{
             const code = descriptor.code.replaceAll('{from}', '{to}');
             return globalThis.createShaderModule.call(this, {{ ...descriptor, code }});
         }};"
    ));
    let opened = Compute::open(&Browser, Backend::Webgpu, |_| ()).await;
    run_javascript("GPUDevice.prototype.createShaderModule = globalThis.createShaderModule;");
    opened
}

async fn open_gpu() -> OpenGpu {
    constructors::run_once();
    open().await.expect("the browser has an adapter")
}

#[wasm_bindgen_test]
async fn a_gpu_that_computes_wrongly_is_refused() {
    // Every exponential to the base of two: softmax and GELU come out wrong, and nothing complains.
    let (compute, refusal) = open_with_shaders_changed("exp(", "exp2(").await;
    let refusal = refusal.expect("the numbers are wrong");
    assert_eq!(refusal.kind, RefusalKind::SelfCheck);
    // The first thing that differs ends the check.
    assert!(refusal.detail.unwrap().starts_with("embeddings differed by"));
    assert!(!compute.is_gpu(), "the processor takes its place");
}

#[wasm_bindgen_test]
async fn a_shader_that_does_not_compile_is_refused_by_its_message() {
    let (_, refusal) = open_with_shaders_changed("exp(", "no_such_function(").await;
    let refusal = refusal.expect("shaders are missing");
    assert_eq!(refusal.kind, RefusalKind::SelfCheck);
    let detail = refusal.detail.unwrap();
    assert!(detail.contains("no_such_function") || detail.contains("compilation"), "{detail}");
}

#[wasm_bindgen_test]
async fn a_validation_error_is_a_fault() {
    let OpenGpu { device, raw, .. } = open_gpu().await;
    assert_eq!(fault().await, None);
    // Larger than any adapter allows.
    drop(raw.create_buffer(&BufferDescriptor {
        label: None,
        size: 1 << 52,
        usage: BufferUsages::STORAGE,
        mapped_at_creation: false,
    }));
    // The browser tells of errors when the device has work to do.
    Tensor::<1>::ones([1], &device).into_data_async().await.unwrap();
    let fault = wait_for_fault().await;
    assert!(!fault.lost && !fault.message.is_empty(), "{fault:?}");
}

#[wasm_bindgen_test]
async fn a_lost_device_is_told_at_once_and_hangs_nothing() {
    static N_TOLD: AtomicUsize = AtomicUsize::new(0);
    let OpenGpu { device, raw, .. } = open_gpu().await;
    on_fault(|fault| {
        assert!(fault.lost);
        N_TOLD.fetch_add(1, Ordering::Relaxed);
    });
    // Destroyed in the middle of a training, between two of its reads.
    let result = SelfCheck::small()
        .compare(&device, &Device::flex(), |n_parts| {
            if n_parts == 2 {
                raw.destroy();
            }
        })
        .await;
    assert!(result.is_err(), "{result:?}");
    assert!(wait_for_fault().await.lost);
    assert_eq!(N_TOLD.load(Ordering::Relaxed), 1);
}

async fn wait_for_fault() -> Fault {
    for _ in 0..1_000 {
        if let Some(fault) = fault().await {
            return fault;
        }
    }
    panic!("no fault was noticed")
}
