//! What a column's cells have in common, gathered row by row.

use std::collections::HashSet;

use super::number::parse_number;
use super::plan::{ColumnSummary, FileFormat, MAX_CLASSES};
use crate::corpus::NLI_CLASSES;

/// What SNLI has in place of a class where its annotators didn't agree.
pub(super) const NO_LABEL: &str = "-";

/// No class has a longer name, and so many of them can be shown.
const MAX_VALUE_CHARS: usize = 100;
/// A column of numbers may have one value in so many that isn't one: a row that can't be used, not a column of words.
const MIN_VALUES_PER_WORD: usize = 5;

/// Statistics of one column.
#[derive(Debug)]
pub(super) struct ColumnStatistics {
    n_values: usize,
    n_words: usize,
    /// Distinct values in order of first appearance; none if there are too many, or one is too long.
    values: Option<Vec<String>>,
    seen: HashSet<String>,
    /// Values that aren't numbers.
    n_not_numbers: usize,
    numbers: Numbers,
}

#[derive(Clone, Copy, Debug)]
struct Numbers {
    low: f64,
    high: f64,
    last: f64,
    are_integers: bool,
    /// Each is the one before and 1, as in a column of row numbers.
    count_up: bool,
}

impl Default for ColumnStatistics {
    fn default() -> Self {
        let numbers =
            Numbers { low: f64::INFINITY, high: f64::NEG_INFINITY, last: f64::NAN, are_integers: true, count_up: true };
        Self { n_values: 0, n_words: 0, values: Some(Vec::new()), seen: HashSet::new(), n_not_numbers: 0, numbers }
    }
}

impl ColumnStatistics {
    /// Take in one cell.
    pub fn add(&mut self, cell: &str, format: FileFormat) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        self.n_values += 1;
        self.n_words += n_words(cell);
        self.add_number(cell, format);
        let Some(values) = &mut self.values else { return };
        if self.seen.contains(cell) {
            return;
        }
        if values.len() == MAX_CLASSES || cell.chars().nth(MAX_VALUE_CHARS).is_some() {
            self.values = None;
            self.seen = HashSet::new();
            return;
        }
        values.push(cell.to_owned());
        self.seen.insert(cell.to_owned());
    }

    fn add_number(&mut self, cell: &str, format: FileFormat) {
        let numbers = &mut self.numbers;
        match parse_number(cell, format).filter(|number| number.is_finite()) {
            Some(number) => {
                numbers.low = numbers.low.min(number);
                numbers.high = numbers.high.max(number);
                numbers.are_integers &= number.fract() == 0.0;
                numbers.count_up &= numbers.last.is_nan() || number == numbers.last + 1.0;
                numbers.last = number;
            }
            None => self.n_not_numbers += 1,
        }
    }

    /// Cells that aren't empty.
    pub fn n_values(&self) -> usize {
        self.n_values
    }

    /// Distinct values in order of first appearance, if they may be classes.
    pub fn values(&self) -> Option<&[String]> {
        self.values.as_deref()
    }

    /// Lowest and highest number, if nearly all values are numbers and there is one.
    pub fn number_range(&self) -> Option<[f64; 2]> {
        let Numbers { low, high, .. } = self.numbers;
        (low <= high && self.n_not_numbers * MIN_VALUES_PER_WORD <= self.n_values).then_some([low, high])
    }

    /// Whether all values are whole numbers.
    pub fn are_integers(&self) -> bool {
        self.number_range().is_some() && self.n_not_numbers == 0 && self.numbers.are_integers
    }

    /// Whether the values number the rows.
    pub fn count_up(&self) -> bool {
        self.n_values > 1 && self.n_not_numbers == 0 && self.numbers.count_up
    }

    /// Mean number of words of a value.
    pub fn mean_words(&self) -> f64 {
        self.n_words as f64 / self.n_values.max(1) as f64
    }

    /// The classes that these values are, in the head's order: none if they are too many or all the same.
    pub fn classes(&self) -> Option<Vec<String>> {
        Some(classes_of(self.values()?)).filter(|classes| classes.len() > 1)
    }

    /// The plain data that is shown.
    pub fn summary(&self, name: &str, n_rows: usize) -> ColumnSummary {
        ColumnSummary {
            name: name.to_owned(),
            n_empty: n_rows.saturating_sub(self.n_values),
            values: self.values.clone(),
            number_range: self.number_range(),
            mean_words: self.mean_words(),
        }
    }
}

/// The classes that the distinct values of a column are, in the head's order.
///
/// Values that differ in case alone are one class. NLI's are in [`NLI_CLASSES`]' order, whole numbers ascend, others come
/// in order of first appearance.
pub(super) fn classes_of(values: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let classes: Vec<String> =
        values.iter().filter(|value| **value != NO_LABEL && seen.insert(value.to_lowercase())).cloned().collect();
    let is_nli = |class: &String| NLI_CLASSES.iter().any(|name| name.eq_ignore_ascii_case(class));
    if classes.len() > 1 && classes.iter().all(is_nli) {
        return NLI_CLASSES.map(str::to_owned).to_vec();
    }
    let integers: Option<Vec<f64>> =
        classes.iter().map(|class| class.parse().ok().filter(|number: &f64| number.fract() == 0.0)).collect();
    let Some(integers) = integers else { return classes };
    let mut numbered: Vec<(f64, String)> = integers.into_iter().zip(classes).collect();
    numbered.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    // Hub data sets write -1 where there is no label, beside classes from 0.
    let is_missing_first = numbered.iter().zip(-1..).all(|((number, _), expected)| *number == f64::from(expected));
    if is_missing_first && numbered.len() > 2 {
        numbered.remove(0);
    }
    numbered.into_iter().map(|(_, class)| class).collect()
}

/// Words of a text. Where a script has no spaces between words, a character counts as one.
fn n_words(text: &str) -> usize {
    let n_spaced = text.split_whitespace().count();
    if text.is_ascii() {
        return n_spaced;
    }
    // From the CJK radicals to Yi: kana and ideographs, but not Hangul, which is spaced.
    n_spaced + text.chars().filter(|character| ('\u{2E80}'..'\u{A4D0}').contains(character)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistics(cells: &[&str]) -> ColumnStatistics {
        let mut statistics = ColumnStatistics::default();
        cells.iter().for_each(|cell| statistics.add(cell, FileFormat::Csv));
        statistics
    }

    #[test]
    fn classes_have_an_order() {
        let check = |cells: &[&str], expect: Option<&[&str]>| {
            let classes = statistics(cells).classes();
            assert_eq!(classes, expect.map(|names| names.iter().map(|&name| name.to_owned()).collect()), "{cells:?}");
        };
        check(&["b", "a", "b"], Some(&["b", "a"]));
        check(&["Yes", "no", "yes", "NO"], Some(&["Yes", "no"]));
        check(&["NEUTRAL", "contradiction", "-"], Some(&NLI_CLASSES));
        check(&["10", "2", "1"], Some(&["1", "2", "10"]));
        check(&["1", "-1", "0", "2"], Some(&["0", "1", "2"]));
        check(&["1", "-1"], Some(&["-1", "1"]));
        check(&["1", "-1", "0", "-2"], Some(&["-2", "-1", "0", "1"]));
        check(&["x", "x", "-", ""], None);
        let many: Vec<String> = (0..=MAX_CLASSES).map(|n| n.to_string()).collect();
        check(&many.iter().map(String::as_str).collect::<Vec<_>>(), None);
    }

    #[test]
    fn numbers_words_and_gaps_are_counted() {
        let numbers = statistics(&["1", "", "2", "3.0"]);
        assert_eq!((numbers.number_range(), numbers.are_integers()), (Some([1.0, 3.0]), true));
        assert!(numbers.count_up());
        assert_eq!(numbers.summary("n", 5).n_empty, 2);
        assert_eq!(statistics(&["1", "two"]).number_range(), None);
        assert_eq!(statistics(&["1", "inf"]).number_range(), None);
        assert_eq!(statistics(&["", " "]).number_range(), None);
        assert_eq!(statistics(&["a b", "c d e f"]).mean_words(), 3.0);
        assert!(statistics(&["猫が寝ている。"]).mean_words() > 5.0);
        assert!(statistics(&[&"x".repeat(MAX_VALUE_CHARS + 1)]).values().is_none());
    }
}
