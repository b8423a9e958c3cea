//! Two runs compared by what their models said of the same pairs, which the page has stored.

use sbert::corpus::Pair;
use sbert::import::MAX_CLASSES;
use sbert::infer::{PairedBootstrap, Predictions};

use crate::protocol::Failure;

/// Draws the pairs: the same two runs always differ by the same.
const SEED: u64 = 0;

/// The comparison of two tables of predictions, which must be of the same pairs.
pub(super) fn comparison_of(first: &[u8], second: &[u8]) -> Result<PairedBootstrap, Failure> {
    match (read(first), read(second)) {
        (Some((pairs, first)), Some((same, second))) if pairs == same && !pairs.is_empty() => {
            Ok(PairedBootstrap::new(&pairs, first, second, SEED))
        }
        _ => Err(Failure::untimely(
            "What is stored of the two runs is not of the same pairs.",
            "Compare them by their scores, or train both again.",
        )),
    }
}

/// The pairs of a table, without their sentences, and the predictions; none if it is damaged.
fn read(table: &[u8]) -> Option<(Vec<Pair>, Predictions)> {
    let (mut pairs, mut predictions) = (Vec::new(), Predictions::default());
    let (values, []) = table.as_chunks() else { return None };
    let values: Vec<f32> = values.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let (rows, []) = values.as_chunks() else { return None };
    for &[label, score, cosine, class, log_likelihood] in rows {
        let label = if label.is_nan() { None } else { Some(class_of(label)?) };
        // Without a class there is nothing that the chosen one is compared with.
        let class = if label.is_some() { class_of(class)? } else { 0 };
        let score = Some(score).filter(|score| !score.is_nan());
        pairs.push(Pair { sentence_a: 0, sentence_b: 0, label, score });
        predictions.cosines.push(cosine);
        predictions.classes.push(class);
        predictions.log_likelihoods.push(log_likelihood);
        predictions.n_classes = predictions.n_classes.max(1 + class.max(label.unwrap_or_default()));
    }
    Some((pairs, predictions))
}

fn class_of(value: f32) -> Option<usize> {
    (value >= 0.0 && value < MAX_CLASSES as f32).then_some(value as usize)
}
