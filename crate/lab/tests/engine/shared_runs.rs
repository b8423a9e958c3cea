//! Runs that replicas share, each on a thread.

use std::sync::Arc;

use sbert::train::{FreezeStrategy, StepReport};
use sbert_lab::protocol::{Backend, Command, Event, Moment};

use crate::test_lab::{TestLab, config, end, kinds, last_layer, reports, scores};
use crate::test_platform::{ReplicaFault, TestPlatform};

fn lab_with(replica_fault: ReplicaFault) -> TestLab {
    TestLab::loaded_on(TestPlatform { replica_fault, ..TestPlatform::default() }, Backend::Flex)
}

fn shared_run(replica_fault: ReplicaFault, freeze: FreezeStrategy, n_workers: usize) -> Vec<Event> {
    let mut lab = lab_with(replica_fault);
    let (_, mut events) = lab.train(config(freeze), n_workers);
    events.extend(lab.work_to_end());
    events
}

fn assert_same(shared: &[Event], alone: &[Event], what: &str) {
    let (shared_reports, alone_reports) = (reports(shared), reports(alone));
    assert_eq!(shared_reports.len(), alone_reports.len(), "{what}");
    let numbers = |report: &StepReport| [report.loss, report.gradient_norm];
    for (a, b) in shared_reports.iter().zip(&alone_reports) {
        for (a, b) in numbers(a).into_iter().zip(numbers(b)) {
            assert!((a - b).abs() <= 1e-4 * b.abs(), "{what}: {a} against {b}");
        }
        assert_eq!(a.fraction_done, b.fraction_done, "{what}");
    }
    for moment in [Moment::Before, Moment::After] {
        let (a, b) = (scores(shared, moment).unwrap(), scores(alone, moment).unwrap());
        let (a, b) = (a.regression_loss.unwrap(), b.regression_loss.unwrap());
        assert!((a - b).abs() <= 1e-4 * b, "{what}: {a} against {b}");
    }
}

/// Workers of the run as it started, and why they are fewer.
fn started(events: &[Event]) -> (usize, Option<String>) {
    let started = |event: &Event| match event {
        Event::RunStarted { n_workers, workers_problem, .. } => Some((*n_workers, workers_problem.clone())),
        _ => None,
    };
    events.iter().find_map(started).unwrap()
}

#[test]
fn replicas_learn_what_one_learns() {
    for freeze in [
        FreezeStrategy::Nothing,
        FreezeStrategy::Head,
        FreezeStrategy::AllButLast { n_layers: 1 },
        FreezeStrategy::Backbone,
    ] {
        let alone = TestLab::loaded().run(config(freeze));
        for n_workers in [2, 3] {
            let shared = shared_run(ReplicaFault::Nothing, freeze, n_workers);
            assert_eq!(kinds(&shared)[..3], ["starting workers", "started", "evaluating"]);
            assert_eq!(started(&shared), (n_workers, None));
            assert_same(&shared, &alone, &format!("{n_workers} workers, {freeze:?}"));
        }
    }
}

#[test]
fn a_replica_lost_at_any_unit_costs_nothing_but_time() {
    let alone = TestLab::loaded().run(last_layer());
    // Of 12 steps, and the encoding before and after them.
    for unit in [1, 2, 3, 7, 14, 15, 16] {
        let shared = shared_run(ReplicaFault::LostAtUnit(unit), last_layer().freeze, 2);
        let problem = shared.iter().find_map(|event| match event {
            Event::WorkersLost { problem, .. } => Some(problem.clone()),
            _ => None,
        });
        if unit <= 14 {
            assert_eq!(problem.as_deref(), Some("broken on purpose"), "at unit {unit}: {:?}", kinds(&shared));
        }
        assert_eq!(end(&shared), (false, 12), "at unit {unit}");
        assert_same(&shared, &alone, &format!("lost at unit {unit}"));
    }
}

/// Every replica would take the whole of a step over kept embeddings: their cores are worth more to the page.
#[test]
fn replicas_are_let_go_once_every_embedding_is_kept() {
    for (freeze, n_left) in [(FreezeStrategy::Backbone, 0), (FreezeStrategy::AllButLast { n_layers: 1 }, 2)] {
        let platform = TestPlatform::default();
        let replicas = platform.replicas.clone();
        let mut lab = TestLab::loaded_on(platform, Backend::Flex);
        let n_idle = Arc::strong_count(&replicas);
        let n_running = || Arc::strong_count(&replicas) - n_idle;
        lab.train(config(freeze), 3);
        // The first of two epochs has six steps.
        for (step, expect) in [(6, 2), (7, n_left)] {
            lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == step));
            assert_eq!(n_running(), expect, "{freeze:?} after step {step}");
        }
        assert_eq!(end(&lab.work_to_end()), (false, 12));
    }
}

/// A replica that neither answers nor fails would hold up a stop for ever.
#[test]
fn a_replica_that_hangs_is_given_up() {
    let alone = TestLab::loaded().run(last_layer());
    let shared = shared_run(ReplicaFault::HangsAtUnit(4), last_layer().freeze, 2);
    let problem = shared.iter().find_map(|event| match event {
        Event::WorkersLost { problem, .. } => Some(problem.as_str()),
        _ => None,
    });
    assert_eq!(problem, Some("nothing was heard of it for 30 s"));
    assert_eq!(end(&shared), (false, 12));
    assert_same(&shared, &alone, "one hangs");
}

#[test]
fn a_lost_replica_takes_the_others_along() {
    let alone = TestLab::loaded().run(last_layer());
    let shared = shared_run(ReplicaFault::LostAtUnit(5), last_layer().freeze, 3);
    assert_eq!(kinds(&shared).iter().filter(|kind| **kind == "workers lost").count(), 1);
    assert_same(&shared, &alone, "one of three lost");
}

#[test]
fn a_run_whose_replicas_do_not_start_is_trained_by_one() {
    for (fault, expect) in
        [(ReplicaFault::NotStarted, "refused on purpose"), (ReplicaFault::Silent, "nothing was heard for 30 s")]
    {
        let events = shared_run(fault, last_layer().freeze, 3);
        assert_eq!(started(&events), (1, Some(expect.to_owned())));
        assert_eq!(reports(&events), reports(&TestLab::loaded().run(last_layer())));
    }
}

#[test]
fn a_shared_run_is_paused_and_stopped_like_any_other() {
    let mut lab = lab_with(ReplicaFault::Nothing);
    let (run, mut events) = lab.train(last_layer(), 2);
    events.extend(lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 4)));
    lab.handle(Command::Pause { run });
    let paused = lab.work_until(|event| matches!(event, Event::Paused { .. }));
    assert_eq!(kinds(&paused), ["saved", "paused"]);
    lab.handle(Command::Resume { run });
    events.extend(lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 8)));
    lab.handle(Command::Stop { run });
    events.extend(lab.work_to_end());
    assert_eq!(end(&events), (true, 8));
    let alone = reports(&TestLab::loaded().run(last_layer()));
    for (a, b) in reports(&events).iter().zip(&alone) {
        assert!((a.loss - b.loss).abs() <= 1e-4 * b.loss, "{a:?} against {b:?}");
    }
}

#[test]
fn a_stop_while_replicas_start_ends_the_run() {
    let mut lab = lab_with(ReplicaFault::Nothing);
    let (run, events) = lab.train(last_layer(), 2);
    assert!(events.is_empty());
    // Held, a run starts no replica; a command is still heard.
    assert!(matches!(lab.handle(Command::Pause { run })[..], [Event::Paused { .. }]));
    assert!(lab.work().is_empty());
    lab.handle(Command::Stop { run });
    let events = lab.work_to_end();
    assert_eq!(kinds(&events), ["starting workers", "started", "ended"]);
    assert_eq!(end(&events), (true, 0));
}

#[test]
fn little_work_is_not_shared_unless_asked_for() {
    let mut lab = TestLab::loaded();
    let request = lab.number();
    let events = lab.handle(Command::Train { request, config: last_layer(), n_workers: None });
    assert_eq!(started(&events), (1, None));
}
