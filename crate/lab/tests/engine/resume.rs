//! A run that continues from a checkpoint, in another lab.

use sbert::train::{FreezeStrategy, TrainConfig};
use sbert_lab::protocol::{Command, Event, FailureKind, Moment, RunCheckpoint};

use crate::test_lab::{
    TestLab, changes, checkpoints, config, end, failure, file, kinds, last_layer, model, pairs, refused, reports,
    scores,
};

/// The run of `config` up to a step: its events, and its checkpoint there.
fn run_to(step: usize, freeze: FreezeStrategy) -> (Vec<Event>, RunCheckpoint) {
    let mut lab = TestLab::loaded();
    let (run, mut events) = lab.train(config(freeze), 1);
    events.extend(lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == step)));
    lab.handle(Command::Pause { run });
    let last = lab.work_until(|event| matches!(event, Event::Paused { .. }));
    events.extend(last);
    let checkpoint = checkpoints(&events).pop().unwrap();
    assert_eq!(checkpoint.step, step);
    (events, checkpoint)
}

fn resume(lab: &mut TestLab, checkpoint: RunCheckpoint, n_workers: usize) -> Vec<Event> {
    let request = lab.number();
    let mut events = lab.handle(Command::Continue { request, checkpoint, n_workers: Some(n_workers), is_over: false });
    events.extend(lab.work_to_end());
    events
}

#[test]
fn a_resumed_run_equals_the_unbroken_one_bit_for_bit() {
    for freeze in [FreezeStrategy::Backbone, FreezeStrategy::AllButLast { n_layers: 1 }, FreezeStrategy::Nothing] {
        let mut unbroken = TestLab::loaded();
        let whole = unbroken.run(config(freeze));
        for step in [1, 5, 11] {
            let (first, checkpoint) = run_to(step, freeze);
            assert_eq!(checkpoint.before, scores(&whole, Moment::Before));
            let mut lab = TestLab::loaded();
            let second = resume(&mut lab, checkpoint, 1);
            // What the baseline says of each pair is not in the checkpoint.
            assert_eq!(kinds(&second)[..4], ["started", "evaluating", "evaluated", "stepped"], "{freeze:?}, {step}");
            assert_eq!(scores(&second, Moment::Before), scores(&whole, Moment::Before), "{freeze:?} from step {step}");
            assert_eq!(changes(&second), changes(&whole), "{freeze:?} from step {step}");
            assert_eq!([reports(&first), reports(&second)].concat(), reports(&whole), "{freeze:?} from step {step}");
            assert_eq!(scores(&second, Moment::After), scores(&whole, Moment::After), "{freeze:?} from step {step}");
            assert_eq!(end(&second), (false, 12));
            let compared = |event| match event {
                Event::Compared { before, after, .. } => (before, after),
                other => panic!("{other:?}"),
            };
            assert_eq!(compared(lab.compare()), compared(unbroken.compare()), "{freeze:?} from step {step}");
        }
    }
}

#[test]
fn seconds_go_on_where_they_were() {
    let (_, checkpoint) = run_to(5, FreezeStrategy::Backbone);
    let (elapsed_before, training_before) = (checkpoint.elapsed_secs, checkpoint.training_secs);
    let events = resume(&mut TestLab::loaded(), checkpoint, 1);
    match events.last() {
        Some(Event::RunEnded { elapsed_secs, training_secs, .. }) => {
            assert!(*elapsed_secs > elapsed_before && *training_secs > training_before);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn replicas_join_a_run_that_continues() {
    let whole = TestLab::loaded().run(last_layer());
    let (_, checkpoint) = run_to(5, last_layer().freeze);
    let events = resume(&mut TestLab::loaded(), checkpoint, 2);
    assert!(matches!(
        events.iter().find(|event| matches!(event, Event::RunStarted { .. })),
        Some(Event::RunStarted { n_workers: 2, n_steps_done: 5, .. })
    ));
    for (shared, alone) in reports(&events).iter().zip(&reports(&whole)[5..]) {
        assert_eq!(shared.step, alone.step);
        assert!((shared.loss - alone.loss).abs() <= 1e-5 * alone.loss, "{shared:?} against {alone:?}");
    }
}

/// A run that diverges would do so again if it continued; what it had learnt before is kept by ending it there.
#[test]
fn a_run_that_diverged_is_kept_as_of_its_last_checkpoint() {
    let mut lab = TestLab::loaded();
    let diverging =
        TrainConfig { epochs: 5, head_learning_rate: 100.0, weight_decay: 10.0, ..config(FreezeStrategy::Backbone) };
    let (run, mut events) = lab.train(diverging, 1);
    events.extend(lab.work_until(|event| matches!(event, Event::Failed { .. } | Event::RunEnded { .. })));
    let failed = failure(&events.split_off(events.len() - 1), run);
    assert_eq!(failed.kind, FailureKind::Diverged, "{failed:?}");
    let checkpoint = checkpoints(&events).pop().unwrap();
    let n_steps_done = checkpoint.step;
    let request = lab.number();
    let mut events = lab.handle(Command::Continue { request, checkpoint, n_workers: Some(1), is_over: true });
    events.extend(lab.work_to_end());
    assert_eq!(kinds(&events), ["started", "evaluating", "evaluated", "ended"]);
    assert_eq!(end(&events), (true, n_steps_done));
    assert!(matches!(lab.compare(), Event::Compared { after: Some(_), .. }));
}

#[test]
fn a_checkpoint_of_something_else_is_refused_and_nothing_is_lost() {
    let (_, checkpoint) = run_to(2, last_layer().freeze);
    let mut of_another_model = TestLab::loaded();
    of_another_model.load_model(model("cls"));
    let mut of_other_pairs = TestLab::loaded();
    let mut other = pairs();
    let text = String::from_utf8(other.blob.0.unwrap().to_vec()).unwrap();
    other.blob = file(text.replacen("train\t", "train\tthe ", 1));
    of_other_pairs.load_pairs(other, None);
    let mut with_damage = TestLab::loaded();
    let damaged = RunCheckpoint { bytes: checkpoint.bytes[..100].to_vec(), ..checkpoint.clone() };
    for (lab, checkpoint, kind, message) in [
        (&mut of_another_model, checkpoint.clone(), FailureKind::Checkpoint, "it is of a run of another model"),
        (&mut of_other_pairs, checkpoint, FailureKind::Checkpoint, "it is of a run over other pairs"),
        (&mut with_damage, damaged, FailureKind::Model, "the checkpoint can't be read"),
    ] {
        let request = lab.number();
        let events = lab.handle(Command::Continue { request, checkpoint, n_workers: Some(1), is_over: false });
        refused(&events, request, kind, message);
        assert!(!lab.is_working());
        assert_eq!(end(&lab.run(last_layer())), (false, 12));
    }
}
