//! The leading worker's side: starting the members, giving them the run, and watching over them.

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Reflect, Uint8Array};
use sbert::corpus::PairTable;
use sbert::encoder::SentenceEncoderConfig;
use sbert::model::SentencePairModel;
use sbert::session::{Session, TrainConfig};
use sbert::weights::{save_encoder, save_head};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageChannel, MessageEvent, MessagePort, Worker, WorkerOptions, WorkerType};

use super::link::{Incoming, Link};
use super::{FromMember, Join, MEMBER_NAME, ToMember, WEIGHTS};
use crate::port::{from_js, scope, to_js};
use crate::protocol::{Backend, RunCheckpoint};

/// A member that is silent for so long while it starts or takes in the model is given up: both take seconds.
const SILENCE_LIMIT_MILLIS: u32 = 30_000;

/// The workers of a run, as this one sees them.
pub struct Crew {
    /// Sums over all of them.
    pub link: Link,
    /// Those that this worker has started; none if it is a member itself.
    members: Vec<Member>,
}

impl Crew {
    /// This worker and no other.
    pub fn alone() -> Self {
        Self::of_member(Link::alone())
    }

    /// What a member sees.
    pub(super) fn of_member(link: Link) -> Self {
        Self { link, members: Vec::new() }
    }

    /// True if other workers take part that this one has started.
    pub fn leads(&self) -> bool {
        !self.members.is_empty()
    }

    /// Have the members do the next unit of the run's work.
    pub fn advance(&self, stop: bool) {
        for member in &self.members {
            member.tell(&ToMember::Advance { stop });
        }
    }
}

/// A worker that this one has started; it ends with this value, which gives its memory back.
struct Member {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

impl Member {
    /// Start one; what it says is told to `heard`.
    fn start(heard: impl Fn(FromMember) + Clone + 'static) -> Result<Self, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(MEMBER_NAME);
        // The script that this worker was started from: the same module, from the browser's cache.
        let worker = Worker::new_with_options(&scope().location().href(), &options)?;
        let tell = heard.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            tell(from_js(message.data()).unwrap_or_else(|message| FromMember::Failed { message }));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            // A script that can't be loaded gives an event without a message, which then isn't a string.
            let message = Reflect::get(&event, &"message".into()).ok().and_then(|message| message.as_string());
            let message = message.filter(|message| !message.is_empty());
            heard(FromMember::Failed { message: message.unwrap_or_else(|| "it could not be started".to_owned()) });
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    fn tell(&self, message: &ToMember) {
        // Plain data to a worker that hears as long as it lives; if it doesn't, its error is what counts.
        let _ = to_js(message).and_then(|message| self.worker.post_message(&message));
    }
}

/// What all members are given.
pub struct JoinParts {
    /// What to compute on.
    pub backend: Backend,
    /// The encoder's size and settings.
    pub config: SentenceEncoderConfig,
    /// The padding's id.
    pub pad_id: u32,
    /// Where the run goes on, if it does.
    pub checkpoint: Option<RunCheckpoint>,
}

/// How far a member is on its way into a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    Starting,
    Started,
    Joined,
}

/// Members on their way into a run.
pub struct Assembly {
    parts: JoinParts,
    heard: UnboundedReceiver<(usize, FromMember)>,
    /// By number; none for those that have failed. Each with how far it is.
    members: Vec<Option<(Member, Arrival)>>,
    link: Option<(Link, UnboundedSender<Incoming>)>,
    problem: Option<String>,
}

impl Assembly {
    /// Start `n_members` workers.
    pub fn start(n_members: usize, parts: JoinParts) -> Self {
        let (sender, heard) = unbounded();
        let mut problem = None;
        let start = |number: usize| {
            let sender = sender.clone();
            let heard = move |word| drop(sender.unbounded_send((number, word)));
            let member = Member::start(heard).map_err(|cause| problem = Some(format!("{cause:?}"))).ok()?;
            Some((member, Arrival::Starting))
        };
        let members = (0..n_members).map(start).collect();
        Self { parts, heard, members, link: None, problem }
    }

    /// Steps of the assembly that are done, and all there are: each member starts and joins.
    pub fn progress(&self) -> (usize, usize) {
        (self.n_at(Arrival::Started) + self.n_at(Arrival::Joined), 2 * self.n_members())
    }

    fn n_members(&self) -> usize {
        self.members.iter().flatten().count()
    }

    /// Members that are so far, or farther.
    fn n_at(&self, arrival: Arrival) -> usize {
        self.members.iter().flatten().filter(|(_, reached)| *reached >= arrival).count()
    }

    fn arrive(&mut self, number: usize, arrival: Arrival) {
        if let Some((_, reached)) = &mut self.members[number] {
            *reached = arrival;
        }
    }

    /// True once all members are in, or none is left.
    pub fn is_done(&self) -> bool {
        self.n_at(Arrival::Joined) == self.n_members()
    }

    /// Wait for the next word of a member. Once all have started they are given the run.
    pub async fn advance(&mut self, baseline: &SentencePairModel, session: &Session, held_out: Option<&PairTable>) {
        match select(self.heard.next(), TimeoutFuture::new(SILENCE_LIMIT_MILLIS)).await {
            Either::Left((Some((number, FromMember::Started)), _)) => self.arrive(number, Arrival::Started),
            Either::Left((Some((number, FromMember::Joined)), _)) => self.arrive(number, Arrival::Joined),
            Either::Left((Some((number, FromMember::Failed { message })), _)) => self.fail(number, message),
            Either::Left((None, _)) | Either::Right(_) => {
                self.give_up(format!("nothing was heard for {} s", SILENCE_LIMIT_MILLIS / 1000));
            }
        }
        let have_started = self.n_members() > 0 && self.n_at(Arrival::Started) == self.n_members();
        if self.link.is_none()
            && have_started
            && let Err(problem) = self.join(baseline, session, held_out).await
        {
            self.give_up(problem);
        }
    }

    /// A member that never started is left out; once they are joining, one alone can't be.
    fn fail(&mut self, number: usize, message: String) {
        if self.link.is_some() {
            self.give_up(message);
        } else if self.members[number].take().is_some() {
            self.problem = Some(message);
        }
    }

    fn give_up(&mut self, problem: String) {
        self.members.fill_with(|| None);
        self.problem = Some(problem);
    }

    /// Give every member its rank, its ports and the run.
    async fn join(
        &mut self,
        baseline: &SentencePairModel,
        session: &Session,
        held_out: Option<&PairTable>,
    ) -> Result<(), String> {
        let n_replicas = 1 + self.n_members();
        let weights = save_encoder(&baseline.encoder).await.map_err(|error| error.to_string())?;
        // The names matter to nobody there, but a head's file has some.
        let classes: Vec<String> = (0..baseline.head.n_classes()).map(|class| class.to_string()).collect();
        let head = save_head(&baseline.head, &classes).await.map_err(|error| error.to_string())?;
        let said = |cause: JsValue| format!("{cause:?}");
        let mut ports = all_to_all(n_replicas).map_err(said)?.into_iter();
        let own_ports = ports.next().unwrap_or_default();
        for (member_idx, ((member, _), ports)) in self.members.iter().flatten().zip(ports).enumerate() {
            let config: &TrainConfig = session.config();
            let message = ToMember::Join(Box::new(Join {
                rank: 1 + member_idx,
                n_replicas,
                backend: self.parts.backend,
                encoder: self.parts.config.clone(),
                head: head.clone(),
                pad_id: self.parts.pad_id,
                train: session.table().clone(),
                held_out: held_out.cloned(),
                config: config.clone(),
                checkpoint: self.parts.checkpoint.clone(),
            }));
            let message = to_js(&message).map_err(said)?;
            let weights = Uint8Array::from(weights.as_slice());
            Reflect::set(&message, &WEIGHTS.into(), &weights).map_err(said)?;
            let mut transferred = Array::of1(&weights.buffer());
            transferred.extend(ports);
            member.worker.post_message_with_transfer(&message, &transferred).map_err(said)?;
        }
        self.link = Some(Link::new(0, own_ports));
        Ok(())
    }

    /// The crew as it has come together, and why it is smaller than was asked for.
    pub fn finish(self) -> (Crew, Option<String>) {
        let members: Vec<Member> = self.members.into_iter().flatten().map(|(member, _)| member).collect();
        let link = self.link.filter(|_| !members.is_empty());
        let Some((link, incoming)) = link else {
            return (Crew::alone(), self.problem);
        };
        // From now on a member's word can only be that it has failed.
        let mut heard = self.heard;
        wasm_bindgen_futures::spawn_local(async move {
            while let Some((_, word)) = heard.next().await {
                if let FromMember::Failed { message } = word {
                    drop(incoming.unbounded_send(Incoming::Lost { message }));
                }
            }
        });
        (Crew { link, members }, self.problem)
    }
}

/// A port from each worker to each other one, by rank, in the order of the others' ranks.
fn all_to_all(n_workers: usize) -> Result<Vec<Vec<MessagePort>>, JsValue> {
    let mut ports: Vec<Vec<MessagePort>> = vec![Vec::new(); n_workers];
    // By the second worker's rank, so that both lists grow in the order of the others' ranks.
    for second in 0..n_workers {
        for first in 0..second {
            let channel = MessageChannel::new()?;
            ports[first].push(channel.port1());
            ports[second].push(channel.port2());
        }
    }
    Ok(ports)
}
