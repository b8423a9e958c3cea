//! Scores against scipy's and scikit-learn's, on random, tied, constant and tiny inputs.

use std::collections::BTreeMap;

use sbert::corpus::Pair;
use sbert::infer::{ConfusionMatrix, Correlation, PairedBootstrap, Predictions};
use serde::Deserialize;

use crate::compare::Comparison;

/// Absolute, since correlations and accuracies are numbers up to 1.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Oracle {
    correlations: Vec<CorrelationCase>,
    classifications: Vec<ClassificationCase>,
    bootstraps: Vec<BootstrapCase>,
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

/// Two models on the same pairs, and draws of the pairs.
#[derive(Deserialize)]
struct BootstrapCase {
    name: String,
    n_classes: usize,
    labels: Vec<Option<usize>>,
    scores: Vec<Option<f32>>,
    /// Of each model.
    classes: [Vec<usize>; 2],
    log_likelihoods: [Vec<f32>; 2],
    cosines: [Vec<f32>; 2],
    draws: Vec<Vec<usize>>,
    /// By score: the difference, and the ends of the interval; null where they are undefined.
    changes: BTreeMap<String, (f64, Option<[f64; 2]>)>,
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

pub fn bootstraps() -> Comparison {
    let mut comparison = Comparison::new("bootstrap intervals", TOLERANCE);
    for case in oracle().bootstraps {
        let pair = |(&label, &score)| Pair { sentence_a: 0, sentence_b: 1, label, score };
        let pairs: Vec<Pair> = case.labels.iter().zip(&case.scores).map(pair).collect();
        let [first, second] = [0, 1].map(|model| Predictions {
            n_classes: case.n_classes,
            cosines: case.cosines[model].clone(),
            classes: case.classes[model].clone(),
            probabilities: Vec::new(),
            log_likelihoods: case.log_likelihoods[model].clone(),
        });
        let mut bootstrap = PairedBootstrap::new(&pairs, first, second, 0);
        case.draws.iter().for_each(|draw| bootstrap.draw(draw));
        let changes = bootstrap.finish();
        assert_eq!(changes.len(), case.changes.len(), "{}", case.name);
        for found in changes {
            let score = serde_json::to_value(found.score).unwrap();
            let (change, interval) = case.changes[score.as_str().unwrap()];
            let name = format!("{score}, {}", case.name);
            comparison.optional(format!("change of {name}"), Some(found.change), Some(change));
            let end = |interval: Option<[f64; 2]>, end: usize| interval.map(|interval| interval[end]);
            for (end_idx, end_name) in ["low", "high"].into_iter().enumerate() {
                comparison.optional(
                    format!("{end_name} end of {name}"),
                    end(found.interval, end_idx),
                    end(interval, end_idx),
                );
            }
        }
    }
    comparison
}
