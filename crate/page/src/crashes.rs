//! Ends of a worker that no code of ours survives, reported in time.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::port::scope;

/// Makes a message for whoever has started this worker, from what happened and what to do about it.
pub type Report = fn(String, &'static str) -> Result<JsValue, JsValue>;

/// Send panics and traps as `report` writes them; panics also go in full to the console.
pub fn report_as(report: Report) {
    report_panics(report);
    report_rejections(report);
}

/// A panic ends this instance.
fn report_panics(report: Report) {
    std::panic::set_hook(Box::new(move |info| {
        console_error_panic_hook::hook(info);
        let message = report(
            format!("the worker has failed: {info}"),
            "Start the worker again; the browser's console has the details.",
        );
        let _ = message.and_then(|message| scope().post_message(&message));
    }));
}

/// Out of memory or out of stack, wasm traps without a panic; inside a task that is a promise rejected without a handler.
/// The message is made now, because then there may be no memory for it.
fn report_rejections(report: Report) {
    let message = report(
        "the worker has failed without a word, as it does when memory runs out".to_owned(),
        "Start the worker again, with a smaller model or smaller batches.",
    );
    let Ok(message) = message else { return };
    let on_rejection = Closure::<dyn Fn()>::new(move || drop(scope().post_message(&message)));
    let callback = on_rejection.as_ref().unchecked_ref();
    // The name is the browser's own: it can't fail to take a listener.
    let _ = scope().add_event_listener_with_callback("unhandledrejection", callback);
    on_rejection.forget();
}
