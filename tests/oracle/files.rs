//! Files of the repository that are too large to be part of the test's binary.

/// A file by its path from the repository's root. In the browser the test runner serves that root.
#[cfg(target_arch = "wasm32")]
pub async fn read(path: &str) -> Vec<u8> {
    use js_sys::{Function, Promise, Reflect, Uint8Array, global};
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    let fetch = async || -> Result<Vec<u8>, JsValue> {
        let fetch: Function = Reflect::get(&global(), &"fetch".into())?.dyn_into()?;
        let response =
            JsFuture::from(fetch.call1(&global(), &format!("/{path}").into())?.dyn_into::<Promise>()?).await?;
        if !Reflect::get(&response, &"ok".into())?.is_truthy() {
            return Err(Reflect::get(&response, &"status".into())?);
        }
        let read: Function = Reflect::get(&response, &"arrayBuffer".into())?.dyn_into()?;
        let buffer = JsFuture::from(read.call0(&response)?.dyn_into::<Promise>()?).await?;
        Ok(Uint8Array::new(&buffer).to_vec())
    };
    fetch().await.unwrap_or_else(|cause| panic!("{path}: {cause:?}; run `cargo xtask setup`"))
}

/// A file by its path from the repository's root.
#[cfg(not(target_arch = "wasm32"))]
pub async fn read(path: &str) -> Vec<u8> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(root.join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}; run `cargo xtask setup`"))
}
