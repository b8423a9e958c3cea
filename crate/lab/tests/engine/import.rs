//! Models and pairs through the engine, and what goes out again.

use sbert::import::{HeldOut, ImportPlan, TextEncoding};
use sbert::pretrained::RandomModel;
use sbert_lab::protocol::{Command, Event, ExportKind, PairFile};

use crate::test_lab::{TestLab, end, file, last_layer, model, pairs, reports, zip_of};
use crate::test_platform::MemoryFile;

#[test]
fn a_file_is_inspected_and_imported_by_the_plan() {
    let mut lab = TestLab::loaded();
    let request = lab.number();
    lab.handle(Command::InspectPairs { request, file: pairs(), encoding: None });
    let inspection = match lab.work_to_end().pop() {
        Some(Event::PairsInspected { inspection, .. }) => inspection,
        other => panic!("{other:?}"),
    };
    assert_eq!((&inspection.question, &inspection.problem), (&None, &None));
    let (columns, last) = (inspection.columns, inspection.plan);
    assert_eq!(last.held_out, HeldOut::ByColumn);
    let changed = ImportPlan { split: None, held_out: HeldOut::Nothing, ..last.clone() };
    let plan = match lab.handle(Command::RevisePlan { request, columns, last, plan: changed.clone() }).pop() {
        Some(Event::PlanRevised { plan, problem: None, .. }) => plan,
        other => panic!("{other:?}"),
    };
    assert_eq!(plan, changed);
    let events = lab.load_pairs(pairs(), Some(plan));
    match events.last() {
        Some(Event::CorpusLoaded { corpus, .. }) => {
            assert_eq!((corpus.n_pairs, corpus.n_held_out, corpus.n_scored), (32, 0, 32));
            assert_eq!(corpus.classes, ["no", "yes"]);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(events.first(), Some(Event::ReadingRows { n_rows: 32, .. })));
    // Nothing is held out, so nothing is scored.
    let events = lab.run(last_layer());
    assert!(!events.iter().any(|event| matches!(event, Event::Evaluated { .. })));
    assert_eq!(end(&events), (false, 16));
}

/// The guess is shown; with another encoding the file is inspected again, and imported as the plan then says.
#[test]
fn the_encoding_is_guessed_or_given() {
    let mut lab = TestLab::loaded();
    let text = b"sentence_a,sentence_b,score\nthe caf\xE9,the mat,1\na cat,a mat,2\nthe mat,a cat,4\n";
    let inspect = |lab: &mut TestLab, encoding| {
        let (request, mut latin) = (lab.number(), pairs());
        (latin.name, latin.blob) = ("latin.csv".to_owned(), file(*text));
        lab.handle(Command::InspectPairs { request, file: latin.clone(), encoding });
        match lab.work_to_end().pop() {
            Some(Event::PairsInspected { inspection, .. }) => (latin, inspection),
            other => panic!("{other:?}"),
        }
    };
    for (given, expect, n_pairs, first) in
        [(None, TextEncoding::Windows1252, 3, "the café"), (Some(TextEncoding::Utf8), TextEncoding::Utf8, 2, "a cat")]
    {
        let (latin, inspection) = inspect(&mut lab, given);
        assert_eq!((inspection.encoding, inspection.plan.encoding), (expect, Some(expect)));
        let events = lab.load_pairs(latin, Some(ImportPlan { held_out: HeldOut::Nothing, ..inspection.plan }));
        let pairs = events.iter().find_map(|event| match event {
            Event::CorpusRows { pairs, .. } => Some((pairs.len(), pairs[0].sentence_a.as_str())),
            _ => None,
        });
        assert_eq!(pairs, Some((n_pairs, first)));
    }
}

#[test]
fn many_rows_come_in_several_messages_and_pieces() {
    let mut text = "sentence_a,sentence_b,score\n".to_owned();
    for n in 0..5_000 {
        text += &format!("the cat {n},the mat {n},{}\n", n % 6);
    }
    let mut lab = TestLab::loaded();
    let mut many = pairs();
    (many.name, many.blob) = ("many.csv".to_owned(), file(text));
    let events = lab.load_pairs(many, None);
    let n_rows = |event: &Event| match event {
        Event::CorpusRows { pairs, .. } => Some(pairs.len()),
        _ => None,
    };
    assert_eq!(events.iter().filter_map(n_rows).collect::<Vec<_>>(), [2_000, 2_000, 1_000]);
    let fractions: Vec<f64> = events
        .iter()
        .filter_map(|event| match event {
            Event::ReadingRows { fraction, .. } => Some(*fraction),
            _ => None,
        })
        .collect();
    assert!(fractions.len() >= 3 && fractions.is_sorted() && fractions.last() == Some(&1.0), "{fractions:?}");
}

#[test]
fn a_model_is_drawn_in_any_size_the_same_each_time() {
    let size = RandomModel { n_layers: 1, d_model: 16, n_heads: 2, d_ff: 32, max_positions: 16, seed: 3 };
    let mut source = model("mean");
    source.random = Some(size);
    let run = || {
        let mut lab = TestLab::loaded();
        match lab.load_model(source.clone()).pop() {
            Some(Event::ModelLoaded { model, .. }) => {
                assert_eq!((model.n_layers, model.d_model, model.stored_as), (1, 16, None));
            }
            other => panic!("{other:?}"),
        }
        reports(&lab.run(last_layer()))
    };
    assert_eq!(run(), run());
}

#[test]
fn a_trained_model_is_exported_and_loaded_again_with_its_head() {
    let mut lab = TestLab::loaded();
    lab.run(last_layer());
    let exported = lab.export(ExportKind::Model);
    assert_eq!(exported.0, "mean-trained.zip");
    let trained = match lab.compare() {
        Event::Compared { after, .. } => after,
        other => panic!("{other:?}"),
    };
    let mut source = model("mean");
    source.files = vec![zip_of(exported)];
    match lab.load_model(source).pop() {
        Some(Event::ModelLoaded { model, .. }) => {
            assert_eq!(model.head_classes, Some(vec!["no".to_owned(), "yes".to_owned()]));
        }
        other => panic!("{other:?}"),
    }
    match lab.compare() {
        Event::Compared { before, after, .. } => assert_eq!((Some(before), after), (trained, None)),
        other => panic!("{other:?}"),
    }
}

/// 12 pairs of three classes, none of which [`pairs`] has.
fn colours() -> PairFile<MemoryFile> {
    let row = |n: usize| format!("the cat {n}\ta mat\t{}\n", ["red", "green", "blue"][n % 3]);
    let rows: String = (0..12).map(row).collect();
    PairFile { name: "colours.tsv".to_owned(), blob: file(format!("sentence_a\tsentence_b\tlabel\n{rows}")) }
}

#[test]
fn what_was_trained_keeps_its_classes_and_names_when_other_pairs_are_loaded() {
    let mut lab = TestLab::loaded();
    lab.run(last_layer());
    let answer = |event: Event| match event {
        Event::Compared { classes, before, after, .. } => (classes, before, after),
        other => panic!("{other:?}"),
    };
    let (told, zip) = (answer(lab.compare()), lab.export(ExportKind::Model));
    assert!(matches!(lab.load_pairs(colours(), None).last(), Some(Event::CorpusLoaded { .. })));
    assert_eq!(answer(lab.compare()), told);
    assert_eq!(told.0, ["no", "yes"]);
    assert!(lab.export(ExportKind::Model) == zip, "the exported model has changed");

    // The next run is of the new pairs.
    lab.run(last_layer());
    assert_eq!(answer(lab.compare()).0, ["red", "green", "blue"]);
}

/// A head that came with a model goes out with it, whatever pairs are loaded.
#[test]
fn an_untrained_model_is_exported_with_the_head_that_it_had() {
    let mut lab = TestLab::loaded();
    lab.run(last_layer());
    let mut source = model("mean");
    source.files = vec![zip_of(lab.export(ExportKind::Model))];
    lab.load_model(source.clone());
    lab.load_pairs(colours(), None);
    source.files = vec![zip_of(lab.export(ExportKind::Model))];
    match lab.load_model(source).pop() {
        Some(Event::ModelLoaded { model, .. }) => {
            assert_eq!(model.head_classes, Some(vec!["no".to_owned(), "yes".to_owned()]));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_run_is_exported_for_the_terminal() {
    let (name, bytes) = TestLab::loaded().export(ExportKind::Recipe { config: last_layer() });
    assert_eq!(name, "mean-run.zip");
    assert!(!bytes.is_empty());
}
