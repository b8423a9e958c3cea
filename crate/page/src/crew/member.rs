//! A member's side: it waits for its part of a run, and then does what it is told, unit by unit.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use js_sys::{Reflect, Uint8Array};
use sbert::model::SentencePairModel;
use sbert::session::{Evaluation, Session};
use sbert::weights::{load_head, load_weights};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, MessagePort};

use super::lead::Crew;
use super::link::Link;
use super::{FromMember, Join, MEMBER_NAME, ToMember, WEIGHTS};
use crate::crashes;
use crate::device::Compute;
use crate::port::{from_js, scope, to_js};
use crate::run::{Run, RunParts};

/// True if this worker was started by another one, to share its run.
pub fn is_member() -> bool {
    scope().name() == MEMBER_NAME
}

/// Start listening, and say so.
pub fn start_member() {
    crashes::report_by(|message, _| to_js(&FromMember::Failed { message }));
    let (sender, receiver) = unbounded();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message| drop(sender.unbounded_send(message)));
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // It serves the worker to its end.
    on_message.forget();
    wasm_bindgen_futures::spawn_local(async {
        if let Err(message) = serve(receiver).await {
            tell(&FromMember::Failed { message });
        }
    });
    tell(&FromMember::Started);
}

fn tell(word: &FromMember) {
    // Plain data to the worker that has started this one and would end it.
    let _ = to_js(word).and_then(|message| scope().post_message(&message));
}

/// Join the run that the first message brings, then do a unit of its work for each further one.
async fn serve(mut messages: UnboundedReceiver<MessageEvent>) -> Result<(), String> {
    let Some(first) = messages.next().await else { return Ok(()) };
    let mut run = match from_js(first.data())? {
        ToMember::Join(join) => join_run(*join, &first).await?,
        ToMember::Advance { .. } => return Err("it was to work before it had a run".to_owned()),
    };
    drop(first);
    tell(&FromMember::Joined);
    while let Some(message) = messages.next().await {
        match from_js(message.data())? {
            ToMember::Advance { stop } => {
                if stop {
                    run.stop();
                }
                run.advance().await.map_err(|failure| failure.message)?;
            }
            ToMember::Join(_) => return Err("it was to join a second run".to_owned()),
        }
    }
    Ok(())
}

async fn join_run(join: Join, message: &MessageEvent) -> Result<Run, String> {
    let Join { rank, n_replicas, backend, encoder, head, pad_id, train, held_out, config, checkpoint } = join;
    let (compute, refusal) = Compute::open(backend, |_| ()).await;
    if refusal.is_some() {
        return Err("it has another backend".to_owned());
    }
    let said = |cause: JsValue| format!("{cause:?}");
    let weights: Uint8Array =
        Reflect::get(&message.data(), &WEIGHTS.into()).and_then(JsValue::dyn_into).map_err(said)?;
    let ports: Vec<MessagePort> = message.ports().iter().map(MessagePort::from).collect();
    if ports.len() + 1 != n_replicas {
        return Err(format!("it has {} connections to {} other workers", ports.len(), n_replicas - 1));
    }

    let prepare = || -> Result<RunParts, sbert::Error> {
        let d_model = encoder.d_model;
        let encoder = load_weights(&encoder, &weights.to_vec(), &compute.device)?.encoder;
        let baseline = SentencePairModel { encoder, head: load_head(&head, d_model, &compute.device)?.head };
        let session = match &checkpoint {
            Some(checkpoint) => Session::restore(&baseline, train, pad_id, &checkpoint.bytes)?,
            None => Session::new(&baseline, train, pad_id, config)?,
        };
        let held_out = held_out.map(|table| Evaluation::new(table, pad_id)).transpose()?;
        Ok(RunParts { id: 0, model: String::new(), baseline, session, held_out, on_gpu: false, warm_up: None })
    };
    let parts = prepare().map_err(|error| error.to_string())?;
    let crew = Crew::of_member(Link::new(rank, ports).0);
    Ok(Run::of_member(parts, checkpoint.as_ref(), crew))
}
