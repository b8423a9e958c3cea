//! What every objective is, and says of itself.

use burn::tensor::Tensor;
use serde::Serialize;

use super::classification_head::ClassificationHead;
use super::pair_embeddings::PairEmbeddings;
use super::pair_targets::PairTargets;

/// What a pair may be labelled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// A class.
    Class,
    /// A similarity from 0 to 1.
    Score,
}

impl Label {
    /// True if it is among the labels of a pair.
    pub fn is_in(self, class: Option<usize>, score: Option<f32>) -> bool {
        match self {
            Self::Class => class.is_some(),
            Self::Score => score.is_some(),
        }
    }
}

/// An objective in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ObjectiveInfo {
    /// Its name in reports and traces.
    pub name: &'static str,
    /// The title of its curve.
    pub title: &'static str,
    /// What its loss is, with its unit.
    pub unit: &'static str,
    /// What it does, as part of a sentence.
    pub description: &'static str,
    /// The label of the pairs that it learns from.
    pub label: Label,
}

/// A loss over the pairs of a batch.
pub trait Objective: Sync {
    /// What it is called, and which pairs it learns from.
    fn info(&self) -> ObjectiveInfo;

    /// True if it trains the classification head besides the encoder.
    fn trains_head(&self) -> bool {
        false
    }

    /// True if it compares pairs with each other. In a shared run it then gets the embeddings of the whole batch and not
    /// only of a replica's share, and its loss must depend on parameters through them alone.
    fn needs_whole_batch(&self) -> bool {
        false
    }

    /// The loss, `[1]`, over the pairs that have its label; 0 if none has.
    fn loss(&self, head: &ClassificationHead, embeddings: &PairEmbeddings, targets: &PairTargets) -> Tensor<1>;
}
