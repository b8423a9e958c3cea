//! The compute backends of a browser: opened here, and the GPU watched.

mod faults;
#[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
mod gpu_types;
#[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
pub mod webgpu;

use sbert_lab::Compute;
use sbert_lab::protocol::{Backend, Event, Refusal};

use crate::port::post;

pub use faults::{Fault, fault, fault_behind, forget_faults, noticed_fault, on_fault, raise};

/// Open a backend that this module was built with.
///
/// # Errors
/// The [`Refusal`], if it was built without, or if the browser doesn't have it.
pub async fn open(backend: Backend) -> Result<Compute, Refusal> {
    match backend {
        Backend::Webgpu => open_gpu().await,
        Backend::Ndarray => open_ndarray(),
        Backend::Flex => Ok(Compute::cpu()),
    }
}

/// From now on post a fault the moment it is noticed, because what waits for the device then may wait for ever.
pub fn post_faults() {
    on_fault(|fault| post(&[Event::DeviceFailed { lost: fault.lost, message: fault.message.clone() }]));
}

#[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
async fn open_gpu() -> Result<Compute, Refusal> {
    use sbert_lab::protocol::BackendInfo;

    let webgpu::OpenGpu { device, adapter, .. } = webgpu::open().await?;
    Ok(Compute { device, info: BackendInfo { backend: Backend::Webgpu, adapter: Some(adapter) } })
}

#[cfg(not(all(feature = "webgpu", target_arch = "wasm32")))]
async fn open_gpu() -> Result<Compute, Refusal> {
    Err(not_built("WebGPU"))
}

#[cfg(feature = "ndarray")]
#[expect(
    deprecated,
    reason = "asked for, and the general path that flex's own layers are compared with; flex is its successor upstream"
)]
fn open_ndarray() -> Result<Compute, Refusal> {
    use burn::tensor::Device;
    use sbert_lab::protocol::BackendInfo;

    Ok(Compute { device: Device::ndarray(), info: BackendInfo { backend: Backend::Ndarray, adapter: None } })
}

#[cfg(not(feature = "ndarray"))]
fn open_ndarray() -> Result<Compute, Refusal> {
    Err(not_built("burn-ndarray"))
}

/// Why this worker can't compute on what only the larger module has.
#[cfg(not(all(feature = "webgpu", feature = "ndarray", target_arch = "wasm32")))]
fn not_built(what: &str) -> Refusal {
    use sbert_lab::protocol::RefusalKind;

    Refusal { kind: RefusalKind::NotOffered, detail: Some(format!("this worker was built without {what}")) }
}
