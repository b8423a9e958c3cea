//! What follows from a change that the visitor makes to an import plan.

use super::check_plan::check_plan;
use super::guess::{DRAWN, score_range};
use super::plan::{ColumnSummary, HeldOut, ImportPlan};
use super::statistics::classes_of;
use crate::error::Error;

/// The plan with the classes, the scale and the split of the columns that have other roles than in `last`, and why it
/// can't be carried out; none if it can.
pub fn revise_plan(columns: &[ColumnSummary], last: &ImportPlan, mut plan: ImportPlan) -> (ImportPlan, Option<String>) {
    if plan.label != last.label {
        plan.classes = values_of(columns, plan.label).map(classes_of).unwrap_or_default();
    }
    if plan.score != last.score {
        let column = plan.score.and_then(|column| columns.get(column));
        plan.score_range = column.map_or_else(|| score_range("", None), |it| score_range(&it.name, it.number_range));
    }
    if plan.split != last.split {
        plan.held_out = match plan.held_out {
            _ if plan.split.is_some() => HeldOut::ByColumn,
            HeldOut::ByColumn => DRAWN,
            other => other,
        };
    }
    let problem = plan_problem(columns, &plan);
    (plan, problem)
}

/// Why a plan can't be carried out, in words of the page; none if it can.
pub(super) fn plan_problem(columns: &[ColumnSummary], plan: &ImportPlan) -> Option<String> {
    let name = match check_plan(plan, Some(columns.len())).err()? {
        Error::Setting { name, .. } => name,
        _ => "labels",
    };
    let problem = match (name, plan.held_out) {
        ("sentence_a", _) => "Say which column holds the first sentence.",
        ("sentence_b", _) => "Say which column holds the second sentence.",
        ("classes", _) if values_of(columns, plan.label).is_none() => {
            "The class column has more than 100 different values; choose another or none."
        }
        ("classes", _) => "The class column has fewer than two classes; choose another or none.",
        ("score_range", _) => "The scale of the similarity needs two numbers, the lower first.",
        ("held_out", HeldOut::ByColumn) => "Say which column names the split, or hold out in another way.",
        ("held_out", _) => "The fraction that is held out must be from 0 to below 1.",
        ("seed", _) => "The seed must be from 0 to 4294967295.",
        _ => "Say which column holds the class or the similarity.",
    };
    Some(problem.to_owned())
}

/// The distinct values of a column, if they may be classes.
fn values_of(columns: &[ColumnSummary], column: Option<usize>) -> Option<&[String]> {
    columns.get(column?)?.values.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::plan::BadRows;

    fn column(name: &str, values: Option<&[&str]>, number_range: Option<[f64; 2]>) -> ColumnSummary {
        let values = values.map(|values| values.iter().map(|&value| value.to_owned()).collect());
        ColumnSummary { name: name.to_owned(), n_empty: 0, values, number_range, mean_words: 1.0 }
    }

    /// A file with a column for everything, and its plan.
    fn inspected() -> (Vec<ColumnSummary>, ImportPlan) {
        let columns = vec![
            column("n", None, Some([1.0, 100.5])),
            column("premise", None, None),
            column("hypothesis", None, None),
            column("gold_label", Some(&["no", "-", "yes"]), None),
            column("score", None, Some([0.0, 4.8])),
            column("fold", Some(&["train", "dev"]), None),
            column("kind", Some(&["one"]), None),
        ];
        let plan = ImportPlan {
            sentence_a: Some(1),
            sentence_b: Some(2),
            label: Some(3),
            score: Some(4),
            split: Some(5),
            id: Some(0),
            classes: vec!["no".to_owned(), "yes".to_owned()],
            score_range: [0.0, 5.0],
            held_out: HeldOut::ByColumn,
            bad_rows: BadRows::Skip,
            drop_duplicates: true,
            encoding: None,
        };
        (columns, plan)
    }

    fn revised(change: impl FnOnce(&mut ImportPlan)) -> (ImportPlan, Option<String>) {
        let (columns, last) = inspected();
        let mut plan = last.clone();
        change(&mut plan);
        revise_plan(&columns, &last, plan)
    }

    #[test]
    fn what_depends_on_a_column_follows_it() {
        let plan = |change: fn(&mut ImportPlan)| revised(change).0;
        assert_eq!(plan(|plan| (plan.label, plan.split) = (Some(5), None)).classes, ["train", "dev"]);
        assert_eq!(plan(|plan| plan.label = Some(6)).classes, ["one"]);
        assert!(plan(|plan| plan.label = None).classes.is_empty());
        assert_eq!(plan(|plan| (plan.score, plan.id) = (Some(0), None)).score_range, [1.0, 100.5]);
        assert_eq!(plan(|plan| plan.score = None).score_range, [0.0, 5.0]);
        assert_eq!(plan(|plan| plan.split = None).held_out, DRAWN);
        assert_eq!(plan(|plan| (plan.split, plan.held_out) = (None, HeldOut::All)).held_out, HeldOut::All);
        assert_eq!(plan(|plan| (plan.split, plan.held_out) = (Some(6), HeldOut::All)).held_out, HeldOut::ByColumn);
        // What the visitor hasn't touched stays as it is.
        let kept = plan(|plan| (plan.id, plan.score_range) = (None, [0.0, 9.0]));
        assert_eq!(kept, ImportPlan { id: None, score_range: [0.0, 9.0], ..inspected().1 });
    }

    #[test]
    fn the_scale_is_the_narrowest_in_use_that_holds_all_values() {
        for (name, range, expect) in [
            ("c", Some([0.1, 0.9]), [0.0, 1.0]),
            ("c", Some([-0.2, 1.0]), [-1.0, 1.0]),
            ("c", Some([0.0, 4.8]), [0.0, 5.0]),
            ("c", Some([1.0, 7.0]), [0.0, 10.0]),
            ("c", Some([3.0, 99.0]), [0.0, 100.0]),
            ("c", Some([-3.0, 12.0]), [-3.0, 12.0]),
            ("c", Some([200.0, 200.0]), [200.0, 201.0]),
            ("c", None, [0.0, 5.0]),
            ("Relatedness_Score", Some([1.0, 5.0]), [1.0, 5.0]),
        ] {
            assert_eq!(score_range(name, range), expect, "{name} {range:?}");
        }
    }

    #[test]
    fn what_a_plan_lacks_is_said_one_thing_at_a_time() {
        let check = |change: fn(&mut ImportPlan), expect: &str| {
            let problem = revised(change).1.unwrap_or_default();
            assert!(problem.contains(expect) && problem.is_empty() == expect.is_empty(), "{problem}");
        };
        check(|_| {}, "");
        check(|plan| (plan.sentence_a, plan.sentence_b) = (None, None), "first sentence");
        check(|plan| plan.sentence_b = None, "second sentence");
        check(|plan| (plan.label, plan.score) = (None, None), "class or the similarity");
        check(|plan| plan.label = None, "");
        check(|plan| (plan.label, plan.sentence_b) = (Some(2), Some(3)), "more than 100");
        check(|plan| plan.label = Some(6), "fewer than two");
        check(|plan| plan.score_range = [5.0, 5.0], "scale");
        check(|plan| plan.score_range = [-1e308, 1e308], "scale");
        check(|plan| plan.score_range = [f64::NAN, 5.0], "scale");
        check(|plan| (plan.score, plan.score_range) = (None, [f64::NAN, 5.0]), "");
        check(|plan| (plan.split, plan.held_out) = (None, HeldOut::Nothing), "");
        let drawn = |fraction, seed| {
            let problem = revised(|plan| plan.held_out = HeldOut::Fraction { fraction, seed }).1;
            problem.unwrap_or_default()
        };
        assert_eq!(drawn(0.0, 42.0), "");
        assert_eq!(drawn(1.0, 42.0), "The fraction that is held out must be from 0 to below 1.");
        assert!(drawn(f64::NAN, 42.0).contains("fraction"));
        for seed in [-1.0, 1.5, f64::NAN, 4_294_967_296.0] {
            assert_eq!(drawn(0.1, seed), "The seed must be from 0 to 4294967295.");
        }
        // A guess is told the same way.
        let (columns, plan) = inspected();
        let by_column = ImportPlan { split: None, ..plan };
        assert!(plan_problem(&columns, &by_column).is_some_and(|problem| problem.contains("names the split")));
    }
}
