//! The few parts of the browser's WebGPU interface that are used beside wgpu's, which hides or misses them.
//!
//! web-sys has them only behind a compiler flag for unstable interfaces.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    pub static NAVIGATOR: Navigator;

    pub type Navigator;
    /// Absent where the browser has no WebGPU.
    #[wasm_bindgen(method, getter)]
    pub fn gpu(this: &Navigator) -> Option<Gpu>;

    pub type Gpu;
    #[wasm_bindgen(method, catch, js_name = requestAdapter)]
    pub fn request_adapter(this: &Gpu, options: &JsValue) -> Result<Promise, JsValue>;

    pub type Adapter;
    #[wasm_bindgen(method, getter)]
    pub fn info(this: &Adapter) -> Option<Info>;
    #[wasm_bindgen(method, getter)]
    pub fn limits(this: &Adapter) -> Limits;
    #[wasm_bindgen(method, getter)]
    pub fn features(this: &Adapter) -> Features;
    /// Where older browsers have it.
    #[wasm_bindgen(method, getter, js_name = isFallbackAdapter)]
    pub fn is_fallback_adapter(this: &Adapter) -> Option<bool>;

    pub type Info;
    #[wasm_bindgen(method, getter)]
    pub fn vendor(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn architecture(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn description(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = isFallbackAdapter)]
    pub fn is_fallback_adapter_of_info(this: &Info) -> Option<bool>;

    pub type Limits;
    #[wasm_bindgen(method, getter, js_name = maxBufferSize)]
    pub fn max_buffer_size(this: &Limits) -> f64;
    #[wasm_bindgen(method, getter, js_name = maxStorageBufferBindingSize)]
    pub fn max_storage_buffer_binding_size(this: &Limits) -> f64;
    #[wasm_bindgen(method, getter, js_name = maxComputeInvocationsPerWorkgroup)]
    pub fn max_compute_invocations_per_workgroup(this: &Limits) -> u32;

    pub type Features;
    #[wasm_bindgen(method)]
    pub fn has(this: &Features, name: &str) -> bool;

    pub type GpuDevice;
    /// Resolves once, when the device is gone.
    #[wasm_bindgen(method, getter)]
    pub fn lost(this: &GpuDevice) -> Promise;
    #[wasm_bindgen(method, setter, js_name = onuncapturederror)]
    pub fn set_onuncapturederror(this: &GpuDevice, handler: &JsValue);

    pub type LostInfo;
    #[wasm_bindgen(method, getter)]
    pub fn reason(this: &LostInfo) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub fn message(this: &LostInfo) -> Option<String>;

    pub type ErrorEvent;
    #[wasm_bindgen(method, getter)]
    pub fn error(this: &ErrorEvent) -> Option<GpuError>;

    pub type GpuError;
    #[wasm_bindgen(method, getter, js_name = message)]
    pub fn error_message(this: &GpuError) -> Option<String>;
}
