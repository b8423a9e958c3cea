//! Entry point of the dedicated worker.

fn main() {
    sbert_page::worker_loop::start();
}
