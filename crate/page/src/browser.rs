//! What the engine needs of a browser.

use std::cell::RefCell;

use gloo_timers::future::TimeoutFuture;
use js_sys::Reflect;
use sbert_lab::protocol::{Backend, Refusal};
use sbert_lab::replicas::size::Machine;
use sbert_lab::replicas::{Mailbox, Port, ReplicaHandle};
use sbert_lab::{Compute, Host, Platform};
use wasm_bindgen::JsValue;

use crate::blob::BlobBytes;
use crate::device;
use crate::outbox::Outbox;
use crate::port::{post, scope};
use crate::replicas::{WorkerPort, start_worker};

/// The browser's clock, and messages to the page.
pub fn host() -> Host {
    let now_secs = || scope().performance().map_or(0.0, |performance| performance.now() / 1000.0);
    let outbox = RefCell::new(Outbox::default());
    Host::new(
        now_secs,
        |secs| Box::pin(TimeoutFuture::new((secs * 1000.0) as u32)),
        move |event| {
            let events = outbox.borrow_mut().add(event, now_secs());
            if !events.is_empty() {
                post(&events);
            }
        },
    )
}

/// The browser that this worker runs in.
#[derive(Clone, Copy, Debug)]
pub struct Browser;

impl Platform for Browser {
    type File = BlobBytes;
    type Port = WorkerPort;

    fn machine(&self) -> Machine {
        let navigator = scope().navigator();
        let memory = Reflect::get(&navigator, &JsValue::from_str("deviceMemory")).ok();
        Machine {
            n_cores: (navigator.hardware_concurrency() as usize).max(1),
            memory_gib: memory.and_then(|memory| memory.as_f64()),
            // Of the 32-bit addresses of WebAssembly.
            worker_bytes: Some(f64::from(u32::MAX)),
        }
    }

    fn start_replica(
        &self,
        mailbox: Mailbox<<WorkerPort as Port>::Numbers>,
    ) -> Result<ReplicaHandle<WorkerPort>, String> {
        start_worker(mailbox)
    }

    async fn open(&self, backend: Backend) -> Result<Compute, Refusal> {
        device::open(backend).await
    }

    async fn fault(&self) -> Option<String> {
        device::fault().await.map(|fault| fault.message)
    }

    fn watch_device(&self) {
        device::post_faults();
    }

    fn forget_device(&self) {
        device::forget_faults();
    }

    async fn report_fault(&self, message: String) {
        // Raising a fault that has been reported already changes nothing.
        device::raise(device::fault_behind(message).await);
    }
}
