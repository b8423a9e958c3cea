//! `wasm-bindgen-test-runner`, which runs WebAssembly tests in a browser for wasm-pack.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
