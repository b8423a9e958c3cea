//! The clock of the program around the engine, and the receiver of events.

use std::rc::Rc;

use crate::protocol::Event;

/// What every run needs of the program around it.
#[derive(Clone)]
pub struct Host {
    now_secs: Rc<dyn Fn() -> f64>,
    send: Rc<dyn Fn(Event)>,
}

impl Host {
    /// `now_secs` gives the seconds of a clock that never goes back; `send` receives every event, in order.
    pub fn new(now_secs: impl Fn() -> f64 + 'static, send: impl Fn(Event) + 'static) -> Self {
        Self { now_secs: Rc::new(now_secs), send: Rc::new(send) }
    }

    pub(crate) fn now_secs(&self) -> f64 {
        (self.now_secs)()
    }

    pub(crate) fn send(&self, event: Event) {
        (self.send)(event);
    }
}
