//! What a model says of each of some pairs, and the scores that follow.

use serde::Serialize;

use super::metrics::{ConfusionMatrix, Correlation, mean};
use super::scores::Scores;
use crate::corpus::Pair;

/// What a model says of some pairs, a value for each pair in their order.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Predictions {
    /// Classes that the head tells apart.
    pub n_classes: usize,
    /// Cosine of the two embeddings.
    pub cosines: Vec<f32>,
    /// Index of the most probable class.
    pub classes: Vec<usize>,
    /// Its probability, 0 to 1.
    pub probabilities: Vec<f32>,
    /// Natural logarithm of the probability of the pair's own class; 0 for a pair without.
    pub log_likelihoods: Vec<f32>,
}

impl Predictions {
    /// Add those of another pair: its cosine, and the logarithm of each class's probability.
    pub(super) fn add(&mut self, pair: &Pair, cosine: f32, log_probabilities: &[f32]) {
        let best = (0..log_probabilities.len())
            .max_by(|&a, &b| log_probabilities[a].total_cmp(&log_probabilities[b]))
            .unwrap_or_default();
        self.cosines.push(cosine);
        self.classes.push(best);
        self.probabilities.push(log_probabilities[best].exp());
        self.log_likelihoods.push(pair.label.map_or(0.0, |label| log_probabilities[label]));
    }

    /// Scores on all pairs.
    pub fn scores(&self, pairs: &[Pair]) -> Scores {
        self.scores_of(pairs, 0..pairs.len())
    }

    /// Scores on the pairs at some positions, each as often as it is named.
    pub(super) fn scores_of(&self, pairs: &[Pair], positions: impl Iterator<Item = usize>) -> Scores {
        let (mut gold_classes, mut classes, mut cross_entropies) = (Vec::new(), Vec::new(), Vec::new());
        let (mut gold_scores, mut cosines, mut squared_errors) = (Vec::new(), Vec::new(), Vec::new());
        let mut n_pairs = 0;
        for position in positions {
            n_pairs += 1;
            if let Some(label) = pairs[position].label {
                gold_classes.push(label);
                classes.push(self.classes[position]);
                cross_entropies.push(-f64::from(self.log_likelihoods[position]));
            }
            if let Some(score) = pairs[position].score {
                let (cosine, score) = (f64::from(self.cosines[position]), f64::from(score));
                gold_scores.push(score);
                cosines.push(cosine);
                squared_errors.push((cosine - score).powi(2));
            }
        }
        // Of values that aren't finite the largest says nothing, and a mean of them is none.
        let is_finite = cross_entropies.iter().all(|value: &f64| value.is_finite());
        let confusion = (!gold_classes.is_empty() && is_finite)
            .then(|| ConfusionMatrix::new(self.n_classes, &gold_classes, &classes));
        Scores {
            n_pairs,
            classification_loss: mean(&cross_entropies).filter(|loss| loss.is_finite()),
            regression_loss: mean(&squared_errors).filter(|loss| loss.is_finite()),
            accuracy: confusion.as_ref().and_then(ConfusionMatrix::accuracy),
            macro_f1: confusion.as_ref().and_then(ConfusionMatrix::macro_f1),
            confusion,
            correlation: (!cosines.is_empty()).then(|| Correlation::new(&cosines, &gold_scores)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_values_that_are_not_finite_are_undefined() {
        let scores = |bad: f32| {
            let mut predictions = Predictions { n_classes: 2, ..Predictions::default() };
            let mut pairs = Vec::new();
            for n in 0..4 {
                let value = if n == 2 { bad } else { -0.1 * n as f32 };
                let pair = Pair { sentence_a: 0, sentence_b: 1, label: Some(n % 2), score: Some(0.25 * n as f32) };
                predictions.add(&pair, value, &[value, value]);
                pairs.push(pair);
            }
            predictions.scores(&pairs)
        };
        let finite = scores(-0.2);
        assert!(finite.accuracy.is_some() && finite.correlation.is_some_and(|found| found.spearman.is_some()));
        for bad in [f32::NAN, f32::INFINITY] {
            let scores = scores(bad);
            let of_classes = (scores.accuracy, scores.macro_f1, scores.classification_loss);
            assert_eq!((of_classes, scores.confusion), ((None, None, None), None), "{bad}");
            assert_eq!(scores.regression_loss, None, "{bad}");
            assert_eq!(scores.correlation, Some(Correlation { pearson: None, spearman: None }), "{bad}");
        }
    }
}
