//! Entry point of the dedicated worker.

fn main() {
    console_error_panic_hook::set_once();
    sbert_page::worker_loop::start();
}
