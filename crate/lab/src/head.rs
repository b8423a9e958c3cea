//! The classification head that a model starts from.

use burn::tensor::Device;
use sbert::objective::ClassificationHead;

/// A head that nobody has trained, for embeddings of width `d_model`.
pub fn untrained_head(d_model: usize, classes: &[String], seed: u64, device: &Device) -> ClassificationHead {
    // A tensor can't be empty: without classes the head has one, which no pair has, so that it is never trained or scored.
    ClassificationHead::from_seed(d_model, classes.len().max(1), seed, device)
}
