//! Pause, resume and stop in every phase of a run.

use sbert::infer::{SCORES, ScoreChange};
use sbert::train::{FreezeStrategy, TrainConfig};
use sbert_lab::protocol::{Backend, Command, Event, FailureKind, Moment};

use crate::test_lab::{
    TestLab, changes, checkpoints, config, end, file, kinds, last_layer, pairs, refused, reports, scores,
};
use crate::test_platform::TestPlatform;

#[test]
fn a_run_is_scored_trained_saved_and_scored() {
    let events = TestLab::loaded().run(last_layer());
    let expect = [
        "started",
        "evaluating",
        "evaluated",
        "stepped",
        "saved",
        "stepped",
        "saved",
        "evaluating",
        "evaluated",
        "resampling",
        "ended",
    ];
    assert_eq!(kinds(&events), expect);
    assert_eq!(reports(&events).iter().map(|report| report.step).collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
    assert_eq!(checkpoints(&events).iter().map(|checkpoint| checkpoint.step).collect::<Vec<_>>(), [10, 12]);
    assert_eq!(end(&events), (false, 12));
    assert_ne!(scores(&events, Moment::Before), scores(&events, Moment::After));
    let changes = changes(&events);
    assert_eq!(changes.iter().map(|change| change.score).collect::<Vec<_>>(), SCORES);
    for ScoreChange { score, change, interval } in changes {
        let [before, after] =
            [Moment::Before, Moment::After].map(|at| score.of(&scores(&events, at).unwrap()).unwrap());
        assert_eq!(change, after - before, "{score:?}");
        assert!(interval.is_none_or(|[low, high]| low <= high), "{score:?}: {interval:?}");
    }
}

#[test]
fn the_lab_compares_with_the_model_in_training_and_then_with_the_trained_one() {
    let mut lab = TestLab::loaded();
    let after = |event: Event| match event {
        Event::Compared { before, after, classes, .. } => {
            assert_eq!(classes, ["no", "yes"]);
            (before, after)
        }
        other => panic!("{other:?}"),
    };
    let (before, none) = after(lab.compare());
    assert_eq!(none, None);
    lab.train(last_layer(), 1);
    lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 5));
    let (still_before, in_training) = after(lab.compare());
    lab.work_to_end();
    let (_, trained) = after(lab.compare());
    assert_eq!(before, still_before);
    let (in_training, trained) = (in_training.unwrap(), trained.unwrap());
    assert!(before != in_training && in_training != trained);
}

/// A run that is paused after every event, whatever it is, gives the numbers of one that isn't.
#[test]
fn pauses_change_no_number() {
    for freeze in [FreezeStrategy::Backbone, FreezeStrategy::AllButLast { n_layers: 1 }, FreezeStrategy::Nothing] {
        let unbroken = TestLab::loaded().run(config(freeze));
        let mut lab = TestLab::loaded();
        let (run, mut events) = lab.train(config(freeze), 1);
        while lab.is_working() {
            events.extend(lab.handle(Command::Pause { run }));
            // In the middle of the training the run is saved before it is held.
            events.extend(lab.work_until(|event| matches!(event, Event::Paused { .. })));
            assert!(!lab.is_working() && lab.work().is_empty());
            assert!(lab.handle(Command::Pause { run }).is_empty(), "it is held already");
            assert!(matches!(lab.handle(Command::Resume { run })[..], [Event::Resumed { .. }]));
            assert!(lab.handle(Command::Resume { run }).is_empty(), "it continues already");
            events.extend(lab.work());
        }
        assert_eq!(reports(&events), reports(&unbroken), "{freeze:?}");
        for moment in [Moment::Before, Moment::After] {
            assert_eq!(scores(&events, moment), scores(&unbroken, moment), "{freeze:?}");
        }
        let saved: Vec<usize> = checkpoints(&events).iter().map(|checkpoint| checkpoint.step).collect();
        assert_eq!(saved, (1..=12).collect::<Vec<_>>(), "whoever pauses may close the tab");
    }
}

#[test]
fn a_stop_before_the_training_ends_the_run_without_a_step() {
    let mut lab = TestLab::loaded();
    let (run, _) = lab.train(last_layer(), 1);
    assert!(lab.handle(Command::Stop { run }).is_empty());
    let events = lab.work_to_end();
    assert_eq!(kinds(&events), ["ended"]);
    assert_eq!(end(&events), (true, 0));
}

#[test]
fn a_stop_in_the_training_keeps_and_scores_what_was_learnt() {
    let mut lab = TestLab::loaded();
    let (run, _) = lab.train(last_layer(), 1);
    let before = lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 3));
    lab.handle(Command::Stop { run });
    let events = lab.work_to_end();
    assert_eq!(kinds(&events), ["saved", "evaluating", "evaluated", "resampling", "ended"]);
    assert_eq!(end(&events), (true, 3));
    assert_eq!(checkpoints(&events)[0].step, 3);
    assert_ne!(scores(&before, Moment::Before), scores(&events, Moment::After));
}

#[test]
fn a_stop_ends_a_run_that_is_held() {
    let mut lab = TestLab::loaded();
    let (run, _) = lab.train(last_layer(), 1);
    lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 2));
    lab.handle(Command::Pause { run });
    lab.work_until(|event| matches!(event, Event::Paused { .. }));
    lab.handle(Command::Stop { run });
    assert_eq!(end(&lab.work_to_end()), (true, 2));
}

#[test]
fn a_stop_after_the_training_leaves_the_scores_to_come() {
    let mut lab = TestLab::loaded();
    let (run, _) = lab.train(last_layer(), 1);
    lab.work_until(|event| matches!(event, Event::Evaluating { moment: Moment::After, .. }));
    lab.handle(Command::Stop { run });
    let events = lab.work_to_end();
    assert_eq!(end(&events), (true, 12));
    assert!(scores(&events, Moment::After).is_some());
}

#[test]
fn commands_for_a_run_that_is_over_do_nothing() {
    let mut lab = TestLab::loaded();
    let (run, _) = lab.train(last_layer(), 1);
    lab.work_to_end();
    for command in [Command::Pause { run }, Command::Resume { run }, Command::Stop { run }] {
        assert!(lab.handle(command).is_empty());
    }
    let (second, _) = lab.train(last_layer(), 1);
    assert!(lab.handle(Command::Stop { run }).is_empty());
    assert!(!end(&lab.work_to_end()).0, "run {second} was stopped by a command for run {run}");
}

/// 6,000 pairs: a quarter of a megabyte, which is tokenized in several pieces.
fn lab_with_many_pairs() -> TestLab {
    let mut text = "sentence_a\tsentence_b\tscore\n".to_owned();
    for n in 0..6_000 {
        text += &format!("the cat sat on the mat {n}\ta cat on a mat {n}\t{}\n", n % 6);
    }
    let mut lab = TestLab::loaded();
    let mut many = pairs();
    many.blob = file(text);
    assert!(matches!(lab.load_pairs(many, None).last(), Some(Event::CorpusLoaded { .. })));
    lab
}

#[test]
fn many_pairs_are_tokenized_in_pieces_between_which_a_run_is_stopped_or_held() {
    let mut lab = lab_with_many_pairs();
    let (run, events) = lab.train(last_layer(), 1);
    assert!(matches!(events[..], [Event::Tokenizing { n_done: 1.., n_total: 6_000, .. }]), "{events:?}");
    assert!(matches!(lab.work()[..], [Event::Tokenizing { .. }]));
    refused(&lab.handle(Command::Stop { run }), run, FailureKind::Cancelled, "");
    assert!(!lab.is_working());

    let (run, mut events) = lab.train(last_layer(), 1);
    assert!(lab.handle(Command::Pause { run }).is_empty());
    events.extend(lab.work_until(|event| matches!(event, Event::Paused { .. })));
    assert_eq!(kinds(&events), ["tokenizing", "started", "paused"]);
    lab.handle(Command::Resume { run });
    lab.work_until(|event| matches!(event, Event::Stepped { .. }));
    lab.handle(Command::Stop { run });
    assert!(end(&lab.work_to_end()).0);
}

#[test]
fn a_run_that_does_not_fit_the_memory_is_refused_with_both_figures() {
    let mut lab =
        TestLab::loaded_on(TestPlatform { worker_bytes: Some(70e6), ..TestPlatform::default() }, Backend::Flex);
    let (run, events) = lab.train(last_layer(), 1);
    refused(&events, run, FailureKind::Setting, "would take about 80 MB of memory, and there are 70 MB");
    // A batch of all pairs takes more than one of four.
    let mut lab =
        TestLab::loaded_on(TestPlatform { worker_bytes: Some(80.6e6), ..TestPlatform::default() }, Backend::Flex);
    let (run, events) = lab.train(TrainConfig { batch_size: 1_024, ..last_layer() }, 1);
    refused(&events, run, FailureKind::Setting, "there are 81 MB");
    assert_eq!(end(&lab.run(last_layer())), (false, 12));
}
