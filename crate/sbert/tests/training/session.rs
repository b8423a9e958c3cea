//! The training session on a small random model: what learns, what stays, and what is refused.

use crate::small_run::{PAD_ID, model, table, weights};
use burn::tensor::Device;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use sbert::corpus::PairTable;
use sbert::encoder::SentenceEncoderConfig;
use sbert::infer::{Evaluation, LastEmbeddings, compare};
use sbert::model::SentencePairModel;
use sbert::train::{FreezeStrategy, Session, StepReport, TrainConfig};

fn config(freeze: FreezeStrategy) -> TrainConfig {
    TrainConfig {
        freeze,
        epochs: 4,
        batch_size: 8,
        learning_rate: 1e-2,
        head_learning_rate: 3e-2,
        dropout: 0.0,
        ..TrainConfig::default()
    }
}

fn run(session: &mut Session) -> Vec<StepReport> {
    pollster::block_on(async {
        let mut reports = Vec::new();
        while let Some(report) = session.step().await.unwrap() {
            reports.push(report);
        }
        reports
    })
}

#[test]
fn frozen_parameters_stay_bit_identical_and_the_others_move() {
    let check = |freeze, is_trained: fn(&str) -> bool| {
        let before = model();
        let mut session = Session::new(&before, table(), PAD_ID, config(freeze)).unwrap();
        let counts = session.trainable();
        run(&mut session);
        let mut n_trained = 0;
        for ((path, before), (_, after)) in weights(&before).into_iter().zip(weights(&session.model())) {
            if is_trained(&path) {
                n_trained += after.len();
                // Only one segment is used, and no sentence is as long as the position table.
                assert!(before != after, "{freeze:?}: {path} did not move");
            } else {
                assert!(before == after, "{freeze:?}: {path} moved");
            }
        }
        assert_eq!(n_trained, counts.trained(), "{freeze:?}");
    };
    check(FreezeStrategy::Everything, |_| false);
    check(FreezeStrategy::Backbone, |path| path.starts_with("head"));
    check(FreezeStrategy::Head, |path| path.starts_with("encoder"));
    check(FreezeStrategy::AllButLast { n_layers: 1 }, |path| {
        path.starts_with("encoder.layers.1.") || path.starts_with("head")
    });
    check(FreezeStrategy::Nothing, |_| true);
}

#[test]
fn training_lowers_both_losses() {
    let mut evaluation = Evaluation::new(table(), PAD_ID).unwrap();
    let before = model();
    let mut session =
        Session::new(&before, table(), PAD_ID, TrainConfig { epochs: 20, ..config(FreezeStrategy::Nothing) }).unwrap();
    let scores_before = pollster::block_on(evaluation.scores(&before)).unwrap();
    let reports = run(&mut session);
    evaluation.forget();
    let scores_after = pollster::block_on(evaluation.scores(&session.model())).unwrap();
    assert!(scores_after.classification_loss < scores_before.classification_loss);
    assert!(scores_after.regression_loss < scores_before.regression_loss);
    assert!(scores_after.accuracy.unwrap() > 0.6, "{scores_after:?}");
    let last = reports.last().unwrap();
    assert_eq!((last.step, last.epoch), (120, 20));
    assert!((last.fraction_done - 1.0).abs() < 1e-9, "{}", last.fraction_done);
}

#[test]
fn a_frozen_encoder_gives_the_losses_of_one_without_kept_embeddings() {
    // Zero rates freeze the encoder without the session knowing, so that it encodes every batch again.
    let frozen = run(&mut Session::new(&model(), table(), PAD_ID, config(FreezeStrategy::Backbone)).unwrap());
    let config = TrainConfig { learning_rate: 0.0, max_gradient_norm: 0.0, ..config(FreezeStrategy::Nothing) };
    let unfrozen = run(&mut Session::new(&model(), table(), PAD_ID, config.clone()).unwrap());
    let frozen_unclipped = TrainConfig { freeze: FreezeStrategy::Backbone, ..config };
    let kept = run(&mut Session::new(&model(), table(), PAD_ID, frozen_unclipped).unwrap());
    assert_eq!(frozen.len(), kept.len());
    for (kept, unfrozen) in kept.iter().zip(&unfrozen) {
        assert!((kept.loss - unfrozen.loss).abs() < 1e-5, "{} against {}", kept.loss, unfrozen.loss);
    }
}

#[test]
fn the_decay_of_the_second_moment_counts_from_the_second_step_on() {
    let losses = |beta_2| {
        let config = TrainConfig { beta_2, warmup_fraction: 0.0, ..config(FreezeStrategy::Nothing) };
        let reports = run(&mut Session::new(&model(), table(), PAD_ID, config).unwrap());
        reports.iter().take(3).map(|report| report.loss).collect::<Vec<_>>()
    };
    let (slow, fast) = (losses(0.999), losses(0.5));
    let difference = |step_idx: usize| (slow[step_idx] - fast[step_idx]).abs();
    // Corrected for its start, the moment of one gradient is its square, whatever the decay.
    assert!(difference(1) < 1e-5, "{slow:?} {fast:?}");
    assert!(difference(2) > 1e-4, "{slow:?} {fast:?}");
}

#[test]
fn a_batch_without_a_label_reports_no_loss_for_it() {
    let mut scored_only = table();
    scored_only.pairs.iter_mut().for_each(|pair| pair.label = None);
    scored_only.pairs.retain(|pair| pair.score.is_some());
    let mut session = Session::new(&model(), scored_only.clone(), PAD_ID, config(FreezeStrategy::Nothing)).unwrap();
    assert_eq!(session.trainable().head, 0, "without classes the head must not decay");
    let reports = run(&mut session);
    assert!(reports.iter().all(|report| report.losses.keys().eq(["regression"])));
    let error = Session::new(&model(), scored_only, PAD_ID, config(FreezeStrategy::Backbone)).err().unwrap();
    assert!(error.to_string().contains("leaves nothing to train"), "{error}");
}

#[test]
fn freezing_everything_is_a_run_without_steps() {
    let mut session = Session::new(&model(), table(), PAD_ID, config(FreezeStrategy::Everything)).unwrap();
    assert_eq!((session.n_steps(), session.trainable().trained()), (0, 0));
    assert!(run(&mut session).is_empty());
}

#[test]
fn a_comparison_has_a_cosine_and_probabilities() {
    let model = model();
    let compare = |a: &[u32], b: &[u32], last: &mut LastEmbeddings| {
        pollster::block_on(compare(&model, [a, b], PAD_ID, last)).unwrap()
    };
    let comparison = compare(&[1, 5, 2], &[1, 5, 2], &mut LastEmbeddings::default());
    assert!((comparison.cosine - 1.0).abs() < 1e-6);
    assert!((comparison.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);

    // One sentence after the other changes; the answers are those of a fresh start.
    let mut last = LastEmbeddings::default();
    for [a, b] in [[[1, 5, 2], [1, 6, 2]], [[1, 5, 2], [1, 7, 2]], [[1, 4, 2], [1, 7, 2]], [[1, 7, 2], [1, 4, 2]]] {
        assert_eq!(compare(&a, &b, &mut last), compare(&a, &b, &mut LastEmbeddings::default()), "{a:?} {b:?}");
    }
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let check = |table: PairTable, config: TrainConfig, expect: &str| {
        let message = Session::new(&model(), table, PAD_ID, config).err().unwrap().to_string();
        assert!(message.contains(expect), "{message}");
    };
    check(PairTable::default(), TrainConfig::default(), "there are no pairs to train on");
    check(table(), config(FreezeStrategy::AllButLast { n_layers: 3 }), "the model has only 2");
    check(table(), TrainConfig { batch_size: 0, ..TrainConfig::default() }, "batch_size is 0");
    let mut strange = table();
    strange.pairs[0].label = Some(3);
    check(strange, TrainConfig::default(), "the model's head has 3");
    assert!(Evaluation::new(PairTable::default(), PAD_ID).err().unwrap().to_string().contains("no pairs to evaluate"));
}

#[test]
fn a_rate_that_is_far_too_high_ends_the_run_with_a_message() {
    let config = TrainConfig { head_learning_rate: 100.0, weight_decay: 100.0, ..config(FreezeStrategy::Nothing) };
    let mut session = Session::new(&model(), table(), PAD_ID, config).unwrap();
    let error = pollster::block_on(async {
        loop {
            match session.step().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the run went through"),
                Err(error) => return error,
            }
        }
    });
    assert!(error.to_string().contains("is no longer a finite number at step"), "{error}");
}

/// The loss and the gradient of a step are those before its update, so the last update is checked by itself.
#[test]
fn weights_that_the_last_step_left_infinite_are_found() {
    let mut n_found = 0;
    for weight_decay in (80..180).map(|n| f64::from(n) * 0.25) {
        let run = TrainConfig {
            epochs: 3,
            warmup_fraction: 0.0,
            head_learning_rate: 10.0,
            weight_decay,
            ..config(FreezeStrategy::Backbone)
        };
        let mut session = Session::new(&model(), table(), PAD_ID, run).unwrap();
        let went_through = pollster::block_on(async {
            while session.step().await?.is_some() {}
            Ok::<_, sbert::Error>(())
        });
        if went_through.is_err() {
            continue;
        }
        let is_finite =
            weights(&session.model()).iter().all(|(_, values)| values.iter().all(|value| value.is_finite()));
        let checked = pollster::block_on(session.check_weights());
        assert_eq!(checked.is_ok(), is_finite, "weight_decay {weight_decay}: {checked:?}");
        if let Err(error) = checked {
            assert_eq!(error.to_string(), "a weight is no longer a finite number at step 18");
            assert!(pollster::block_on(session.checkpoint()).is_err());
            n_found += 1;
        }
    }
    assert!(n_found > 0, "no run ended with its last update");
}

/// That a good one goes on exactly is tested on every backend, in tests/oracle/properties.rs.
#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let (model, config) = (model(), config(FreezeStrategy::Nothing));
    let mut session = Session::new(&model, table(), PAD_ID, config.clone()).unwrap();
    let file = pollster::block_on(async {
        session.step().await.unwrap();
        session.checkpoint().await.unwrap()
    });
    let check = |model: &SentencePairModel, table: PairTable, file: &[u8], expect: &str| {
        let error = Session::restore(model, table, PAD_ID, file).err().unwrap();
        assert!(error.to_string().contains(expect), "{error}");
        assert!(!error.remedy().is_empty());
    };
    let mut other_pairs = table();
    other_pairs.pairs.swap(0, 1);
    check(&model, other_pairs, &file, "it is of a run over other pairs");
    check(&model, table(), &file[..file.len() / 2], "the checkpoint can't be read");
    check(&model, table(), b"", "the checkpoint can't be read");
    let weights = pollster::block_on(sbert::pretrained::save_encoder(&model.encoder)).unwrap();
    check(&model, table(), &weights, "it is a file of weights, but of no run");
    let wider = SentenceEncoderConfig::new(20, 16, 2, 12, 16, 2, 2, 1e-12).from_seed(7, &Device::flex());
    let wider = SentencePairModel::with_new_head(wider, 3, 7, &Device::flex());
    check(
        &wider,
        table(),
        &file,
        "weight \"parameter.encoder.embeddings.word.weight\" has shape [15, 8], expected [15, 12]",
    );
    let shallower = SentenceEncoderConfig::new(20, 16, 2, 8, 16, 2, 1, 1e-12).from_seed(7, &Device::flex());
    let shallower = SentencePairModel::with_new_head(shallower, 3, 7, &Device::flex());
    check(&shallower, table(), &file, "tensors where this run has");
    assert!(Session::restore(&model, table(), PAD_ID, &file).is_ok());
}

#[test]
fn runs_on_two_threads_do_not_disturb_each_other() {
    let run_once = || {
        let config = TrainConfig { dropout: 0.1, ..config(FreezeStrategy::Nothing) };
        run(&mut Session::new(&model(), table(), PAD_ID, config).unwrap())
    };
    let alone = run_once();
    for _ in 0..5 {
        let (one, other) = std::thread::scope(|scope| {
            let (one, other) = (scope.spawn(run_once), scope.spawn(run_once));
            (one.join().unwrap(), other.join().unwrap())
        });
        assert!(one == alone && other == alone, "bit for bit");
    }
}

#[test]
fn a_checkpoint_brings_embeddings_only_where_the_encoder_is_frozen() {
    let config = config(FreezeStrategy::AllButLast { n_layers: 1 });
    let session = Session::new(&model(), table(), PAD_ID, config).unwrap();
    let file = pollster::block_on(session.checkpoint()).unwrap();
    let (_, header) = SafeTensors::read_metadata(&file).unwrap();
    let mut metadata = header.metadata().clone().unwrap();
    let run = metadata.get_mut("run").unwrap();
    *run = run.replace("\"encoded\":[]", "\"encoded\":[0]");
    assert!(run.contains("[0]"), "{run}");
    let mut tensors = SafeTensors::deserialize(&file).unwrap().tensors();
    let d_model = model().encoder.d_model();
    let row = vec![0; d_model * size_of::<f32>()];
    tensors.push(("embeddings".to_owned(), TensorView::new(Dtype::F32, vec![1, d_model], &row).unwrap()));
    let forged = safetensors::serialize(tensors, Some(metadata)).unwrap();
    let error = Session::restore(&model(), table(), PAD_ID, &forged).err().unwrap();
    assert!(error.to_string().contains("tensors where this run has"), "{error}");
}
