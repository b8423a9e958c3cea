//! `wasm-bindgen`, which Trunk and wasm-pack make the JavaScript around a WebAssembly module with.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os())
}
