//! The values that a setting may have, and the number that stands for each.

use std::fmt;

use serde::Serialize;

/// The values that a setting may have. A switch is a number too: 1 is on, 0 is off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ValueRange {
    /// Any number between two bounds.
    Real {
        /// The smallest value.
        min: f64,
        /// The largest value, so that no product of settings exceeds what an f32 can hold.
        max: f64,
        /// True if `max` itself is too large.
        is_below_max: bool,
    },
    /// A whole number. There is always a largest one, so that products of counts fit the 32 bits of WebAssembly.
    Whole {
        /// The smallest value.
        min: u32,
        /// The largest value.
        max: u32,
    },
    /// On or off.
    Switch,
}

impl ValueRange {
    /// True if `value` is one of them.
    pub(super) fn contains(self, value: f64) -> bool {
        match self {
            Self::Real { min, max, is_below_max } => {
                value >= min && if is_below_max { value < max } else { value <= max }
            }
            Self::Whole { min, max } => value.fract() == 0.0 && (f64::from(min)..=f64::from(max)).contains(&value),
            Self::Switch => value == 0.0 || value == 1.0,
        }
    }
}

/// What to use, such as "a whole number from 1 to 1000".
impl fmt::Display for ValueRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real { min, max, is_below_max } => {
                write!(f, "a number from {min} to {}{max}", if *is_below_max { "below " } else { "" })
            }
            Self::Whole { min, max } => write!(f, "a whole number from {min} to {max}"),
            Self::Switch => write!(f, "1 for on, 0 for off"),
        }
    }
}

/// The type of a field that is a setting. A 64-bit float holds each value exactly, counts up to 2⁵³.
pub(super) trait Value {
    /// The number that stands for it.
    fn to_number(self) -> f64;
    /// The value that a number in the range of its setting stands for.
    fn from_number(number: f64) -> Self;
}

impl Value for f64 {
    fn to_number(self) -> f64 {
        self
    }

    fn from_number(number: f64) -> Self {
        number
    }
}

impl Value for usize {
    fn to_number(self) -> f64 {
        self as f64
    }

    fn from_number(number: f64) -> Self {
        number as Self
    }
}

impl Value for u32 {
    fn to_number(self) -> f64 {
        f64::from(self)
    }

    fn from_number(number: f64) -> Self {
        number as Self
    }
}

impl Value for bool {
    fn to_number(self) -> f64 {
        f64::from(self)
    }

    fn from_number(number: f64) -> Self {
        number != 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_bounds_and_no_other_kind_of_number() {
        let check = |range: ValueRange, words: &str, inside: &[f64], outside: &[f64]| {
            assert_eq!(range.to_string(), words);
            for value in inside {
                assert!(range.contains(*value), "{value} is not in {words}");
            }
            for value in outside.iter().chain(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]) {
                assert!(!range.contains(*value), "{value} is in {words}");
            }
        };
        let real = |max, is_below_max| ValueRange::Real { min: 0.0, max, is_below_max };
        check(real(1e6, false), "a number from 0 to 1000000", &[0.0, 1e-300, 1e6], &[-1e-300, f64::MAX]);
        check(real(1.0, false), "a number from 0 to 1", &[0.0, 0.1, 1.0], &[-0.1, 1.0 + f64::EPSILON]);
        check(real(1.0, true), "a number from 0 to below 1", &[0.0, 1.0 - f64::EPSILON], &[1.0]);
        let whole = ValueRange::Whole { min: 1, max: u32::MAX };
        check(whole, "a whole number from 1 to 4294967295", &[1.0, 4_294_967_295.0], &[0.0, 1.5, 4_294_967_296.0]);
        check(ValueRange::Switch, "1 for on, 0 for off", &[0.0, 1.0], &[0.5, 2.0]);
    }
}
