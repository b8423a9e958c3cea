//! Models of several megabytes are read and written in pieces, and commands are handled in between.

use sbert::infer::Comparison;
use sbert::pretrained::RandomModel;
use sbert::train::FreezeStrategy;
use sbert_lab::protocol::{Command, Event, ExportKind, FailureKind, ModelSource};

use crate::test_lab::{TestLab, config, end, kinds, last_layer, model, refused, sha256, zip_of};
use crate::test_platform::MemoryFile;

/// A model of 13 MB that is drawn.
fn large_random_model() -> ModelSource<MemoryFile> {
    let size = RandomModel { n_layers: 4, d_model: 256, n_heads: 4, d_ff: 1_024, max_positions: 32, seed: 7 };
    ModelSource { random: Some(size), ..model("mean") }
}

/// A lab with that model.
fn with_large_model() -> TestLab {
    let mut lab = TestLab::loaded();
    let events = lab.load_model(large_random_model());
    assert!(matches!(events.last(), Some(Event::ModelLoaded { .. })));
    lab
}

/// That model as a zip with a hash, and how many bytes are hashed before the weights are read.
fn large_model() -> (ModelSource<MemoryFile>, f64) {
    let mut file = zip_of(with_large_model().export(ExportKind::Model));
    file.sha256 = Some(sha256(&file.blob));
    let n_hashed = file.blob.0.as_ref().unwrap().len();
    (ModelSource { files: vec![file], ..model("mean") }, n_hashed as f64)
}

fn answer(lab: &mut TestLab) -> Comparison {
    match lab.compare() {
        Event::Compared { before, .. } => before,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_model_is_cancelled_between_its_weights_and_the_one_before_is_still_there() {
    let (source, n_hashed) = large_model();
    let mut lab = TestLab::loaded();
    let before = answer(&mut lab);
    let request = lab.number();
    lab.handle(Command::LoadModel { request, source });
    lab.work_until(|event| matches!(event, Event::Loading { loaded_bytes, .. } if *loaded_bytes > n_hashed));
    assert!(lab.is_working());
    let (run, events) = lab.train(last_layer(), 1);
    refused(&events, run, FailureKind::Command, "while a model or pairs are being loaded");
    refused(&lab.handle(Command::Cancel { request }), request, FailureKind::Cancelled, "Given up");
    assert!(!lab.is_working());
    assert_eq!(answer(&mut lab), before);
    assert_eq!(end(&lab.run(last_layer())), (false, 12));
}

#[test]
fn a_model_is_cancelled_while_it_is_drawn() {
    let mut lab = TestLab::loaded();
    let before = answer(&mut lab);
    let request = lab.number();
    lab.handle(Command::LoadModel { request, source: large_random_model() });
    let is_drawing =
        |event: &Event| matches!(event, Event::Loading { loaded_bytes, total_bytes, .. } if loaded_bytes < total_bytes);
    lab.work_until(is_drawing);
    refused(&lab.handle(Command::Cancel { request }), request, FailureKind::Cancelled, "Given up");
    assert!(!lab.is_working());
    assert_eq!(answer(&mut lab), before);
}

#[test]
fn sentences_are_compared_while_weights_are_read() {
    let (source, n_hashed) = large_model();
    let mut lab = TestLab::loaded();
    let before = answer(&mut lab);
    let request = lab.number();
    lab.handle(Command::LoadModel { request, source });
    let mut n_answers = 0;
    loop {
        match lab.work().last() {
            Some(Event::Loading { loaded_bytes, .. }) if *loaded_bytes > n_hashed => {
                assert_eq!(answer(&mut lab), before);
                n_answers += 1;
            }
            Some(Event::ModelLoaded { .. }) => break,
            _ => assert!(lab.is_working()),
        }
    }
    // With the last of four pieces it is loaded.
    assert_eq!(n_answers, 3);
    assert_ne!(answer(&mut lab), before);
}

#[test]
fn a_large_model_is_written_in_pieces_and_is_the_same_when_it_is_loaded() {
    let mut lab = with_large_model();
    let written = answer(&mut lab);
    let request = lab.number();
    lab.handle(Command::Export { request, what: ExportKind::Model });
    // Half of it, which nobody waits for.
    lab.work_until(|event| matches!(event, Event::Exporting { start, .. } if *start > 6e6));
    assert_eq!(answer(&mut lab), written);
    let (run, events) = lab.train(last_layer(), 1);
    refused(&events, run, FailureKind::Command, "a file is being written");
    refused(&lab.handle(Command::Cancel { request }), request, FailureKind::Cancelled, "Given up");

    let exported = lab.export(ExportKind::Model);
    assert!(exported.1.len() > 12_000_000);
    let mut lab = TestLab::loaded();
    lab.load_model(ModelSource { files: vec![zip_of(exported)], ..model("mean") });
    assert_eq!(answer(&mut lab), written);
}

#[test]
fn sentences_are_compared_while_a_checkpoint_is_written_and_a_pause_waits_for_it() {
    let mut lab = with_large_model();
    let (run, _) = lab.train(config(FreezeStrategy::Nothing), 1);
    lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == report.n_steps));
    // The training is over, and its last checkpoint begun. Whoever pauses may close the tab.
    assert!(lab.work().is_empty());
    assert!(lab.handle(Command::Pause { run }).is_empty());
    let mut n_answers = 0;
    let events = loop {
        let events = lab.work();
        if !events.is_empty() {
            break events;
        }
        answer(&mut lab);
        n_answers += 1;
    };
    assert_eq!(kinds(&events), ["saved", "paused"]);
    // Weights and both moments of a model of 13 MB.
    assert!(n_answers > 5, "{n_answers}");
    lab.handle(Command::Resume { run });
    assert_eq!(end(&lab.work_to_end()), (false, 12));
}
