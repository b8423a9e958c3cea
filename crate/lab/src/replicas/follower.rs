//! A replica that follows another one: it joins a run, and then does the units of work that it receives.

use futures_channel::mpsc::UnboundedReceiver;
use futures_util::StreamExt;
use sbert::Error;
use sbert::infer::Evaluation;
use sbert::model::SentencePairModel;
use sbert::pretrained::{load_head, load_weights};
use sbert::train::Session;

use super::mailbox::Inbox;
use super::{FromReplica, Join, JoinParts, Link, Port, ToReplica, Unit};
use crate::{Compute, Platform};

/// Follow the leader that sends `messages` until it sends no more; `send` takes what it is to receive.
pub async fn follow<P: Platform>(
    platform: &P,
    messages: UnboundedReceiver<Result<ToReplica<P::Port>, String>>,
    send: impl Fn(FromReplica),
) {
    send(FromReplica::Started);
    if let Err(message) = follow_to_end(platform, messages, &send).await {
        send(FromReplica::Failed { message });
    }
}

async fn follow_to_end<P: Platform>(
    platform: &P,
    mut messages: UnboundedReceiver<Result<ToReplica<P::Port>, String>>,
    send: impl Fn(FromReplica),
) -> Result<(), String> {
    let mut follower = match messages.next().await.transpose()? {
        Some(ToReplica::Join(join)) => Follower::new(platform, *join).await?,
        Some(ToReplica::Work { .. }) => return Err("it got work before it had a run".to_owned()),
        None => return Ok(()),
    };
    send(FromReplica::Joined);
    while let Some(message) = messages.next().await.transpose()? {
        match message {
            ToReplica::Work { unit } => follower.work(unit).await.map_err(|error| error.to_string())?,
            ToReplica::Join(_) => return Err("it got a second run".to_owned()),
        }
    }
    Ok(())
}

/// The same run as the leader's, without its control: no clock, no events, no checkpoints.
struct Follower<P: Port> {
    link: Link<P>,
    baseline: SentencePairModel,
    session: Session,
    held_out: Option<Evaluation>,
}

impl<P: Port> Follower<P> {
    async fn new(platform: &impl Platform<Port = P>, join: Join<P>) -> Result<Self, String> {
        let (compute, refusal) = Compute::open(platform, join.parts.backend, |_| ()).await;
        if refusal.is_some() {
            return Err("it has another backend".to_owned());
        }
        let (n_ports, n_others) = (join.ports.len(), join.n_replicas - 1);
        if n_ports != n_others {
            return Err(format!("it has {n_ports} connections to {n_others} other replicas"));
        }
        Self::prepare(join, &compute).map_err(|error| error.to_string())
    }

    fn prepare(join: Join<P>, compute: &Compute) -> Result<Self, Error> {
        let Join { parts, weights, head, train, held_out, config, .. } = join;
        let JoinParts { encoder, pad_id, checkpoint, .. } = parts;
        let d_model = encoder.d_model;
        let encoder = load_weights(&encoder, &weights, &compute.device)?.encoder;
        let baseline = SentencePairModel { encoder, head: load_head(&head, d_model, &compute.device)?.head };
        let session = match &checkpoint {
            Some(checkpoint) => Session::restore(&baseline, train, pad_id, &checkpoint.bytes)?,
            None => Session::new(&baseline, train, pad_id, config)?,
        };
        let held_out = held_out.map(|table| Evaluation::new(table, pad_id)).transpose()?;
        Ok(Self { link: Link::new(join.rank, join.ports, Inbox::new(), None), baseline, session, held_out })
    }

    async fn work(&mut self, unit: Unit) -> Result<(), Error> {
        match (unit, &mut self.held_out) {
            (Unit::Step, _) => {
                if let Some(submitted) = self.session.submit(&mut self.link).await? {
                    submitted.report().await?;
                }
            }
            (Unit::EncodeBefore, Some(held_out)) => {
                held_out.encode_next(&self.baseline, &mut self.link).await?;
            }
            (Unit::EncodeAfter, Some(held_out)) => {
                held_out.encode_next(&self.session.model(), &mut self.link).await?;
            }
            (Unit::ForgetEmbeddings, Some(held_out)) => held_out.forget(),
            (_, None) => {}
        }
        Ok(())
    }
}
