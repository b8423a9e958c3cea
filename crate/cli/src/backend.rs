//! What a command computes on.

use anyhow::Result;
use burn::tensor::Device;
use clap::ValueEnum;

/// The backends this binary was built with.
#[derive(Clone, Copy, ValueEnum)]
pub enum Backend {
    /// burn-ndarray, CPU.
    Ndarray,
    /// burn-flex, CPU.
    Flex,
    /// burn-wgpu: the GPU by Vulkan, Metal or DX12.
    #[cfg(feature = "wgpu")]
    Wgpu,
}

impl Backend {
    /// Open the backend's device; a GPU is named, and compared with the CPU first.
    ///
    /// # Errors
    /// If there is no GPU, or if it computes something else than the CPU.
    #[expect(
        deprecated,
        reason = "asked for, and the general path that flex's own layers are compared with; flex is its successor upstream"
    )]
    pub async fn open(self) -> Result<Device> {
        match self {
            Self::Ndarray => Ok(Device::ndarray()),
            Self::Flex => Ok(Device::flex()),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => gpu::open().await,
        }
    }
}

#[cfg(feature = "wgpu")]
mod gpu {
    use anyhow::{Context, Result, ensure};
    use burn::tensor::Device;
    use burn::tensor::wgpu::wgpu::DeviceType;
    use sbert::self_check::SelfCheck;

    pub async fn open() -> Result<Device> {
        let (device, setup) = Device::wgpu_options()
            .init_with_setup()
            .context("no GPU could be opened; use --backend flex, or install the GPU's Vulkan driver")?;
        let adapter = setup.adapter.get_info();
        eprintln!("{} ({:?}, {:?})", adapter.name, adapter.backend, adapter.device_type);
        if adapter.device_type == DeviceType::Cpu {
            eprintln!("that is a software adapter: slower than --backend flex");
        }
        let difference = SelfCheck::small().compare(&device, &Device::flex(), |_| ()).await?;
        ensure!(
            difference.is_rounding(),
            "the GPU computes something else than the CPU: {difference}; use --backend flex, or update its driver"
        );
        eprintln!("compared with the CPU: {difference}");
        Ok(device)
    }
}
