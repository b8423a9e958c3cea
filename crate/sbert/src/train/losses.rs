//! The losses of a batch of pairs, or of a replica's share of it.

use burn::tensor::{IndexingUpdateOp, Int, Tensor, TensorData};

use super::config::WeightedObjective;
use super::plan::TrainPlan;
use super::step_batch::StepBatch;
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::objective::{Objective, PairEmbeddings};
use crate::read_back::read_back;
use crate::replicas::Replicas;

/// The losses of a batch, each `[1]`.
#[derive(Clone, Debug)]
pub struct Losses {
    /// Of each objective, in their order.
    pub of_objectives: Vec<Tensor<1>>,
    /// Σ weight · loss, which is trained.
    pub joint: Tensor<1>,
}

impl Losses {
    /// The losses of `objectives`, as `loss_of` computes them; none if there is no objective.
    pub fn of(objectives: &[WeightedObjective], loss_of: impl Fn(&dyn Objective) -> Tensor<1>) -> Option<Self> {
        let of_objectives: Vec<_> = objectives.iter().map(|(objective, _)| loss_of(*objective)).collect();
        let weighted = of_objectives.iter().zip(objectives).map(|(loss, (_, weight))| loss.clone().mul_scalar(*weight));
        let joint = weighted.reduce(|sum, next| sum + next)?;
        Some(Self { of_objectives, joint })
    }

    /// The losses of this replica's share of `batch`, whose stacked embeddings are `share`, `[2 · n_pairs, d_model]`; none
    /// if it takes no pair.
    pub(super) async fn of_share(
        share: Option<Tensor<2>>,
        batch: &StepBatch,
        plan: &TrainPlan,
        model: &SentencePairModel,
        replicas: &mut impl Replicas,
    ) -> Result<Option<Self>, Error> {
        let device = model.head.linear.weight.val().device();
        let n_classes = model.head.n_classes();
        let whole = match batch.is_shared() && plan.needs_whole_batch() {
            true => {
                let stacked = gather(share.as_ref(), batch, model, replicas).await?;
                Some((PairEmbeddings::from_stacked(stacked), batch.targets(n_classes, &device)))
            }
            false => None,
        };
        let Some(share) = share else { return Ok(None) };
        let share = (PairEmbeddings::from_stacked(share), batch.targets_of_share(n_classes, &device));
        Ok(Self::of(&plan.objectives, |objective| {
            let (embeddings, targets) = match &whole {
                Some(whole) if objective.needs_whole_batch() => whole,
                _ => &share,
            };
            objective.loss(&model.head, embeddings, targets)
        }))
    }
}

/// The stacked embeddings of the whole batch, `[2 · batch_size, d_model]`, of which the backward pass takes this replica's
/// for variables and the others' for constants: the gradients of all replicas add up to that of the whole.
async fn gather(
    share: Option<&Tensor<2>>,
    batch: &StepBatch,
    model: &SentencePairModel,
    replicas: &mut impl Replicas,
) -> Result<Tensor<2>, Error> {
    let d_model = model.encoder.d_model();
    let device = model.head.linear.weight.val().device();
    let mine = match share {
        Some(share) => read_back(share.clone().inner()).await?,
        None => Vec::new(),
    };
    let mut values = replicas.all_gather(&batch.shares_of_stacked(), |_| d_model, mine).await?;
    let places = batch.share_of_stacked();
    places.iter().for_each(|place| values[place * d_model..(place + 1) * d_model].fill(0.0));
    let n_rows = values.len() / d_model;
    let others = Tensor::from_data(TensorData::new(values, [n_rows, d_model]), &device);
    let Some(share) = share else { return Ok(others) };
    let n_places = places.len();
    let places: Vec<i64> = places.into_iter().map(|place| place as i64).collect();
    let places = Tensor::<1, Int>::from_data(TensorData::new(places, [n_places]), &device);
    Ok(others.select_assign(0, places, share.clone(), IndexingUpdateOp::Add))
}

/// The losses of a share, to be summed over the replicas. One of the whole batch is the same on all: the first gives it.
pub(super) fn counted_once(mut losses: Vec<f32>, plan: &TrainPlan, replicas: &impl Replicas) -> Vec<f32> {
    for (loss, (objective, _)) in losses.iter_mut().zip(&plan.objectives) {
        if objective.needs_whole_batch() && replicas.rank() > 0 {
            *loss = 0.0;
        }
    }
    losses
}
