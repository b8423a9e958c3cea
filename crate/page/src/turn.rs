//! Giving the event loop a turn between two units of work.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessagePort};

/// A message to ourselves: it comes after those that are there already. A timer would do, but browsers make one that is
/// set again and again wait for 4 ms, as long as a step over a frozen encoder takes.
pub struct Turns {
    port: MessagePort,
    come: UnboundedReceiver<()>,
    /// Called as long as it lives, and with it the channel's other port.
    _on_message: Closure<dyn FnMut()>,
    _other_port: MessagePort,
}

impl Turns {
    /// A channel to ourselves.
    ///
    /// # Errors
    /// What the browser says if it has none to give.
    pub fn new() -> Result<Self, JsValue> {
        let channel = MessageChannel::new()?;
        let (sender, come) = unbounded();
        let on_message = Closure::<dyn FnMut()>::new(move || drop(sender.unbounded_send(())));
        channel.port2().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self { port: channel.port1(), come, _on_message: on_message, _other_port: channel.port2() })
    }

    /// Let the event loop take what has come in.
    pub async fn take(&mut self) {
        if self.port.post_message(&JsValue::NULL).is_ok() {
            self.come.next().await;
        }
    }
}
