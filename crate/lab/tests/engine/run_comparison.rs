//! Two runs are compared by what their models say of the same held-out pairs.

use sbert::corpus::{PairRecord, Split};
use sbert::infer::{Predictions, SCORES, ScoreChange, ScoreName};
use sbert::train::FreezeStrategy;
use sbert_lab::protocol::{Command, Event, FailureKind, Moment};

use crate::test_lab::{TestLab, config, end, last_layer, pairs, refused, reports, scores};
use crate::test_platform::MemoryFile;

/// What two models say of the held-out pairs, as the page stores it.
#[derive(Clone)]
struct Question {
    first: Vec<u8>,
    second: Vec<u8>,
}

impl Question {
    /// The models before and after a run.
    fn of_run(lab: &mut TestLab, run: &[Event]) -> Self {
        let rows = lab.load_pairs(pairs(), None);
        let records = rows.iter().flat_map(|event| match event {
            Event::CorpusRows { pairs, .. } => pairs.as_slice(),
            _ => &[],
        });
        let held_out: Vec<_> = records.filter(|record| record.split == Some(Split::HeldOut)).collect();
        let table = |at: Moment| {
            let found = run.iter().find_map(|event| match event {
                Event::Evaluated { moment, predictions, .. } if *moment == at => Some(predictions.clone()),
                _ => None,
            });
            let Predictions { cosines, classes, log_likelihoods, .. } = found.unwrap();
            let row = |(idx, record): (usize, &&PairRecord)| {
                let label = record.label.map_or(f32::NAN, |label| label as f32);
                [label, record.score.unwrap_or(f32::NAN), cosines[idx], classes[idx] as f32, log_likelihoods[idx]]
            };
            held_out.iter().enumerate().flat_map(row).flat_map(f32::to_le_bytes).collect()
        };
        Self { first: table(Moment::Before), second: table(Moment::After) }
    }

    fn command(&self, request: u32) -> Command<MemoryFile> {
        Command::ComparePredictions { request, first: self.first.clone(), second: self.second.clone() }
    }

    /// The reply, once nothing is left to do.
    fn ask(&self, lab: &mut TestLab) -> Vec<ScoreChange> {
        let request = lab.number();
        assert!(lab.handle(self.command(request)).is_empty());
        answer(&lab.work_to_end())
    }
}

fn answer(events: &[Event]) -> Vec<ScoreChange> {
    match events {
        [Event::PredictionsCompared { changes, .. }] => changes.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_models_are_compared_score_by_score() {
    let mut lab = TestLab::loaded();
    let run = lab.run(config(FreezeStrategy::Nothing));
    let question = Question::of_run(&mut lab, &run);
    let changes = question.ask(&mut lab);
    assert_eq!(changes.iter().map(|change| change.score).collect::<Vec<_>>(), SCORES);
    for ScoreChange { score, change, interval } in &changes {
        let [before, after] = [Moment::Before, Moment::After].map(|at| score.of(&scores(&run, at).unwrap()).unwrap());
        assert_eq!(*change, after - before, "{score:?}");
        assert!(interval.is_none_or(|[low, high]| low <= high), "{score:?}: {interval:?}");
    }
    assert_eq!(question.ask(&mut lab), changes, "the draws come from a seed");

    let same = Question { second: question.first.clone(), ..question };
    for ScoreChange { score, change, interval } in same.ask(&mut lab) {
        assert_eq!(change, 0.0, "{score:?}");
        assert!(interval.is_none_or(|ends| ends == [0.0, 0.0]), "{score:?}: {interval:?}");
    }
}

#[test]
fn a_run_goes_on_after_a_comparison_and_can_begin_during_one() {
    let mut lab = TestLab::loaded();
    let run = lab.run(last_layer());
    let question = Question::of_run(&mut lab, &run);
    let alone = question.ask(&mut lab);

    lab.train(last_layer(), 1);
    let mut events = lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 3));
    let request = lab.number();
    lab.handle(question.command(request));
    let until_answer = lab.work_until(|event| matches!(event, Event::PredictionsCompared { .. }));
    assert_eq!(answer(&until_answer), alone);
    events.extend(lab.work_to_end());
    assert_eq!(reports(&events), reports(&run));

    let request = lab.number();
    lab.handle(question.command(request));
    let (_, began) = lab.train(last_layer(), 1);
    assert!(began.is_empty(), "{began:?}");
    let events = lab.work_to_end();
    assert_eq!(answer(&events[..1]), alone);
    assert_eq!(end(&events), (false, 12));
    assert_eq!(reports(&events), reports(&run));
}

#[test]
fn a_comparison_is_cancelled_between_two_pieces() {
    let mut lab = TestLab::loaded();
    let run = lab.run(last_layer());
    let question = Question::of_run(&mut lab, &run);
    let request = lab.number();
    lab.handle(question.command(request));
    refused(&lab.handle(Command::Cancel { request }), request, FailureKind::Cancelled, "Given up");
    assert!(!lab.is_working());
}

#[test]
fn what_does_not_fit_together_is_a_failure() {
    let mut lab = TestLab::loaded();
    let run = lab.run(last_layer());
    let question = Question::of_run(&mut lab, &run);
    // Of the first row.
    let put = |table: &mut Vec<u8>, column: usize, value: f32| {
        table[4 * column..4 * column + 4].copy_from_slice(&value.to_le_bytes());
    };
    let changes: [&dyn Fn(&mut Question); 8] = [
        &|of| of.first.truncate(20),
        &|of| of.second.truncate(19),
        &|of| *of = Question { first: vec![], second: vec![] },
        &|of| put(&mut of.first, 0, f32::NAN),
        &|of| put(&mut of.second, 1, 0.125),
        &|of| put(&mut of.second, 3, f32::NAN),
        &|of| put(&mut of.second, 3, -1.0),
        &|of| put(&mut of.first, 3, 1e9),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let mut wrong = question.clone();
        change(&mut wrong);
        let request = lab.number();
        let events = lab.handle(wrong.command(request));
        refused(&events, request, FailureKind::Command, "not of the same pairs");
        assert!(!lab.is_working(), "case {n}");
    }
    // A number that is none is no score, but no fault either.
    let mut unknown = question.clone();
    put(&mut unknown.second, 2, f32::NAN);
    let known: Vec<_> = unknown.ask(&mut lab).iter().map(|change| change.score).collect();
    assert_eq!(known, [ScoreName::Accuracy, ScoreName::MacroF1, ScoreName::ClassificationLoss]);
    assert_eq!(question.ask(&mut lab).len(), SCORES.len());
}
