//! What must hold of any backend, whatever PyTorch says.

use burn::tensor::{Device, Distribution, Tensor};
use sbert::corpus::NLI_CLASSES;
use sbert::encoder::encode_sentences;
use sbert::infer::{Evaluation, LastEmbeddings, compare};
use sbert::objective::{Objective, PairEmbeddings, PairTargets};
use sbert::train::{Losses, Session, StepReport, TrainConfig};

use crate::compare::relative_error;
use crate::tiny_bert::{TinyBert, run, tensors};

/// Largest relative difference of one sentence's embedding between two batches: products of other shapes add in another
/// order.
const BATCH_TOLERANCE: f64 = 1e-6;

/// Everything, in some 430 steps.
pub async fn check_all(small: &TinyBert, times_looser: f64) {
    check_encoding(small, times_looser).await;
    the_same_seed_gives_the_same_losses(small).await;
    pausing_changes_nothing(small).await;
    for config in
        [random_config(small, 5), TrainConfig { dropout: 0.1, ..small.config("last-1") }, small.config("backbone")]
    {
        a_restored_checkpoint_goes_on_exactly(small, config, None).await;
    }
}

/// For a slow device: the same in some 30 steps, in which a run pauses once and is restored once.
#[cfg(target_arch = "wasm32")]
pub async fn check_in_few_steps(small: &TinyBert, times_looser: f64) {
    check_encoding(small, times_looser).await;
    for config in [random_config(small, 5), small.config("backbone")] {
        a_restored_checkpoint_goes_on_exactly(small, TrainConfig { epochs: 1, ..config }, Some(3)).await;
    }
}

async fn check_encoding(small: &TinyBert, times_looser: f64) {
    let tolerance = BATCH_TOLERANCE * times_looser;
    a_row_in_a_batch_equals_the_row_alone(small, tolerance).await;
    the_order_of_a_batch_changes_nothing(small, tolerance).await;
    swapping_the_sentences_changes_the_class_but_not_the_cosine(small, tolerance).await;
}

/// A run that shuffles, drops out and trains everything: all that is random takes part.
fn random_config(small: &TinyBert, seed: u32) -> TrainConfig {
    TrainConfig { dropout: 0.1, shuffle: true, seed, ..small.config("nothing") }
}

fn sentences(small: &TinyBert) -> Vec<&[u32]> {
    small.table.sentences.iter().map(Vec::as_slice).collect()
}

async fn encode(small: &TinyBert, sentences: &[&[u32]]) -> Vec<Vec<f32>> {
    let values = encode_sentences(&small.model.encoder, sentences, small.pad_id).await.unwrap();
    values.chunks_exact(small.model.encoder.d_model()).map(<[f32]>::to_vec).collect()
}

/// So padding changes nothing either: the sentences differ in length.
async fn a_row_in_a_batch_equals_the_row_alone(small: &TinyBert, tolerance: f64) {
    let sentences = sentences(small);
    let together = encode(small, &sentences).await;
    for (sentence, in_batch) in sentences.iter().zip(together) {
        let alone = encode(small, &[sentence]).await.remove(0);
        let error = relative_error(&in_batch, &alone);
        assert!(error <= tolerance, "{sentence:?}: {error:e}");
    }
}

async fn the_order_of_a_batch_changes_nothing(small: &TinyBert, tolerance: f64) {
    let mut sentences = sentences(small);
    let forwards = encode(small, &sentences).await;
    sentences.reverse();
    let backwards = encode(small, &sentences).await;
    for (one, other) in forwards.iter().zip(backwards.iter().rev()) {
        let error = relative_error(other, one);
        assert!(error <= tolerance, "{error:e}");
    }
}

async fn swapping_the_sentences_changes_the_class_but_not_the_cosine(small: &TinyBert, tolerance: f64) {
    let device = small.model.head.linear.weight.val().device();
    let (u, v) = (embedding(small, 0, &device).await, embedding(small, 1, &device).await);
    let targets = PairTargets::new([(Some(0), Some(0.5))].into_iter(), NLI_CLASSES.len(), &device);
    let losses = async |u: &Tensor<2>, v: &Tensor<2>| {
        let embeddings = PairEmbeddings { u: u.clone(), v: v.clone() };
        let loss_of = |objective: &dyn Objective| objective.loss(&small.model.head, &embeddings, &targets);
        let Losses { of_objectives, .. } = Losses::of(&TrainConfig::default().objectives(), loss_of).unwrap();
        Tensor::cat(of_objectives, 0).into_data_async().await.unwrap().try_into_vec::<f32>().unwrap()
    };
    let (as_given, swapped) = (losses(&u, &v).await, losses(&v, &u).await);
    assert!((as_given[0] - swapped[0]).abs() > 1e-2, "W·[u; v; |u−v|] must tell u from v: {as_given:?} {swapped:?}");
    assert!(
        f64::from((as_given[1] - swapped[1]).abs()) <= tolerance,
        "a cosine has no order: {as_given:?} {swapped:?}"
    );
}

async fn embedding(small: &TinyBert, position: usize, device: &Device) -> Tensor<2> {
    let values = encode(small, &[&small.table.sentences[position]]).await.remove(0);
    Tensor::<1>::from_floats(values.as_slice(), device).unsqueeze()
}

async fn the_same_seed_gives_the_same_losses(small: &TinyBert) {
    let run_with = async |seed| run(&mut small.session(random_config(small, seed))).await;
    let (once, again, other) = (run_with(1).await, run_with(1).await, run_with(2).await);
    assert_eq!(once, again, "bit for bit");
    assert_ne!(once, other);
    // Dropout draws again in every epoch: with rates of 0 the second epoch would otherwise repeat the first.
    let still = TrainConfig { learning_rate: 0.0, head_learning_rate: 0.0, shuffle: false, ..random_config(small, 1) };
    let reports = run(&mut small.session(still)).await;
    assert_ne!(reports[0].loss, reports[reports.len() / 2].loss);
}

async fn pausing_changes_nothing(small: &TinyBert) {
    let mut unbroken = small.session(random_config(small, 3));
    let expected = run(&mut unbroken).await;
    let mut paused = small.session(random_config(small, 3));
    let mut other = small.session(random_config(small, 4));
    let mut reports = Vec::new();
    while let Some(report) = paused.step().await.unwrap() {
        reports.push(report);
        pause(small, &paused, &mut other).await;
    }
    assert_same_end(&unbroken, &expected, &paused, &reports, "paused").await;
}

/// What a page may do while a run pauses: evaluate, compare typed sentences, train another model.
async fn pause(small: &TinyBert, paused: &Session, other: &mut Session) {
    let model = paused.model();
    Evaluation::new(small.table.clone(), small.pad_id).unwrap().scores(&model).await.unwrap();
    let sentences = [small.table.sentences[0].as_slice(), &small.table.sentences[1]];
    compare(&model, sentences, small.pad_id, &mut LastEmbeddings::default()).await.unwrap();
    other.step().await.unwrap();
    let device = small.model.head.linear.weight.val().device();
    #[expect(clippy::disallowed_methods, reason = "the library must not depend on burn's generator")]
    drop(Tensor::<1>::random([7], Distribution::Default, &device));
}

/// Restored after the step `only_after`, or after each; before its last step until then it pauses.
async fn a_restored_checkpoint_goes_on_exactly(small: &TinyBert, config: TrainConfig, only_after: Option<usize>) {
    let mut unbroken = small.session(config.clone());
    let expected = run(&mut unbroken).await;
    for n_steps in (0..=expected.len()).filter(|&n_steps| only_after.is_none_or(|only| only == n_steps)) {
        let mut session = small.session(config.clone());
        let mut reports = Vec::new();
        for step_idx in 0..n_steps {
            if step_idx + 1 == n_steps {
                pause(small, &session, &mut small.session(random_config(small, 4))).await;
            }
            reports.push(session.step().await.unwrap().unwrap());
        }
        let file = session.checkpoint().await.unwrap();
        drop(session);
        assert_eq!(Session::config_of(&file).unwrap(), config);
        let mut restored = Session::restore(&small.model, small.table.clone(), small.pad_id, &file).unwrap();
        reports.extend(run(&mut restored).await);
        let what = format!("{:?}, restored after step {n_steps}", config.freeze);
        assert_same_end(&unbroken, &expected, &restored, &reports, &what).await;
    }
}

/// The same reports and the same parameters, bit for bit.
async fn assert_same_end(
    expected: &Session,
    expected_reports: &[StepReport],
    actual: &Session,
    reports: &[StepReport],
    what: &str,
) {
    for (report, expected) in reports.iter().zip(expected_reports) {
        assert_eq!(report, expected, "{what}");
    }
    assert_eq!(reports.len(), expected_reports.len(), "{what}");
    let expected = tensors(&expected.model()).await;
    for (name, values) in tensors(&actual.model()).await {
        assert!(values == expected[&name], "{what}: {name}");
    }
}
