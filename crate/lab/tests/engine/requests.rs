//! Every request ends in one reply or one failure that carries its number.

use sbert::import::{BadRows, HeldOut, ImportPlan};
use sbert::train::{FreezeStrategy, TrainConfig};
use sbert_lab::protocol::{Backend, Command, Event, ExportKind, FailureKind, PairFile};

use crate::test_lab::{TestLab, config, end, failure, file, last_layer, model, pairs, refused, sha256};
use crate::test_platform::{MemoryFile, TestPlatform};

/// One of every command that has a number of its own, in the order of the numbers.
fn all_commands(lab: &mut TestLab) -> Vec<Command<MemoryFile>> {
    vec![
        Command::LoadModel { request: lab.number(), source: model("mean") },
        Command::InspectPairs { request: lab.number(), file: pairs(), encoding: None },
        Command::RevisePlan { request: lab.number(), columns: Vec::new(), last: no_columns(), plan: no_columns() },
        Command::LoadCorpus { request: lab.number(), file: pairs(), plan: None },
        Command::Export { request: lab.number(), what: ExportKind::Model },
        Command::Export { request: lab.number(), what: ExportKind::Recipe { config: last_layer() } },
        Command::Train { request: lab.number(), config: last_layer(), n_workers: Some(1) },
        Command::Compare { request: lab.number(), sentence_a: "a".to_owned(), sentence_b: "b".to_owned() },
        Command::ComparePredictions { request: lab.number(), first: vec![0; 20], second: vec![0; 20] },
    ]
}

/// The plan of a file of which nothing is known.
fn no_columns() -> ImportPlan {
    ImportPlan {
        sentence_a: None,
        sentence_b: None,
        label: None,
        score: None,
        split: None,
        id: None,
        classes: Vec::new(),
        score_range: [0.0, 5.0],
        held_out: HeldOut::Nothing,
        bad_rows: BadRows::Skip,
        drop_duplicates: true,
        encoding: None,
    }
}

/// The request that the event is the last of, if it is.
fn ended(event: &Event) -> Option<u32> {
    match event {
        Event::BackendReady { request, .. }
        | Event::ModelLoaded { request, .. }
        | Event::PairsInspected { request, .. }
        | Event::PlanRevised { request, .. }
        | Event::CorpusLoaded { request, .. }
        | Event::Exported { request, .. }
        | Event::Compared { request, .. }
        | Event::PredictionsCompared { request, .. } => Some(*request),
        Event::RunEnded { run, .. } => Some(*run),
        Event::Failed { request, .. } => Some(request.expect("a failure carries its number")),
        _ => None,
    }
}

/// Commands at all moments, from the empty lab to the middle of a run; each ends once.
#[test]
fn every_request_ends_once() {
    let mut lab = TestLab::new(TestPlatform::default());
    let mut events = Vec::new();
    let mut n_commands = 0;
    let mut storm = |lab: &mut TestLab, events: &mut Vec<Event>| {
        for command in all_commands(lab) {
            events.extend(lab.handle(command));
            events.extend(lab.work());
            n_commands += 1;
        }
    };
    storm(&mut lab, &mut events);
    for _ in 0..2 {
        let request = lab.number();
        events.extend(lab.handle(Command::UseBackend { request, backend: Backend::Flex }));
    }
    storm(&mut lab, &mut events);
    events.extend(lab.work_to_end());
    storm(&mut lab, &mut events);
    storm(&mut lab, &mut events);
    events.extend(lab.work_to_end());
    let mut numbers: Vec<u32> = events.iter().filter_map(ended).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=n_commands + 2).collect::<Vec<u32>>());
}

#[test]
fn nothing_is_done_before_the_backend_is_known() {
    let mut lab = TestLab::new(TestPlatform::default());
    for command in all_commands(&mut lab) {
        let request = command.request();
        refused(&lab.handle(command), request, FailureKind::Command, "no backend yet");
        // It has ended, so there is nothing to cancel.
        assert!(lab.handle(Command::Cancel { request }).is_empty());
    }
    let request = lab.number();
    assert!(matches!(
        lab.handle(Command::UseBackend { request, backend: Backend::Flex })[..],
        [Event::Preparing { .. }, Event::BackendReady { refusal: None, .. }]
    ));
    let request = lab.number();
    let events = lab.handle(Command::UseBackend { request, backend: Backend::Flex });
    refused(&events, request, FailureKind::Command, "has its backend");
}

#[test]
fn commands_at_the_wrong_moment_fail_with_their_number() {
    let mut lab = TestLab::new(TestPlatform::default());
    let request = lab.number();
    lab.handle(Command::UseBackend { request, backend: Backend::Flex });
    let export = |request| Command::Export { request, what: ExportKind::Model };
    let train = |request| Command::Train { request, config: last_layer(), n_workers: Some(1) };
    let load_model = |request| Command::LoadModel { request, source: model("mean") };
    let load_pairs = |request| Command::LoadCorpus { request, file: pairs(), plan: None };
    let check = |lab: &mut TestLab, command: Command<MemoryFile>, message: &str| {
        let request = command.request();
        refused(&lab.handle(command), request, FailureKind::Command, message);
    };

    let number = lab.number();
    check(&mut lab, export(number), "no model yet");
    let number = lab.number();
    check(&mut lab, train(number), "no model yet");
    lab.load_model(model("mean"));
    let number = lab.number();
    check(&mut lab, train(number), "There are no pairs yet.");

    let number = lab.number();
    lab.handle(load_pairs(number));
    let number = lab.number();
    check(&mut lab, train(number), "while a model or pairs are being loaded");
    lab.work_to_end();

    let (run, _) = lab.train(last_layer(), 1);
    for (command, message) in [
        (train as fn(u32) -> Command<MemoryFile>, "A second run can't start"),
        (export, "Nothing can be written"),
        (load_model, "A model can't be loaded"),
        (load_pairs, "Pairs can't be loaded"),
    ] {
        let number = lab.number();
        check(&mut lab, command(number), message);
    }
    assert_eq!(end(&lab.work_to_end()), (false, 12), "run {run} was not disturbed");
}

#[test]
fn settings_out_of_range_fail_with_their_number() {
    let mut lab = TestLab::loaded();
    for (config, n_workers, message) in [
        (TrainConfig { batch_size: 0, ..last_layer() }, 1, "batch_size"),
        (config(FreezeStrategy::AllButLast { n_layers: 7 }), 1, "the model has only 2"),
        (last_layer(), 0, "n_workers is 0"),
        (last_layer(), 9, "n_workers is 9"),
    ] {
        let (run, events) = lab.train(config, n_workers);
        refused(&events, run, FailureKind::Setting, message);
    }
}

#[test]
fn a_job_is_cancelled_at_any_piece_and_what_was_loaded_is_still_there() {
    let mut lab = TestLab::loaded();
    let loaded = format!("{:?}", lab.compare());
    // The comparison's own number is in it.
    let same = |event: Event, loaded: &str| {
        let text = format!("{event:?}");
        text.split_once("classes").unwrap().1 == loaded.split_once("classes").unwrap().1
    };
    for n_pieces in 0..4 {
        let request = lab.number();
        let mut source = model("cls");
        for file in &mut source.files {
            // Something to be verified first, a piece a file.
            file.sha256 = Some(sha256(&file.blob));
        }
        lab.handle(Command::LoadModel { request, source });
        for _ in 0..n_pieces {
            assert!(lab.work().iter().all(|event| matches!(event, Event::Loading { .. })));
        }
        refused(&lab.handle(Command::Cancel { request }), request, FailureKind::Cancelled, "Given up");
        assert!(!lab.is_working());
        assert!(same(lab.compare(), &loaded));
    }
    let (first, second) = (lab.number(), lab.number());
    lab.handle(Command::InspectPairs { request: first, file: pairs(), encoding: None });
    lab.handle(Command::LoadCorpus { request: second, file: pairs(), plan: None });
    failure(&lab.handle(Command::Cancel { request: second }), second);
    assert!(lab.work_to_end().iter().any(|event| matches!(event, Event::PairsInspected { .. })));
    // Reply and cancel have crossed.
    assert!(lab.handle(Command::Cancel { request: first }).is_empty());
    assert_eq!(end(&lab.run(last_layer())), (false, 12));
}

#[test]
fn a_model_that_can_not_be_used_changes_nothing() {
    let mut lab = TestLab::loaded();
    let mut damaged = model("cls");
    damaged.files[1].sha256 = Some("00".repeat(32));
    let mut unreadable = model("cls");
    unreadable.files[1].blob = MemoryFile(None);
    let mut incomplete = model("cls");
    incomplete.files.remove(1);
    for (source, kind, message) in [
        (damaged, FailureKind::Model, "model.safetensors is damaged: its SHA-256 is"),
        (unreadable, FailureKind::File, "model.safetensors can't be read: it is gone"),
        (incomplete, FailureKind::Model, "there is no model.safetensors"),
    ] {
        let request = lab.number();
        let mut events = lab.handle(Command::LoadModel { request, source });
        events.extend(lab.work_to_end());
        events.retain(|event| !matches!(event, Event::Loading { .. }));
        refused(&events, request, kind, message);
        assert_eq!(end(&lab.run(last_layer())), (false, 12));
    }
}

#[test]
fn pairs_that_can_not_be_used_change_nothing() {
    let mut lab = TestLab::loaded();
    let bad = "sentence_a\tsentence_b\tscore\na\tb\t1\nc\td\n";
    for (blob, kind, message) in [
        (MemoryFile(None), FailureKind::Corpus, "it is gone"),
        (file(bad), FailureKind::Corpus, "pairs.tsv, line 3: has 2 columns, expected 3"),
        (file("a\tb\n"), FailureKind::Corpus, "Which"),
    ] {
        let request = lab.number();
        let file = PairFile { name: "pairs.tsv".to_owned(), blob };
        let mut events = lab.handle(Command::LoadCorpus { request, file, plan: None });
        events.extend(lab.work_to_end());
        events.retain(|event| !matches!(event, Event::ReadingRows { .. }));
        refused(&events, request, kind, message);
    }
    assert_eq!(end(&lab.run(last_layer())), (false, 12));
}
