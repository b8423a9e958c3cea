//! Scores on plain slices: accuracy, macro-F1, confusion matrix, Pearson, Spearman.
//!
//! Conventions are scikit-learn's and scipy's; what is undefined there (the correlation of a constant) is `None` here,
//! never 0.

use serde::{Deserialize, Serialize};

/// Counts of gold against predicted classes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ConfusionMatrix {
    /// `counts[gold][predicted]`.
    pub counts: Vec<Vec<usize>>,
}

impl ConfusionMatrix {
    /// Count pairs of (gold, predicted) class indices, each below `n_classes`.
    pub fn new(n_classes: usize, gold: &[usize], predicted: &[usize]) -> Self {
        let mut counts = vec![vec![0; n_classes]; n_classes];
        for (&gold, &predicted) in gold.iter().zip(predicted) {
            counts[gold][predicted] += 1;
        }
        Self { counts }
    }

    fn n_pairs(&self) -> usize {
        self.counts.iter().flatten().sum()
    }

    /// Fraction on the diagonal; `None` for an empty matrix.
    pub fn accuracy(&self) -> Option<f64> {
        let n_right: usize = (0..self.counts.len()).map(|class| self.counts[class][class]).sum();
        match self.n_pairs() {
            0 => None,
            n_pairs => Some(n_right as f64 / n_pairs as f64),
        }
    }

    /// Unweighted mean of the F1 of the classes that occur in the gold or the predicted labels.
    ///
    /// This is scikit-learn's `f1_score(average="macro")`, whose labels are those present in either list; `None` for
    /// an empty matrix.
    pub fn macro_f1(&self) -> Option<f64> {
        let f1_of_class = |class: usize| {
            let n_gold: usize = self.counts[class].iter().sum();
            let n_predicted: usize = self.counts.iter().map(|row| row[class]).sum();
            // F1 = 2 TP / (gold + predicted), which needs no case for an empty precision or recall.
            (n_gold + n_predicted > 0).then(|| 2.0 * self.counts[class][class] as f64 / (n_gold + n_predicted) as f64)
        };
        let f1s: Vec<f64> = (0..self.counts.len()).filter_map(f1_of_class).collect();
        mean(&f1s)
    }
}

/// Correlation of predictions with gold scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Correlation {
    /// Pearson's r; `None` where it is undefined (fewer than two pairs, or a constant side).
    pub pearson: Option<f64>,
    /// Spearman's rho, with ties given their mean rank; `None` where it is undefined.
    pub spearman: Option<f64>,
}

impl Correlation {
    /// Correlate two slices of equal length. Values that aren't finite have no rank, so nothing is defined for them.
    pub fn new(predicted: &[f64], gold: &[f64]) -> Self {
        if !predicted.iter().chain(gold).all(|value| value.is_finite()) {
            return Self { pearson: None, spearman: None };
        }
        Self { pearson: pearson(predicted, gold), spearman: pearson(&ranks(predicted), &ranks(gold)) }
    }
}

/// Pearson's product-moment correlation; `None` if a side is constant, not finite, or shorter than two.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() < 2 || is_constant(x) || is_constant(y) {
        return None;
    }
    let (x, y) = (deviations(x)?, deviations(y)?);
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (dx, dy) in x.iter().zip(&y) {
        xy += dx * dy;
        xx += dx * dx;
        yy += dy * dy;
    }
    let r = xy / (xx.sqrt() * yy.sqrt());
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// Differences from the mean, divided by the largest of them so that no square overflows or vanishes.
fn deviations(values: &[f64]) -> Option<Vec<f64>> {
    let mean = mean(values)?;
    let deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let largest = deviations.iter().fold(0.0, |largest: f64, deviation| largest.max(deviation.abs()));
    Some(deviations.iter().map(|deviation| deviation / largest).collect())
}

/// Ranks counted from 1; equal values share the mean of their ranks (scipy's `rankdata(method="average")`).
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut n_before = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean_rank = n_before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        for &position in tied {
            ranks[position] = mean_rank;
        }
        n_before += tied.len();
    }
    ranks
}

/// Arithmetic mean; `None` for an empty slice.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values are scipy 1.17.1's pearsonr and spearmanr, and scikit-learn 1.9.1's f1_score(average="macro").
    fn close(actual: Option<f64>, expected: f64) {
        let actual = actual.unwrap();
        assert!((actual - expected).abs() < 1e-12, "{actual} against {expected}");
    }

    #[test]
    fn correlations_equal_scipy_with_ties() {
        let x = [1.0, 2.0, 2.0, 4.0, 5.5, 0.5];
        let y = [0.9, 2.5, 2.5, 2.5, 7.0, 1.0];
        let correlation = Correlation::new(&x, &y);
        close(correlation.pearson, 0.8957446570122747);
        close(correlation.spearman, 0.8932596002688613);
    }

    #[test]
    fn undefined_correlations_are_none() {
        let none = Correlation { pearson: None, spearman: None };
        assert_eq!(Correlation::new(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), none);
        assert_eq!(Correlation::new(&[1.0], &[1.0]), none);
        assert_eq!(Correlation::new(&[], &[]), none);
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Correlation::new(&[1.0, value, 3.0], &[1.0, 2.0, 3.0]), none, "{value}");
            assert_eq!(Correlation::new(&[1.0, 2.0, 3.0], &[value, 2.0, 3.0]), none, "{value}");
        }
    }

    #[test]
    fn ranks_share_ties() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn macro_f1_equals_scikit_learn() {
        let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 1, 1, 2], &[0, 1, 1, 1, 2, 2]);
        close(confusion.accuracy(), 4.0 / 6.0);
        close(confusion.macro_f1(), (2.0 / 3.0 + 2.0 / 3.0 + 2.0 / 3.0) / 3.0);
        // Class 2 occurs nowhere, so it does not count.
        let confusion = ConfusionMatrix::new(3, &[0, 0, 1], &[0, 1, 1]);
        close(confusion.macro_f1(), 2.0 / 3.0);
        assert_eq!(ConfusionMatrix::new(3, &[], &[]).macro_f1(), None);
    }
}
