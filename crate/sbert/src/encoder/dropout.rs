//! Dropout whose masks are drawn on the host, from streams of their own.

use burn::tensor::{Tensor, TensorData};
use rand::RngCore;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sbert_kernels::parallel;

/// Values that a draw can take: two bytes an element.
const N_DRAWS: f64 = 65536.0;
/// Streams of a step; no batch has as many sentences.
const STREAMS_PER_STEP: u64 = 1 << 32;

/// Inverted dropout (Srivastava et al. 2014): an element becomes 0 with the given probability, the others are scaled up
/// so that the expectation stays.
///
/// burn's own draws from a generator that belongs to the process, and each backend has another. Here the masks depend on
/// the seed, the step, the sentence's place in the batch and the order of the layers alone, and padding draws nothing: a
/// run is the same one whatever else computes at the same time, on every backend, padded or not.
#[derive(Debug)]
pub struct DropoutStream {
    /// One for each sentence, with its number of tokens.
    sentences: Vec<(ChaCha8Rng, usize)>,
    /// An element is dropped if its draw is below this.
    threshold: u16,
}

impl DropoutStream {
    /// The masks of one training step over sentences of `lengths` tokens. `probability`, below 1, is rounded to 16 bits.
    pub fn new(probability: f64, seed: u64, step_idx: u64, lengths: &[usize]) -> Self {
        Self::of_some(probability, seed, step_idx, lengths.iter().copied().enumerate())
    }

    /// As [`Self::new`], of some of a batch's sentences: each has its place in the whole batch, and its length.
    pub fn of_some(
        probability: f64,
        seed: u64,
        step_idx: u64,
        sentences: impl IntoIterator<Item = (usize, usize)>,
    ) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let of_sentence = |(sentence_idx, length): (usize, usize)| {
            let mut rng = rng.clone();
            rng.set_stream(step_idx * STREAMS_PER_STEP + sentence_idx as u64);
            (rng, length)
        };
        let threshold = (probability * N_DRAWS).round().min(N_DRAWS - 1.0) as u16;
        Self { sentences: sentences.into_iter().map(of_sentence).collect(), threshold }
    }

    /// False if the probability is 0, so that nothing is drawn.
    pub fn drops(&self) -> bool {
        self.threshold > 0
    }

    /// What the elements that are kept are multiplied by.
    pub fn scale(&self) -> f32 {
        (N_DRAWS / (N_DRAWS - f64::from(self.threshold))) as f32
    }

    /// The next mask of all tokens, sentence after sentence, `d_model` elements each: 1 kept, 0 dropped.
    pub(crate) fn tokens(&mut self, d_model: usize) -> Vec<u8> {
        self.draw(|length| length * d_model).concat()
    }

    /// The next mask of all attention weights, `n_heads · length²` elements a sentence: 1 kept, 0 dropped.
    pub(crate) fn attention(&mut self, n_heads: usize) -> Vec<u8> {
        self.draw(|length| n_heads * length * length).concat()
    }

    /// Drop out elements of token vectors, `[batch_size, seq_length, d_model]`.
    pub(super) fn apply_to_tokens(&mut self, input: Tensor<3>) -> Tensor<3> {
        if !self.drops() {
            return input;
        }
        let [_, seq_length, d_model] = input.dims();
        let masks = self.draw(|length| length * d_model);
        let mut keep = vec![0; masks.len() * seq_length * d_model];
        for (mask, keep) in masks.iter().zip(keep.chunks_exact_mut(seq_length * d_model)) {
            keep[..mask.len()].copy_from_slice(mask);
        }
        self.multiply(input, &keep)
    }

    /// Drop out attention weights, `[batch_size, n_heads, seq_length, seq_length]`.
    pub(super) fn apply_to_attention(&mut self, input: Tensor<4>) -> Tensor<4> {
        if !self.drops() {
            return input;
        }
        let [_, n_heads, seq_length, _] = input.dims();
        let masks = self.draw(|length| n_heads * length * length);
        let mut keep = vec![0; masks.len() * n_heads * seq_length * seq_length];
        let sentences = keep.chunks_exact_mut(n_heads * seq_length * seq_length);
        for ((mask, keep), (_, length)) in masks.iter().zip(sentences).zip(&self.sentences) {
            let heads = mask.chunks_exact(length * length).zip(keep.chunks_exact_mut(seq_length * seq_length));
            for (mask, keep) in heads {
                for (mask, keep) in mask.chunks_exact(*length).zip(keep.chunks_exact_mut(seq_length)) {
                    keep[..*length].copy_from_slice(mask);
                }
            }
        }
        self.multiply(input, &keep)
    }

    /// The input where `keep` is 1, scaled up, and 0 elsewhere.
    fn multiply<const D: usize>(&self, input: Tensor<D>, keep: &[u8]) -> Tensor<D> {
        let device = input.device();
        #[cfg(feature = "gpu")]
        if crate::gpu::is_for(&device) {
            let factors = crate::gpu::dropout_factors(keep, self.scale(), input.dims(), &device);
            return input * factors;
        }
        let factors: Vec<f32> = keep.iter().map(|keep| f32::from(*keep) * self.scale()).collect();
        let factors = TensorData::new(factors, input.shape());
        input * Tensor::from_data(factors, &device)
    }

    fn draw(&mut self, n_elements: impl Fn(usize) -> usize + Send + Sync) -> Vec<Vec<u8>> {
        let threshold = self.threshold;
        let of_sentence = |(rng, length): &mut (ChaCha8Rng, usize)| {
            let mut bytes = vec![0; 2 * n_elements(*length)];
            rng.fill_bytes(&mut bytes);
            let draws = bytes.as_chunks::<2>().0.iter().map(|chunk| u16::from_le_bytes(*chunk));
            draws.map(|draw| u8::from(draw >= threshold)).collect()
        };
        parallel::map(self.sentences.iter_mut().collect(), of_sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_back::values;

    #[test]
    fn the_seed_the_step_and_the_sentence_decide_what_is_dropped() {
        let mask = |seed, step_idx| DropoutStream::new(0.5, seed, step_idx, &[8, 8]).tokens(8);
        assert_eq!(mask(1, 1), mask(1, 1));
        assert_ne!(mask(1, 1), mask(2, 1));
        assert_ne!(mask(1, 1), mask(1, 2));
        let both = mask(1, 1);
        assert_ne!(both[..64], both[64..]);
        assert_eq!(both[..64], DropoutStream::new(0.5, 1, 1, &[8]).tokens(8));
    }

    #[test]
    fn as_many_are_dropped_as_asked_and_the_mean_stays() {
        let n_elements = 1 << 20;
        for probability in [0.1, 0.5] {
            let mut stream = DropoutStream::new(probability, 1, 0, &[n_elements]);
            let mask = stream.tokens(1);
            let dropped = mask.iter().filter(|&&keep| keep == 0).count() as f64 / n_elements as f64;
            assert!((dropped - probability).abs() < 2e-3, "{dropped}");
            let mean = (1.0 - dropped) * f64::from(stream.scale());
            assert!((mean - 1.0).abs() < 4e-3, "{mean}");
        }
    }

    #[test]
    fn without_dropout_nothing_changes() {
        let device = burn::tensor::Device::flex();
        let input = Tensor::<3>::from_floats([[[1.0, -2.0]]], &device);
        let output = DropoutStream::new(0.0, 1, 0, &[1]).apply_to_tokens(input);
        assert_eq!(values(output), [1.0, -2.0]);
    }

    #[test]
    fn a_padded_batch_drops_what_a_packed_one_drops() {
        let (lengths, seq_length, d_model, n_heads) = ([1, 3], 4, 2, 2);
        let device = burn::tensor::Device::flex();
        let mut packed = DropoutStream::new(0.5, 3, 7, &lengths);
        let mut padded = DropoutStream::new(0.5, 3, 7, &lengths);
        let (tokens, attention) = (packed.tokens(d_model), packed.attention(n_heads));

        let ones = Tensor::<3>::ones([2, seq_length, d_model], &device);
        let values_3 = values(padded.apply_to_tokens(ones));
        let of_first = values_3[..lengths[0] * d_model].iter();
        let of_second = values_3[seq_length * d_model..][..lengths[1] * d_model].iter();
        let kept: Vec<u8> = of_first.chain(of_second).map(|value| u8::from(*value > 0.0)).collect();
        assert_eq!(kept, tokens);

        let ones = Tensor::<4>::ones([2, n_heads, seq_length, seq_length], &device);
        let values_4 = values(padded.apply_to_attention(ones));
        let mut kept = Vec::new();
        for (sentence_idx, length) in lengths.into_iter().enumerate() {
            for head in 0..n_heads {
                for row in 0..length {
                    let start = ((sentence_idx * n_heads + head) * seq_length + row) * seq_length;
                    kept.extend(values_4[start..start + length].iter().map(|value| u8::from(*value > 0.0)));
                }
            }
        }
        assert_eq!(kept, attention);
    }
}
