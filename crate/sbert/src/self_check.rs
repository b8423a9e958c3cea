//! The same small training on two devices: is what the one computes what the other does?
//!
//! It imports `train`, because it takes training steps; so it is separate from `infer`, which does not.
//!
//! A GPU's driver may compile a shader wrongly, or the browser refuse one, and nothing but the numbers tells (cubecl's
//! issue 1641). So a device is compared with the CPU before it is trusted.

use std::collections::VecDeque;
use std::fmt::{Display, Formatter};
use std::ops::ControlFlow;

use burn::tensor::Device;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::corpus::{Pair, PairTable};
use crate::encoder::{SentenceEncoderConfig, encode_sentences};
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::train::{FreezeStrategy, Session, TrainConfig};

/// Largest relative difference that passes. Shaders may round every elementary function by several units in the last
/// place and three steps of AdamW add up to 1e-5; a wrong kernel is wrong by far more.
const TOLERANCE: f64 = 1e-3;

/// Optimiser steps: the first has no moments yet, the second has, the third shows that the second's arrived.
const N_STEPS: usize = 3;
const BATCH_SIZE: usize = 4;
const N_CLASSES: usize = 3;
const SEED: u32 = 7;
/// Token id of padding, as BERT's vocabularies have it.
const PAD_ID: u32 = 0;
/// Lengths of the check's sentences, in tokens: unequal, so that padding takes part.
const SEQ_LENGTHS: [usize; 2 * BATCH_SIZE] = [7, 12, 3, 9, 16, 5, 8, 11];

/// The values of a part, by name.
type Part = Vec<(String, Vec<f32>)>;

/// The size of the model that is checked.
#[derive(Clone, Debug)]
pub struct SelfCheck {
    config: SentenceEncoderConfig,
}

/// The largest difference that a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What differed most.
    pub what: String,
    /// Relative to the value's norm; not a number if the device gave none.
    pub relative: f64,
}

impl Difference {
    /// True if the device computes what the CPU does, up to rounding.
    pub fn is_rounding(&self) -> bool {
        // Not a number fails.
        self.relative <= TOLERANCE
    }
}

impl Display for Difference {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} differed by {:.1e} of its norm, at most {TOLERANCE:.0e} is rounding",
            self.what, self.relative
        )
    }
}

impl SelfCheck {
    /// Parts of a check that are reported one by one.
    pub const N_PARTS: usize = N_STEPS + 2;

    /// Two layers of 64: every kernel of a training step, in half a second on slow devices.
    pub fn small() -> Self {
        // Vocabulary, positions, segments, d_model, d_ff, heads, layers.
        Self { config: SentenceEncoderConfig::new(50, 16, 2, 64, 256, 4, 2, 1e-12) }
    }

    /// One layer of the widths of `config`: a backend may choose other kernels for larger products.
    pub fn of_width(config: &SentenceEncoderConfig) -> Self {
        let SentenceEncoderConfig { d_model, d_ff, n_heads, layer_norm_eps, .. } = *config;
        Self { config: SentenceEncoderConfig::new(50, 16, 2, d_model, d_ff, n_heads, 1, layer_norm_eps) }
    }

    /// Encode, then train for a few steps, on `device` and on `reference` (neither with autodiff), and compare:
    /// embeddings before, losses, gradient norms, embeddings after. `report` is told how many of [`Self::N_PARTS`] the
    /// device has done. The first part that differs by more than rounding is the last: what follows would differ too.
    ///
    /// # Errors
    /// [`Error::Device`] if a device gives no result; [`Error::Diverged`] if one gives no finite number.
    pub async fn compare(
        &self,
        device: &Device,
        reference: &Device,
        mut report: impl FnMut(usize),
    ) -> Result<Difference, Error> {
        let mut expected = VecDeque::with_capacity(Self::N_PARTS);
        self.train(reference, |part| {
            expected.push_back(part);
            ControlFlow::Continue(())
        })
        .await?;
        let mut worst = Difference { what: String::new(), relative: 0.0 };
        let mut n_parts = 0;
        self.train(device, |actual| {
            let differences = expected.pop_front().unwrap_or_default().into_iter().zip(actual);
            for ((what, expected), (_, actual)) in differences {
                let relative = relative_difference(&actual, &expected);
                if relative.is_nan() || relative > worst.relative {
                    worst = Difference { what, relative };
                }
                if !worst.is_rounding() {
                    return ControlFlow::Break(());
                }
            }
            n_parts += 1;
            report(n_parts);
            ControlFlow::Continue(())
        })
        .await?;
        Ok(worst)
    }

    /// Takes the check's steps. `take` gets the values of each of [`Self::N_PARTS`] as they come, by name.
    async fn train(&self, device: &Device, mut take: impl FnMut(Part) -> ControlFlow<()>) -> Result<(), Error> {
        let table = self.table();
        let encoder = self.config.from_seed(u64::from(SEED), device);
        let model = SentencePairModel::with_new_head(encoder, N_CLASSES, u64::from(SEED), device);
        let sentences: Vec<&[u32]> = table.sentences.iter().map(Vec::as_slice).collect();

        let before = encode_sentences(&model.encoder, &sentences, PAD_ID).await?;
        if take(vec![("embeddings".to_owned(), before)]).is_break() {
            return Ok(());
        }
        let config = TrainConfig {
            freeze: FreezeStrategy::Nothing,
            epochs: N_STEPS,
            batch_size: BATCH_SIZE,
            warmup_fraction: 0.0,
            learning_rate: 1e-3,
            seed: SEED,
            ..TrainConfig::default()
        };
        let mut session = Session::new(&model, table.clone(), PAD_ID, config)?;
        while let Some(step) = session.step().await? {
            let number = |what: &str, value: f64| (format!("{what} of step {}", step.step), vec![value as f32]);
            if take(vec![number("loss", step.loss), number("gradient norm", step.gradient_norm)]).is_break() {
                return Ok(());
            }
        }
        let after = encode_sentences(&session.model().encoder, &sentences, PAD_ID).await?;
        // It is the last.
        let _ = take(vec![("embeddings after training".to_owned(), after)]);
        Ok(())
    }

    fn table(&self) -> PairTable {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::from(SEED));
        let n_words = self.config.vocab_size as u32;
        let mut sentence = |seq_length: &usize| (0..*seq_length).map(|_| rng.random_range(1..n_words)).collect();
        let pair = |row_idx: usize| Pair {
            sentence_a: 2 * row_idx,
            sentence_b: 2 * row_idx + 1,
            label: Some(row_idx % N_CLASSES),
            score: Some(row_idx as f32 / BATCH_SIZE as f32),
        };
        PairTable {
            sentences: SEQ_LENGTHS.iter().map(&mut sentence).collect(),
            pairs: (0..BATCH_SIZE).map(pair).collect(),
            n_truncated: 0,
        }
    }
}

/// ‖actual − expected‖ / ‖expected‖
fn relative_difference(actual: &[f32], expected: &[f32]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>().sqrt();
    let mut differences = actual.iter().zip(expected).map(|(a, b)| f64::from(*a) - f64::from(*b));
    norm(&mut differences) / norm(&mut expected.iter().map(|value| f64::from(*value)))
}

#[cfg(test)]
#[allow(
    deprecated,
    reason = "asked for, and the general path that flex's own layers are compared with; flex is its successor upstream"
)]
mod tests {
    use super::*;

    #[pollster::test]
    async fn two_backends_that_compute_the_same_differ_by_rounding() {
        let large = SentenceEncoderConfig::new(50, 16, 2, 96, 384, 12, 6, 1e-12);
        for check in [SelfCheck::small(), SelfCheck::of_width(&large)] {
            let mut n_done = Vec::new();
            let difference =
                check.compare(&Device::ndarray(), &Device::flex(), |n_parts| n_done.push(n_parts)).await.unwrap();
            assert!(difference.relative > 0.0 && difference.relative < 1e-5, "{difference}");
            assert!(difference.is_rounding());
            assert!(n_done.iter().copied().eq(1..=SelfCheck::N_PARTS), "{n_done:?}");
        }
    }

    #[test]
    fn what_is_not_a_number_does_not_pass() {
        let differs = |relative| Difference { what: "loss".to_owned(), relative };
        assert!(!differs(f64::NAN).is_rounding());
        assert!(!differs(1e-2).is_rounding());
        assert!(differs(1e-6).is_rounding());
        assert!(relative_difference(&[f32::NAN], &[1.0]).is_nan());
        assert_eq!(relative_difference(&[1.5], &[1.0]), 0.5);
    }
}
