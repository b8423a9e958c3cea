//! Files of the repository that are too large to be part of the test's binary.

/// A file by its path from the repository's root. In the browser the test runner serves that root.
#[cfg(target_arch = "wasm32")]
pub async fn read(path: &str) -> Vec<u8> {
    let incoming =
        sbert_page::fetch::open(&format!("/{path}")).await.unwrap_or_else(|cause| panic!("{}", cause.message));
    incoming.read(|_| {}).await.unwrap_or_else(|cause| panic!("{}", cause.message))
}

/// A file by its path from the repository's root.
#[cfg(not(target_arch = "wasm32"))]
pub async fn read(path: &str) -> Vec<u8> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(root.join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}; run `cargo xtask setup`"))
}
