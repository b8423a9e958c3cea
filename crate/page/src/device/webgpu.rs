//! Opening the browser's GPU for burn, and listening to what it says.

use burn::tensor::Device;
use burn::tensor::wgpu::{WgpuSetup, wgpu};
use js_sys::{Object, Reflect};
use log::{Level, LevelFilter, Log, Metadata, Record};
use sbert_lab::protocol::{AdapterInfo, Refusal, RefusalKind};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::faults::{Fault, forget_faults, raise};
use super::gpu_types::{Adapter, ErrorEvent, GpuDevice, LostInfo, NAVIGATOR};

/// cubecl times its kernels with it and panics without.
const NEEDED_FEATURE: &str = "timestamp-query";
/// Chromium's software adapter, in browsers that don't say that an adapter is software.
const SOFTWARE_ARCHITECTURE: &str = "swiftshader";
/// Warnings of this module are launches that the device has refused.
const LAUNCHES: &str = "cubecl_wgpu::compute";
/// Logs the device's loss, which the device itself reports.
const LOSS: &str = "cubecl_wgpu::compute::device_poison";

/// A device of the browser's GPU.
pub struct OpenGpu {
    /// As burn knows it.
    pub device: Device,
    /// What the browser says of it.
    pub adapter: AdapterInfo,
    /// As wgpu knows it.
    pub raw: wgpu::Device,
}

/// Open the adapter that the browser thinks the most powerful, with all limits and features it has. Each call opens
/// another device; the faults of earlier ones are forgotten.
///
/// # Errors
/// The [`Refusal`], if there is none, or it lacks what the shaders need.
pub async fn open() -> Result<OpenGpu, Refusal> {
    forget_faults();
    let adapter = request_adapter().await?;
    if !adapter.features().has(NEEDED_FEATURE) {
        return Err(refusal(RefusalKind::MissingFeature, format!("the adapter lacks \"{NEEDED_FEATURE}\"")));
    }
    let adapter = describe(&adapter);
    listen_to_log();
    let setup = request_device()
        .await
        .map_err(|cause| refusal(RefusalKind::MissingFeature, format!("the adapter could not be opened: {cause}")))?;
    let raw = setup.device.clone();
    let device = Device::wgpu_options()
        .setup(setup)
        .init()
        .map_err(|cause| refusal(RefusalKind::MissingFeature, format!("burn can't use the device: {cause}")))?;
    match raw.as_webgpu() {
        Some(raw) => listen_to_device(raw.unchecked_ref()),
        None => return Err(refusal(RefusalKind::NoAdapter, "wgpu did not take the browser's WebGPU".to_owned())),
    }
    Ok(OpenGpu { device, adapter, raw })
}

/// wgpu's handles of the device, in which burn computes. burn could open one itself, but only one in a worker's life.
async fn request_device() -> Result<WgpuSetup, String> {
    let backend = wgpu::Backend::BrowserWebGpu;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: backend.into(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..wgpu::RequestAdapterOptions::default()
    };
    let adapter = instance.request_adapter(&options).await.map_err(|cause| cause.to_string())?;
    let descriptor = wgpu::DeviceDescriptor {
        // Of all that the adapter has, cubecl forgoes this one too.
        required_features: adapter.features().difference(wgpu::Features::MAPPABLE_PRIMARY_BUFFERS),
        // The default limits are those of a small phone: 128 MiB a binding, BERT-base's word embeddings have 89.
        required_limits: adapter.limits(),
        // cubecl pools memory itself.
        memory_hints: wgpu::MemoryHints::MemoryUsage,
        ..wgpu::DeviceDescriptor::default()
    };
    let (device, queue) = adapter.request_device(&descriptor).await.map_err(|cause| cause.to_string())?;
    Ok(WgpuSetup { instance, adapter, device, queue, backend })
}

fn refusal(kind: RefusalKind, detail: String) -> Refusal {
    Refusal { kind, detail: Some(detail) }
}

async fn request_adapter() -> Result<Adapter, Refusal> {
    let gpu = NAVIGATOR.with(|navigator| navigator.gpu());
    let gpu = gpu.ok_or(Refusal { kind: RefusalKind::NotOffered, detail: None })?;
    let failed = |cause: JsValue| refusal(RefusalKind::NoAdapter, format!("{cause:?}"));
    // As burn asks for its own: the adapter that is described is the one that computes.
    let options = Object::new();
    Reflect::set(&options, &"powerPreference".into(), &"high-performance".into()).map_err(failed)?;
    let adapter = gpu.request_adapter(&options).map_err(failed)?;
    let adapter = JsFuture::from(adapter).await.map_err(failed)?;
    if adapter.is_null() {
        return Err(Refusal { kind: RefusalKind::NoAdapter, detail: None });
    }
    Ok(adapter.unchecked_into())
}

fn describe(adapter: &Adapter) -> AdapterInfo {
    let info = adapter.info();
    let field = |text: Option<Option<String>>| text.flatten().unwrap_or_default();
    let architecture = field(info.as_ref().map(|info| info.architecture()));
    let is_fallback =
        info.as_ref().and_then(|info| info.is_fallback_adapter_of_info()).or_else(|| adapter.is_fallback_adapter());
    let limits = adapter.limits();
    AdapterInfo {
        vendor: field(info.as_ref().map(|info| info.vendor())),
        description: field(info.as_ref().map(|info| info.description())),
        is_software: is_fallback.unwrap_or(false) || architecture == SOFTWARE_ARCHITECTURE,
        architecture,
        max_buffer_bytes: limits.max_buffer_size(),
        max_binding_bytes: limits.max_storage_buffer_binding_size(),
        max_workgroup_invocations: limits.max_compute_invocations_per_workgroup(),
    }
}

/// Listen to errors that belong to no call, and to the device's loss.
fn listen_to_device(device: &GpuDevice) {
    let on_error = Closure::<dyn Fn(ErrorEvent)>::new(|event: ErrorEvent| {
        let message = event.error().and_then(|error| error.error_message()).unwrap_or_default();
        raise(Fault { lost: false, message });
    });
    // In place of cubecl's, which panics and would leave the reason to the console.
    device.set_onuncapturederror(on_error.as_ref());
    // It serves the device to its end.
    on_error.forget();

    let on_loss = Closure::<dyn FnMut(JsValue)>::new(|info: JsValue| {
        let info: LostInfo = info.unchecked_into();
        let message = match info.message() {
            Some(message) if !message.is_empty() => message,
            _ => info.reason().unwrap_or_default(),
        };
        raise(Fault { lost: true, message });
    });
    // The promise never rejects.
    let _ = device.lost().then(&on_loss);
    on_loss.forget();
}

/// Shaders that don't compile and launches that are refused are only logged: they must not pass for results.
struct FaultLogger;

static LOGGER: FaultLogger = FaultLogger;

fn listen_to_log() {
    // It may have been set before, by an earlier device of a test.
    if log::set_logger(&LOGGER).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}

impl Log for FaultLogger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        let is_refusal = metadata.level() == Level::Warn && target.starts_with(LAUNCHES);
        (metadata.level() == Level::Error || is_refusal) && target != LOSS
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let message = record.args().to_string();
            // A shader's whole source belongs in a console, its first line in the page.
            raise(Fault { lost: false, message: message.lines().take(2).collect::<Vec<_>>().join(" ") });
            web_sys::console::error_1(&message.into());
        }
    }

    fn flush(&self) {}
}
