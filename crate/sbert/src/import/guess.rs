//! What the names and the content of columns suggest: the plan that a visitor confirms or changes.

use super::columns::{Role, column_named, normalized};
use super::plan::{BadRows, HeldOut, ImportPlan};
use super::record_reader::split_named;
use super::statistics::ColumnStatistics;
use crate::corpus::{NLI_CLASSES, Split};

/// Whole numbers with more distinct values than this are scores rather than classes, unless their column's name says
/// otherwise: a scale of 0 to 100, say.
const MAX_INTEGER_CLASSES: usize = 20;

/// A class's name is shorter than a sentence.
const MAX_CLASS_WORDS: f64 = 4.0;

/// A fifth held out is the usual choice where a data set has no split of its own. Any seed would do.
pub(super) const DRAWN: HeldOut = HeldOut::Fraction { fraction: 0.2, seed: 42.0 };

/// STS's scale (Agirre et al. 2012).
const STS_RANGE: [f64; 2] = [0.0, 5.0];

/// Scales in use, the narrowest first.
const SCORE_RANGES: [[f64; 2]; 5] = [[0.0, 1.0], [-1.0, 1.0], STS_RANGE, [0.0, 10.0], [0.0, 100.0]];

/// SICK's scale of relatedness (Marelli et al. 2014).
const RELATEDNESS_RANGE: [f64; 2] = [1.0, 5.0];

struct Columns<'a> {
    names: &'a [String],
    statistics: &'a [ColumnStatistics],
    taken: Vec<bool>,
}

/// A plan, and what the visitor has to say before it is complete.
pub(super) fn guess_plan(names: &[String], statistics: &[ColumnStatistics]) -> (ImportPlan, Option<String>) {
    let mut columns = Columns { names, statistics, taken: vec![false; names.len()] };
    let split = columns.take(column_named(names, Role::Split).filter(|&column| columns.split_sides(column).is_some()));
    let id = columns.take(column_named(names, Role::Id));
    let mut sentence_a = columns.take(column_named(names, Role::SentenceA));
    let mut sentence_b = columns.take(column_named(names, Role::SentenceB));
    let (label, score) = columns.take_named_labels();
    if sentence_a.is_none() || sentence_b.is_none() {
        let mut found =
            columns.find_sentences(2 - usize::from(sentence_a.is_some()) - usize::from(sentence_b.is_some()));
        found.reverse();
        sentence_a = sentence_a.or_else(|| columns.take(found.pop()));
        sentence_b = sentence_b.or_else(|| columns.take(found.pop()));
    }
    let split = split.or_else(|| columns.take(columns.find(|column| columns.split_sides(column) == Some([true; 2]))));
    let id = id.or_else(|| columns.take(columns.find(|column| statistics[column].count_up())));
    let (mut label, mut score) = (label, score);
    if label.is_none() && score.is_none() {
        score = columns.take(columns.find_score());
        label = columns.take(columns.find_label());
    }
    let both_sides = split.and_then(|column| columns.split_sides(column)) == Some([true; 2]);
    let plan = ImportPlan {
        sentence_a,
        sentence_b,
        label,
        score,
        split,
        id,
        classes: label.and_then(|column| statistics[column].classes()).unwrap_or_default(),
        score_range: score.map_or(STS_RANGE, |column| score_range(&names[column], statistics[column].number_range())),
        held_out: if both_sides { HeldOut::ByColumn } else { DRAWN },
        bad_rows: BadRows::Skip,
        drop_duplicates: true,
        encoding: None,
    };
    let question = columns.question(&plan);
    (plan, question)
}

impl Columns<'_> {
    /// Give a column its role.
    fn take(&mut self, column: Option<usize>) -> Option<usize> {
        let column = column.filter(|&column| !self.taken[column])?;
        self.taken[column] = true;
        Some(column)
    }

    fn find(&self, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        (0..self.names.len()).find(|&column| !self.taken[column] && is_it(column))
    }

    /// Whether a column that names splits has training and held-out rows; none if it doesn't name splits.
    fn split_sides(&self, column: usize) -> Option<[bool; 2]> {
        let values = self.statistics[column].values().filter(|values| !values.is_empty())?;
        let splits: Vec<Split> = values.iter().map(|value| split_named(value)).collect::<Option<_>>()?;
        Some([splits.contains(&Split::Train), splits.contains(&Split::HeldOut)])
    }

    /// Columns that their names call class and score. What a name says yields to what the column holds: hub data sets
    /// call STS-B's scores "label".
    fn take_named_labels(&mut self) -> (Option<usize>, Option<usize>) {
        let named = |role| column_named(self.names, role).filter(|&column| !self.taken[column]);
        let (label_named, score_named) = (named(Role::Label), named(Role::Score));
        let is_score = |column: usize| self.statistics[column].number_range().is_some();
        let is_label = |column: usize| self.statistics[column].classes().is_some();
        let holds_score =
            |column: usize| is_score(column) && !(is_label(column) && self.statistics[column].are_integers());
        let score =
            score_named.filter(|&column| is_score(column)).or(label_named.filter(|&column| holds_score(column)));
        let holds_label = |column: usize| Some(column) != score && is_label(column);
        let label =
            label_named.filter(|&column| holds_label(column)).or(score_named.filter(|&column| holds_label(column)));
        (self.take(label), self.take(score))
    }

    /// The text columns with most words, in the order of the file.
    fn find_sentences(&self, n_sentences: usize) -> Vec<usize> {
        let is_text = |&column: &usize| {
            let statistics = &self.statistics[column];
            let is_nli = statistics.classes().is_some_and(|classes| classes == NLI_CLASSES);
            let is_parse = normalized(&self.names[column]).ends_with("parse");
            !self.taken[column]
                && statistics.n_values() > 0
                && statistics.number_range().is_none()
                && !is_nli
                && !is_parse
        };
        let mut found: Vec<usize> = (0..self.names.len()).filter(is_text).collect();
        // The sort is stable: of equals the first columns.
        found.sort_by(|&a, &b| self.statistics[b].mean_words().total_cmp(&self.statistics[a].mean_words()));
        found.truncate(n_sentences);
        found.sort_unstable();
        found
    }

    /// A column of numbers that is no column of classes; of several the last, where files have their labels.
    fn find_score(&self) -> Option<usize> {
        (0..self.names.len()).rev().find(|&column| {
            let statistics = &self.statistics[column];
            let is_class = statistics.are_integers()
                && statistics.values().is_some_and(|values| values.len() <= MAX_INTEGER_CLASSES);
            !self.taken[column] && statistics.number_range().is_some() && !is_class
        })
    }

    /// A column of few distinct values, of which some come again; NLI's first, then the one with the fewest.
    fn find_label(&self) -> Option<usize> {
        let candidates = (0..self.names.len()).rev().filter_map(|column| {
            let statistics = &self.statistics[column];
            let classes = statistics.classes()?;
            let is_nli = classes == NLI_CLASSES;
            let comes_again = statistics.values().is_some_and(|values| values.len() < statistics.n_values());
            let is_label = is_nli || (comes_again && statistics.mean_words() <= MAX_CLASS_WORDS);
            (!self.taken[column] && is_label).then_some((!is_nli, classes.len(), column))
        });
        candidates.min_by_key(|&(is_other, n_classes, _)| (is_other, n_classes)).map(|(.., column)| column)
    }

    /// What keeps a plan from being complete.
    fn question(&self, plan: &ImportPlan) -> Option<String> {
        if plan.sentence_a.is_none() || plan.sentence_b.is_none() {
            return Some("Which two columns hold the sentences?".to_owned());
        }
        if plan.label.is_some() || plan.score.is_some() {
            return None;
        }
        let named = column_named(self.names, Role::Label).filter(|&column| !self.taken[column]);
        let Some(column) = named else {
            return Some("Which column holds the class or the score? None looks like one.".to_owned());
        };
        let name = &self.names[column];
        Some(match self.statistics[column].values() {
            None => format!(
                "Column \"{name}\" has too many different values for classes. Which column holds the class or the score?"
            ),
            Some(_) => format!(
                "Column \"{name}\" has fewer than two classes, so nothing can be learnt from it. Which column holds the class or the score?"
            ),
        })
    }
}

/// The scale that scores from `low` to `high` are on.
pub(super) fn score_range(name: &str, number_range: Option<[f64; 2]>) -> [f64; 2] {
    let Some([low, high]) = number_range else { return STS_RANGE };
    let holds = |range: &[f64; 2]| range[0] <= low && high <= range[1];
    if normalized(name).starts_with("relatedness") && holds(&RELATEDNESS_RANGE) {
        return RELATEDNESS_RANGE;
    }
    let known = SCORE_RANGES.into_iter().find(holds);
    // All scores the same, on no known scale: any scale around them will do, and the visitor sees it.
    known.unwrap_or(if low < high { [low, high] } else { [low, low + 1.0] })
}
