//! Scores against scipy's and scikit-learn's, on random, tied, constant and tiny inputs.

use sbert::infer::{ConfusionMatrix, Correlation};
use serde::Deserialize;

use crate::compare::Comparison;

/// Absolute, since correlations and accuracies are numbers up to 1.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Oracle {
    correlations: Vec<CorrelationCase>,
    classifications: Vec<ClassificationCase>,
}

#[derive(Deserialize)]
struct CorrelationCase {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
    pearson: Option<f64>,
    spearman: Option<f64>,
}

#[derive(Deserialize)]
struct ClassificationCase {
    name: String,
    n_classes: usize,
    gold: Vec<usize>,
    predicted: Vec<usize>,
    accuracy: Option<f64>,
    macro_f1: Option<f64>,
    confusion: Vec<Vec<usize>>,
}

fn oracle() -> Oracle {
    serde_json::from_slice(include_bytes!("scores.json")).unwrap()
}

pub fn correlations() -> Comparison {
    let mut comparison = Comparison::new("correlations", TOLERANCE);
    for case in oracle().correlations {
        let actual = Correlation::new(&case.x, &case.y);
        comparison.optional(format!("Pearson, {}", case.name), actual.pearson, case.pearson);
        comparison.optional(format!("Spearman, {}", case.name), actual.spearman, case.spearman);
    }
    comparison
}

pub fn classifications() -> Comparison {
    let mut comparison = Comparison::new("classifications", TOLERANCE);
    for case in oracle().classifications {
        let actual = ConfusionMatrix::new(case.n_classes, &case.gold, &case.predicted);
        assert_eq!(actual.counts, case.confusion, "{}", case.name);
        comparison.optional(format!("accuracy, {}", case.name), actual.accuracy(), case.accuracy);
        comparison.optional(format!("macro-F1, {}", case.name), actual.macro_f1(), case.macro_f1);
    }
    comparison
}
