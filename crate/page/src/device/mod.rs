//! The one seam where a compute backend is chosen, checked against the CPU, and watched.

mod faults;
#[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
mod gpu_types;
#[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
pub mod webgpu;

use burn::tensor::Device;
use sbert::encoder::SentenceEncoderConfig;
use sbert::self_check::SelfCheck;

use crate::protocol::{Backend, BackendInfo, Refusal, RefusalKind};

pub use faults::{Fault, fault, fault_behind, forget_faults, noticed_fault, on_fault, raise};

/// Parts of making a device ready: opening it, then the self-check's.
pub const N_PREPARATIONS: usize = 1 + SelfCheck::N_PARTS;

/// Bytes of a number on the device.
const BYTES_PER_VALUE: f64 = 4.0;

/// A device to compute on, and what is known of it.
#[derive(Clone, Debug)]
pub struct Compute {
    /// Without autodiff.
    pub device: Device,
    /// For people to read.
    pub info: BackendInfo,
}

impl Compute {
    /// The processor, by flex: it has encoder layers of our own under it, several times as fast as burn-ndarray's.
    pub fn cpu() -> Self {
        Self::flex()
    }

    #[cfg(feature = "ndarray")]
    #[expect(
        deprecated,
        reason = "asked for, and the general path that flex's own layers are compared with; flex is its successor upstream"
    )]
    fn ndarray() -> Result<Self, Refusal> {
        Ok(Self { device: Device::ndarray(), info: BackendInfo { backend: Backend::Ndarray, adapter: None } })
    }

    #[cfg(not(feature = "ndarray"))]
    fn ndarray() -> Result<Self, Refusal> {
        Err(not_built("burn-ndarray"))
    }

    fn flex() -> Self {
        Self { device: Device::flex(), info: BackendInfo { backend: Backend::Flex, adapter: None } }
    }

    /// True if the device can be lost, and computes while the processor goes on.
    pub fn is_gpu(&self) -> bool {
        self.info.backend == Backend::Webgpu
    }

    /// Open `backend`; where it can't be used, the processor, and why. `report` is told how many of
    /// [`N_PREPARATIONS`] are done.
    pub async fn open(backend: Backend, report: impl FnMut(usize)) -> (Self, Option<Refusal>) {
        let opened = match backend {
            Backend::Webgpu => Self::open_gpu(report).await,
            Backend::Ndarray => Self::ndarray(),
            Backend::Flex => Ok(Self::flex()),
        };
        match opened {
            Ok(compute) => (compute, None),
            Err(refusal) => (Self::cpu(), Some(refusal)),
        }
    }

    #[cfg(all(feature = "webgpu", target_arch = "wasm32"))]
    async fn open_gpu(mut report: impl FnMut(usize)) -> Result<Self, Refusal> {
        let webgpu::OpenGpu { device, adapter, .. } = webgpu::open().await?;
        let compute = Self { device, info: BackendInfo { backend: Backend::Webgpu, adapter: Some(adapter) } };
        report(1);
        compute.check(&SelfCheck::small(), |n_parts| report(1 + n_parts)).await?;
        Ok(compute)
    }

    #[cfg(not(all(feature = "webgpu", target_arch = "wasm32")))]
    async fn open_gpu(_report: impl FnMut(usize)) -> Result<Self, Refusal> {
        Err(not_built("WebGPU"))
    }

    /// Is the device fit for a model of this size? The processor always is.
    ///
    /// # Errors
    /// The [`Refusal`], if a tensor is larger than the device can hold, or if it computes one layer of the model's width
    /// otherwise than the processor does.
    pub async fn check_model(&self, config: &SentenceEncoderConfig, report: impl FnMut(usize)) -> Result<(), Refusal> {
        let Some(adapter) = &self.info.adapter else {
            return Ok(());
        };
        let limit_bytes = adapter.max_buffer_bytes.min(adapter.max_binding_bytes);
        let largest_bytes = (config.vocab_size.max(config.d_ff) * config.d_model) as f64 * BYTES_PER_VALUE;
        if largest_bytes > limit_bytes {
            let mib = |bytes: f64| (bytes / f64::from(1 << 20)).ceil();
            let detail = format!(
                "the model's largest tensor has {} MiB, the GPU takes {} MiB at a time",
                mib(largest_bytes),
                mib(limit_bytes)
            );
            return Err(Refusal { kind: RefusalKind::Limits, detail: Some(detail) });
        }
        self.check(&SelfCheck::of_width(config), report).await
    }

    async fn check(&self, check: &SelfCheck, report: impl FnMut(usize)) -> Result<(), Refusal> {
        let refused = |detail: String| Refusal { kind: RefusalKind::SelfCheck, detail: Some(detail) };
        let difference = check.compare(&self.device, &Self::cpu().device, report).await;
        // What the device itself says is nearer to the cause than what the numbers say.
        if let Some(fault) = fault().await {
            return Err(refused(fault.message));
        }
        match difference {
            Ok(difference) if difference.is_rounding() => Ok(()),
            Ok(difference) => Err(refused(difference.to_string())),
            Err(error) => Err(refused(error.to_string())),
        }
    }
}

/// Why this worker can't compute on what only the larger module has.
#[cfg(not(all(feature = "webgpu", feature = "ndarray", target_arch = "wasm32")))]
fn not_built(what: &str) -> Refusal {
    Refusal { kind: RefusalKind::NotOffered, detail: Some(format!("this worker was built without {what}")) }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::protocol::AdapterInfo;

    #[pollster::test]
    async fn a_gpu_too_small_for_the_model_is_refused_with_both_figures() {
        let adapter = AdapterInfo {
            vendor: String::new(),
            architecture: String::new(),
            description: String::new(),
            is_software: false,
            max_buffer_bytes: f64::from(256 << 20),
            max_binding_bytes: f64::from(64 << 20),
            max_workgroup_invocations: 256,
        };
        let info = BackendInfo { backend: Backend::Webgpu, adapter: Some(adapter) };
        let compute = Compute { device: Device::flex(), info };
        let bert_base = SentenceEncoderConfig::new(30_522, 512, 2, 768, 3_072, 12, 12, 1e-12);
        let refusal = compute.check_model(&bert_base, |_| ()).await.unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Limits);
        assert_eq!(refusal.detail.unwrap(), "the model's largest tensor has 90 MiB, the GPU takes 64 MiB at a time");
    }

    #[pollster::test]
    async fn the_processor_takes_every_model() {
        let huge = SentenceEncoderConfig::new(1 << 20, 512, 2, 1 << 12, 1 << 14, 64, 48, 1e-12);
        assert_eq!(Compute::cpu().check_model(&huge, |_| ()).await, Ok(()));
    }
}
