//! The clock of the program around the engine, and the receiver of events.

use std::pin::Pin;
use std::rc::Rc;

use crate::protocol::Event;

/// Some time, which passes.
pub type Wait = Pin<Box<dyn Future<Output = ()>>>;

/// What every run needs of the program around it.
#[derive(Clone)]
pub struct Host {
    now_secs: Rc<dyn Fn() -> f64>,
    sleep: Rc<dyn Fn(f64) -> Wait>,
    send: Rc<dyn Fn(Event)>,
}

impl Host {
    /// `now_secs` gives the seconds of a clock that never goes back, `sleep` waits for so many seconds, `send` receives every
    /// event, in order.
    pub fn new(
        now_secs: impl Fn() -> f64 + 'static,
        sleep: impl Fn(f64) -> Wait + 'static,
        send: impl Fn(Event) + 'static,
    ) -> Self {
        Self { now_secs: Rc::new(now_secs), sleep: Rc::new(sleep), send: Rc::new(send) }
    }

    pub(crate) fn now_secs(&self) -> f64 {
        (self.now_secs)()
    }

    pub(crate) fn sleep(&self, secs: f64) -> Wait {
        (self.sleep)(secs)
    }

    pub(crate) fn send(&self, event: Event) {
        (self.send)(event);
    }
}
