//! The device that computes: opened, compared with the CPU, or refused for a reason.

use burn::tensor::Device;
use sbert::encoder::SentenceEncoderConfig;
use sbert::self_check::SelfCheck;

use crate::Platform;
use crate::protocol::{Backend, BackendInfo, Refusal, RefusalKind};

/// Parts of preparing a device: opening it, then those of the self-check.
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
    /// The CPU, by flex: our own encoder layers run under it, several times as fast as those of burn-ndarray.
    pub fn cpu() -> Self {
        Self { device: Device::flex(), info: BackendInfo { backend: Backend::Flex, adapter: None } }
    }

    /// True if the device can be lost, and computes while the CPU goes on.
    pub fn is_gpu(&self) -> bool {
        self.info.backend == Backend::Webgpu
    }

    /// Open `backend` and, if it is a GPU, compare it with the CPU. Where it can't be used, the CPU takes its place, with
    /// the reason. `report` gets how many of [`N_PREPARATIONS`] are done.
    pub async fn open(
        platform: &impl Platform,
        backend: Backend,
        report: impl FnMut(usize),
    ) -> (Self, Option<Refusal>) {
        match Self::open_checked(platform, backend, report).await {
            Ok(compute) => (compute, None),
            Err(refusal) => (Self::cpu(), Some(refusal)),
        }
    }

    async fn open_checked(
        platform: &impl Platform,
        backend: Backend,
        mut report: impl FnMut(usize),
    ) -> Result<Self, Refusal> {
        let compute = platform.open(backend).await?;
        if compute.is_gpu() {
            report(1);
            compute.check(platform, &SelfCheck::small(), |n_parts| report(1 + n_parts)).await?;
        }
        Ok(compute)
    }

    /// Is the device fit for a model of this size? The CPU always is.
    ///
    /// # Errors
    /// The [`Refusal`], if a tensor is larger than the device can hold, or if it computes one layer of the model's width
    /// otherwise than the CPU does.
    pub async fn check_model(
        &self,
        platform: &impl Platform,
        config: &SentenceEncoderConfig,
        report: impl FnMut(usize),
    ) -> Result<(), Refusal> {
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
        self.check(platform, &SelfCheck::of_width(config), report).await
    }

    async fn check(
        &self,
        platform: &impl Platform,
        check: &SelfCheck,
        report: impl FnMut(usize),
    ) -> Result<(), Refusal> {
        let refused = |detail: String| Refusal { kind: RefusalKind::SelfCheck, detail: Some(detail) };
        let difference = check.compare(&self.device, &Self::cpu().device, report).await;
        // The report of the device is nearer to the cause than its numbers are.
        if let Some(message) = platform.fault().await {
            return Err(refused(message));
        }
        match difference {
            Ok(difference) if difference.is_rounding() => Ok(()),
            Ok(difference) => Err(refused(difference.to_string())),
            Err(error) => Err(refused(error.to_string())),
        }
    }
}
