//! The linker's static constructors, run once.

/// Run them, the first time this is called; burn's WebGPU backend registers its operations through them.
///
/// Without a call of ours the linker wraps every export so that each call from JavaScript runs all constructors again, and
/// the registries that they fill grow with every call.
pub fn run_once() {
    #[cfg(target_arch = "wasm32")]
    {
        use std::sync::Once;

        unsafe extern "C" {
            fn __wasm_call_ctors();
        }
        static RAN: Once = Once::new();
        // SAFETY: called once, before anything that the constructors set up is used.
        RAN.call_once(|| unsafe { __wasm_call_ctors() });
    }
}
