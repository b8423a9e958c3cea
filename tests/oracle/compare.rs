//! Relative errors, the worst of them by name, and the line that a leg prints.

use std::fmt::{Display, Formatter, Result};

/// The marker of a leg's line, by which `cargo xtask test` finds it.
const MARKER: &str = "oracle leg: ";

/// Many comparisons of one kind, of which the worst is kept.
pub struct Comparison {
    /// What is compared.
    title: &'static str,
    /// Largest relative error that passes, on a CPU.
    tolerance: f64,
    worst: f64,
    /// What had the worst error.
    worst_of: String,
    n_compared: usize,
}

impl Comparison {
    pub fn new(title: &'static str, tolerance: f64) -> Self {
        Self { title, tolerance, worst: 0.0, worst_of: String::new(), n_compared: 0 }
    }

    /// Note one error. One that is not a number is worse than any.
    pub fn add(&mut self, name: impl Into<String>, error: f64) {
        self.n_compared += 1;
        let is_worse = error > self.worst || self.n_compared == 1;
        if error.is_nan() || (is_worse && !self.worst.is_nan()) {
            (self.worst, self.worst_of) = (error, name.into());
        }
    }

    /// Compare numbers of one size and meaning by the norm of their difference.
    pub fn tensor(&mut self, name: impl Into<String>, actual: &[f32], expected: &[f32]) {
        let name = name.into();
        assert_eq!(actual.len(), expected.len(), "{name}");
        self.add(name, relative_error(actual, expected));
    }

    /// Compare one number.
    pub fn number(&mut self, name: impl Into<String>, actual: f64, expected: f64) {
        // Both may be 0: the gradient of a head in a batch without classes.
        let error = if actual == expected { 0.0 } else { (actual - expected).abs() / expected.abs() };
        self.add(name, error);
    }

    /// Compare two numbers that may be undefined, by their difference.
    pub fn optional(&mut self, name: impl Into<String>, actual: Option<f64>, expected: Option<f64>) {
        let difference = match (actual, expected) {
            (Some(actual), Some(expected)) => (actual - expected).abs(),
            (None, None) => 0.0,
            _ => f64::NAN,
        };
        self.add(name, difference);
    }
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{} {:.1e} ({})", self.title, self.worst, self.worst_of)
    }
}

/// ‖actual − expected‖ / ‖expected‖
pub fn relative_error(actual: &[f32], expected: &[f32]) -> f64 {
    let difference = actual.iter().zip(expected).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>();
    difference.sqrt() / norm(expected)
}

pub fn norm(values: &[f32]) -> f64 {
    values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt()
}

/// Print the leg's line, then fail if a comparison is beyond its tolerance.
pub fn report(leg: &str, comparisons: &[Comparison], times_looser: f64) {
    let figures: Vec<String> = comparisons.iter().map(ToString::to_string).collect();
    print_leg(leg, &figures.join("; "));
    for comparison in comparisons {
        let tolerance = comparison.tolerance * times_looser;
        assert!(comparison.n_compared > 0, "{leg}: nothing was compared: {}", comparison.title);
        // Written so that an error that is not a number fails.
        let holds = comparison.worst <= tolerance;
        assert!(holds, "{leg}: {comparison} is more than {tolerance:e}");
    }
}

/// Print a leg's line.
pub fn print_leg(leg: &str, figures: &str) {
    let place = if cfg!(target_arch = "wasm32") { "browser" } else { "native" };
    say(&format!("{MARKER}{place} {leg}: {figures}"));
}

#[cfg(target_arch = "wasm32")]
fn say(line: &str) {
    wasm_bindgen_test::console_log!("{line}");
}

#[cfg(not(target_arch = "wasm32"))]
fn say(line: &str) {
    println!("{line}");
}
