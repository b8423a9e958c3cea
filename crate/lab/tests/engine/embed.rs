//! Sentences are encoded by the model as loaded and by the trained one.

use sbert::train::FreezeStrategy;
use sbert_lab::protocol::{Command, Event, FailureKind, SentenceEmbeddings};

use crate::test_lab::{TestLab, config, end, last_layer, model, refused};

/// Some sentences, the first and the last of which are the same.
fn sentences(n_sentences: usize) -> Vec<String> {
    (0..n_sentences).map(|n| format!("the cat sat on mat {}", n % (n_sentences - 1).max(1))).collect()
}

struct Answer {
    d_model: usize,
    before: SentenceEmbeddings,
    after: Option<SentenceEmbeddings>,
    explained_variance: Option<[f32; 2]>,
    neighbour_changes: Vec<f32>,
}

fn answer(events: Vec<Event>) -> Answer {
    match events.into_iter().last() {
        Some(Event::Embedded { d_model, before, after, explained_variance, neighbour_changes, .. }) => {
            Answer { d_model, before, after, explained_variance, neighbour_changes }
        }
        other => panic!("{other:?}"),
    }
}

fn embed(lab: &mut TestLab, sentences: Vec<String>, wants_map: bool) -> Answer {
    let request = lab.number();
    assert!(lab.handle(Command::Embed { request, sentences, wants_map }).is_empty());
    answer(lab.work_to_end())
}

fn floats(embeddings: &SentenceEmbeddings) -> Vec<f32> {
    embeddings.values.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

#[test]
fn before_a_run_there_is_the_loaded_model_alone() {
    let mut lab = TestLab::loaded();
    let Answer { d_model, before, after, explained_variance, neighbour_changes } = embed(&mut lab, sentences(20), true);
    assert_eq!((d_model, before.values.len(), before.map.len()), (32, 20 * 32 * 4, 20));
    assert!(after.is_none() && neighbour_changes.is_empty());
    assert!(explained_variance.is_some_and(|[first, second]| first >= second && second > 0.0));
    let values = floats(&before);
    assert_eq!(values[..32], values[19 * 32..], "the same sentence in another batch");
    assert_eq!(before.map[0], before.map[19]);
}

#[test]
fn after_a_run_both_models_are_on_one_map() {
    let mut lab = TestLab::loaded();
    lab.run(config(FreezeStrategy::Nothing));
    let Answer { before, after, neighbour_changes, .. } = embed(&mut lab, sentences(20), true);
    let after = after.unwrap();
    assert_ne!(floats(&before), floats(&after));
    assert_eq!((after.map.len(), neighbour_changes.len()), (20, 20));
    assert!(neighbour_changes.iter().all(|change| (0.0..=1.0).contains(change)), "{neighbour_changes:?}");

    // The head alone moves nothing.
    lab.run(config(FreezeStrategy::Backbone));
    let Answer { before, after, neighbour_changes, .. } = embed(&mut lab, sentences(20), true);
    assert_eq!(floats(&before), floats(&after.unwrap()));
    assert_eq!(neighbour_changes, [0.0; 20]);
}

#[test]
fn without_a_map_there_are_embeddings_alone() {
    let mut lab = TestLab::loaded();
    lab.run(last_layer());
    let Answer { before, after, explained_variance, neighbour_changes, .. } = embed(&mut lab, sentences(1), false);
    assert_eq!(floats(&before).len(), 32);
    assert!(after.unwrap().map.is_empty() && before.map.is_empty());
    assert_eq!((explained_variance, neighbour_changes), (None, Vec::new()));
}

/// A run of which the whole table of word embeddings is trained answers for words that it has and has not seen as the
/// model does that is put together at its end.
#[test]
fn in_the_middle_of_a_run_the_model_is_the_one_in_training() {
    let mut lab = TestLab::loaded();
    lab.train(config(FreezeStrategy::Nothing), 1);
    lab.work_until(|event| matches!(event, Event::Stepped { report, .. } if report.step == 5));
    let Event::Compared { before, after, .. } = lab.compare() else { panic!("no answer") };
    let request = lab.number();
    let sentences = vec!["the cat sat".to_owned(), "a mat on cat".to_owned()];
    lab.handle(Command::Embed { request, sentences, wants_map: false });
    let embedded = answer(lab.work_until(|event| matches!(event, Event::Embedded { .. })));
    for (comparison, embeddings) in [(before, embedded.before), (after.unwrap(), embedded.after.unwrap())] {
        let values = floats(&embeddings);
        let (u, v) = values.split_at(embedded.d_model);
        let dot = |u: &[f32], v: &[f32]| u.iter().zip(v).map(|(u, v)| u * v).sum::<f32>();
        let cosine = dot(u, v) / (dot(u, u) * dot(v, v)).sqrt();
        assert!((cosine - comparison.cosine).abs() < 1e-5, "{cosine} and {}", comparison.cosine);
    }
    assert_eq!(end(&lab.work_to_end()), (false, 12));
}

#[test]
fn it_can_be_cancelled_and_a_run_can_begin_meanwhile() {
    let mut lab = TestLab::loaded();
    let request = lab.number();
    lab.handle(Command::Embed { request, sentences: sentences(200), wants_map: true });
    lab.work();
    lab.work();
    refused(&lab.handle(Command::Cancel { request }), request, FailureKind::Cancelled, "");
    assert!(!lab.is_working());

    let request = lab.number();
    lab.handle(Command::Embed { request, sentences: sentences(200), wants_map: true });
    lab.train(last_layer(), 1);
    let events = lab.work_to_end();
    assert!(events.iter().any(|event| matches!(event, Event::Embedded { .. })));
    assert_eq!(end(&events), (false, 12));
}

#[test]
fn what_can_not_be_encoded_is_refused() {
    let mut lab = TestLab::loaded();
    for (sentences, message) in
        [(Vec::new(), "no sentences"), (vec![" ".to_owned()], "empty"), (vec!["a".to_owned(); 4_001], "4001 sentences")]
    {
        let request = lab.number();
        let events = lab.handle(Command::Embed { request, sentences, wants_map: true });
        refused(&events, request, FailureKind::Command, message);
    }
    // A model that is loaded meanwhile comes after it.
    let request = lab.number();
    lab.handle(Command::Embed { request, sentences: sentences(3), wants_map: false });
    lab.load_model(model("max"));
}
