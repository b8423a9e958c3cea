//! The engine ([`sbert_lab`]) in a browser, compiled to WebAssembly; the only code that knows JavaScript.
//!
//! [`worker_loop`] runs in a dedicated worker: commands come in and events go out as messages ([`port`], [`outbox`]), and between two
//! units of work the browser's event loop takes its turn. [`browser`] is what the engine needs of a browser: [`blob`] reads
//! the files that the page hands over, [`device`] opens the GPU and watches it, [`replicas`] starts the workers that share a
//! run. One task owns all state, so nothing is locked or shared.

pub mod blob;
pub mod browser;
pub mod constructors;
pub mod crashes;
pub mod device;
pub mod outbox;
pub mod port;
pub mod relaxed;
pub mod replicas;
pub mod turn;
pub mod worker_loop;
