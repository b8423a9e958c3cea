//! The one seam where a compute backend is chosen.

use burn::tensor::Device;

/// The CPU device that the page trains on, and its name for people.
///
/// burn-ndarray and flex measured equal at the model's shapes; WebGPU will be chosen here.
#[cfg(feature = "ndarray")]
#[expect(deprecated, reason = "burn-ndarray stays beside flex, its successor, until the bench finds flex the faster")]
pub fn default_device() -> (Device, &'static str) {
    (Device::ndarray(), "CPU (ndarray)")
}

/// The CPU device that the page trains on, and its name for people.
#[cfg(not(feature = "ndarray"))]
pub fn default_device() -> (Device, &'static str) {
    (Device::flex(), "CPU (flex)")
}
