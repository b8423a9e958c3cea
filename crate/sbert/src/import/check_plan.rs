//! Whether a plan is complete and agrees with itself and the file.

use std::collections::HashSet;

use super::plan::{HeldOut, ImportPlan, MAX_CLASSES};
use crate::error::Error;

/// Check a plan for a file of `n_columns` columns, if that is known.
///
/// # Errors
/// [`Error::Setting`] naming the field at fault; [`Error::Corpus`] if there is nothing to train or score on.
pub(super) fn check_plan(plan: &ImportPlan, n_columns: Option<usize>) -> Result<(), Error> {
    let fault = |name: &'static str, problem: String| Err(Error::Setting { name, problem });
    let columns = [
        ("sentence_a", plan.sentence_a),
        ("sentence_b", plan.sentence_b),
        ("label", plan.label),
        ("score", plan.score),
        ("split", plan.split),
        ("id", plan.id),
    ];
    for (position, (name, column)) in columns.into_iter().enumerate() {
        let Some(column) = column else {
            if position < 2 {
                return fault(name, "has no column; say which column holds that sentence".to_owned());
            }
            continue;
        };
        if let Some(n_columns) = n_columns.filter(|&n_columns| column >= n_columns) {
            return fault(name, format!("is column {}, but there are {n_columns}", column + 1));
        }
        if let Some((other, _)) = columns[..position].iter().find(|(_, other)| *other == Some(column)) {
            return fault(name, format!("is the same column as {other}"));
        }
    }
    if plan.label.is_none() && plan.score.is_none() {
        let problem = "no column holds a class or a score, so there is nothing to train or score on".to_owned();
        return Err(Error::Corpus { problem });
    }
    if plan.label.is_some() {
        check_classes(&plan.classes)?;
    }
    let [low, high] = plan.score_range;
    // The range too, by which scores are divided: that of 1e308 and -1e308 is no finite number.
    if plan.score.is_some() && !(low < high && (high - low).is_finite()) {
        return fault("score_range", format!("is {low} to {high}; use two numbers, low before high, not so far apart"));
    }
    match plan.held_out {
        HeldOut::ByColumn if plan.split.is_none() => fault("held_out", "needs a split column".to_owned()),
        HeldOut::Fraction { fraction, .. } if !(0.0..1.0).contains(&fraction) => {
            fault("held_out", format!("is the fraction {fraction}; use one from 0 to below 1"))
        }
        HeldOut::Fraction { seed, .. } if seed != f64::from(seed as u32) => {
            fault("seed", format!("is {seed}; use a whole number from 0 to {}", u32::MAX))
        }
        _ => Ok(()),
    }
}

/// Check that a head can have these classes.
///
/// # Errors
/// [`Error::Setting`] saying what is wrong with them.
pub(super) fn check_classes(classes: &[String]) -> Result<(), Error> {
    let fault = |problem: String| Err(Error::Setting { name: "classes", problem });
    if classes.len() < 2 {
        return fault("names fewer than two classes".to_owned());
    }
    if classes.len() > MAX_CLASSES {
        return fault(format!("names {} classes; {MAX_CLASSES} are the most", classes.len()));
    }
    let mut seen = HashSet::new();
    for class in classes {
        if class.trim().is_empty() {
            return fault("has a class without a name".to_owned());
        }
        if !seen.insert(class.trim().to_lowercase()) {
            return fault(format!("names \"{class}\" twice (upper and lower case are the same)"));
        }
    }
    Ok(())
}
