//! The matrix product's kernel of fused multiply-adds, which is a WebAssembly module of its own: a browser without relaxed
//! SIMD refuses any module that has such instructions, and this one must run everywhere.

use sbert_kernels::gemm::{Kernel, active_kernel};

/// Use the fused kernel if this browser takes it, the plain one otherwise; says which one it is. Later calls cost
/// nothing.
pub fn use_where_possible() -> Kernel {
    #[cfg(target_arch = "wasm32")]
    {
        use std::sync::OnceLock;

        static PLACE: OnceLock<Option<usize>> = OnceLock::new();
        // Whatever the reason is, products are right without it, only slower.
        let place = *PLACE.get_or_init(|| side_module::put_kernel_into_table().ok());
        // SAFETY: the place holds the function that the fused kernel's module exports, over this memory.
        unsafe { sbert_kernels::gemm::set_external_kernel(place) };
    }
    active_kernel()
}

/// Use the plain kernel, which every browser has.
pub fn use_plain() {
    #[cfg(target_arch = "wasm32")]
    // SAFETY: no place needs to hold anything.
    unsafe {
        sbert_kernels::gemm::set_external_kernel(None);
    }
}

#[cfg(target_arch = "wasm32")]
pub mod side_module {
    //! Small modules that work on this module's memory.

    use js_sys::{Function, Object, Reflect, Uint8Array, WebAssembly};
    use wasm_bindgen::{JsCast, JsValue};

    /// Instantiate a module that imports our memory as `env.memory`; returns what it exports.
    ///
    /// # Errors
    /// What the browser throws if it refuses the module.
    pub fn instantiate(bytes: &[u8]) -> Result<Object, JsValue> {
        let module = WebAssembly::Module::new(&Uint8Array::from(bytes).into())?;
        let (imports, env) = (Object::new(), Object::new());
        Reflect::set(&env, &"memory".into(), &wasm_bindgen::memory())?;
        Reflect::set(&imports, &"env".into(), &env)?;
        Ok(WebAssembly::Instance::new(&module, &imports)?.exports())
    }

    /// An exported function.
    ///
    /// # Errors
    /// What has that name instead.
    pub fn function(exports: &Object, name: &str) -> Result<Function, JsValue> {
        Reflect::get(exports, &name.into())?.dyn_into()
    }

    /// Put the fused kernel where a function pointer of ours finds it: into a new place of our function table.
    pub(super) fn put_kernel_into_table() -> Result<usize, JsValue> {
        let exports = instantiate(sbert_kernels::gemm::FUSED_KERNEL)?;
        let kernel = function(&exports, "multiply_panel")?;
        let table: WebAssembly::Table = wasm_bindgen::function_table().dyn_into()?;
        let place = table.grow(1)?;
        table.set(place, &kernel)?;
        Ok(place as usize)
    }
}
