//! Entry point of the dedicated worker with WebGPU in it.

fn main() {
    sbert_page::worker_loop::start();
}
