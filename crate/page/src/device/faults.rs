//! What the device says went wrong, from whichever of the browser's and the libraries' channels it comes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use gloo_timers::future::TimeoutFuture;

/// How long a browser that has rejected a read is given to say why.
const WAIT_MILLIS: u32 = 2_000;
/// How often it is looked whether it has.
const POLL_MILLIS: u32 = 20;

/// A device's fault. One is enough: nothing computed after it can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// True if the device is gone, false if it has reported an error.
    pub lost: bool,
    /// What the browser or the library said.
    pub message: String,
}

/// Is called with the first fault.
type Listener = Box<dyn Fn(&Fault) + Send>;

struct Faults {
    first: Option<Fault>,
    listener: Option<Listener>,
}

/// A worker has one device in its life, and a logger must be static.
static FAULTS: Mutex<Faults> = Mutex::new(Faults { first: None, listener: None });

fn faults() -> MutexGuard<'static, Faults> {
    FAULTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Note a fault; only the first counts.
pub fn raise(fault: Fault) {
    let mut faults = faults();
    if faults.first.is_some() {
        return;
    }
    if let Some(listener) = &faults.listener {
        listener(&fault);
    }
    faults.first = Some(fault);
}

/// The fault that has been noticed, if there is one.
pub fn noticed_fault() -> Option<Fault> {
    faults().first.clone()
}

/// The device's fault, if it has had one. Lets the browser deliver what it has to say first.
pub async fn fault() -> Option<Fault> {
    TimeoutFuture::new(0).await;
    noticed_fault()
}

/// The fault behind a result that did not come. A browser may reject a read some time before it says that the device is
/// lost; `message` is the fault if it says nothing.
pub async fn fault_behind(message: String) -> Fault {
    for _ in 0..WAIT_MILLIS / POLL_MILLIS {
        TimeoutFuture::new(POLL_MILLIS).await;
        if let Some(fault) = noticed_fault() {
            return fault;
        }
    }
    Fault { lost: false, message }
}

/// From now on call `listener` with a fault the moment it is noticed, even while a read from the device hangs. If there has
/// been one, it is called at once.
pub fn on_fault(listener: impl Fn(&Fault) + Send + 'static) {
    let mut faults = faults();
    match &faults.first {
        Some(fault) => listener(fault),
        None => faults.listener = Some(Box::new(listener)),
    }
}

/// Forget the faults of a device that is no longer used, and its listener.
pub fn forget_faults() {
    *faults() = Faults { first: None, listener: None };
}
