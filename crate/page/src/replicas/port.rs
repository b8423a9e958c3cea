//! A `MessagePort` to another worker of the run.

use js_sys::{Array, Float32Array};
use sbert_lab::replicas::{FromReplica, Mailbox, Port};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageChannel, MessageEvent, MessagePort};

/// One end of a message channel.
pub struct WorkerPort {
    pub(super) port: MessagePort,
    /// Called as long as it lives; none for an end that is to be transferred to another worker.
    on_message: Option<Closure<dyn FnMut(MessageEvent)>>,
}

impl WorkerPort {
    pub(super) fn new(port: MessagePort) -> Self {
        Self { port, on_message: None }
    }
}

impl Drop for WorkerPort {
    fn drop(&mut self) {
        if self.on_message.is_some() {
            self.port.close();
        }
    }
}

impl Port for WorkerPort {
    type Numbers = Float32Array;

    fn pair() -> Result<(Self, Self), String> {
        let channel = MessageChannel::new().map_err(as_text)?;
        Ok((Self::new(channel.port1()), Self::new(channel.port2())))
    }

    fn listen(&mut self, mailbox: Mailbox<Float32Array>) {
        let on_message =
            Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| match message.data().dyn_into() {
                Ok(numbers) => mailbox.put_numbers(numbers),
                Err(_) => {
                    let message = "a message is not a list of numbers".to_owned();
                    mailbox.put_message(FromReplica::Failed { message });
                }
            });
        self.port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        self.on_message = Some(on_message);
    }

    fn send(&self, parts: &[Vec<f32>], n_values: usize, spare: Option<Float32Array>) -> Result<(), String> {
        let buffer = match spare {
            Some(spare) if spare.length() as usize == n_values => spare,
            _ => Float32Array::new_with_length(n_values as u32),
        };
        let mut start = 0;
        for part in parts {
            let end = start + part.len() as u32;
            buffer.subarray(start, end).copy_from(part);
            start = end;
        }
        let transferred = Array::of1(&buffer.buffer());
        self.port.post_message_with_transferable(&buffer, &transferred).map_err(as_text)
    }

    fn n_values(numbers: &Float32Array) -> usize {
        numbers.length() as usize
    }

    fn copy(numbers: &Float32Array, start: usize, to: &mut [f32]) {
        numbers.subarray(start as u32, (start + to.len()) as u32).copy_to(to);
    }
}

/// What the browser throws, for people to read.
pub(super) fn as_text(thrown: JsValue) -> String {
    format!("{thrown:?}")
}
