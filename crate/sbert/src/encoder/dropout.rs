//! Dropout whose masks are drawn on the host, from a stream of its own.

use burn::tensor::{Tensor, TensorData};
use rand::RngCore;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Values that a draw can take: two bytes an element.
const N_DRAWS: f64 = 65536.0;

/// Inverted dropout (Srivastava et al. 2014): an element becomes 0 with the given probability, the others are scaled up
/// so that the expectation stays.
///
/// burn's own draws from a generator that belongs to the process, and each backend has another. Here the masks depend on
/// the seed, the step and the order of the layers alone: a run is the same one whatever else computes at the same time,
/// and goes on as itself on another backend.
#[derive(Debug)]
pub struct DropoutStream {
    rng: ChaCha8Rng,
    /// An element is dropped if its draw is below this.
    threshold: u16,
}

impl DropoutStream {
    /// The masks of one training step. `probability`, below 1, is rounded to 16 bits.
    pub fn new(probability: f64, seed: u64, step_idx: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(step_idx);
        Self { rng, threshold: (probability * N_DRAWS).round().min(N_DRAWS - 1.0) as u16 }
    }

    /// Drop out elements of `input`; it comes back as it is, and nothing is drawn, if the probability is 0.
    pub fn apply<const D: usize>(&mut self, input: Tensor<D>) -> Tensor<D> {
        if self.threshold == 0 {
            return input;
        }
        let shape = input.shape();
        let mask = TensorData::new(self.mask(shape.num_elements()), shape);
        let device = input.device();
        input * Tensor::from_data(mask, &device)
    }

    fn mask(&mut self, n_elements: usize) -> Vec<f32> {
        let mut bytes = vec![0; 2 * n_elements];
        self.rng.fill_bytes(&mut bytes);
        let scale = (N_DRAWS / (N_DRAWS - f64::from(self.threshold))) as f32;
        let draws = bytes.as_chunks::<2>().0.iter().map(|chunk| u16::from_le_bytes(*chunk));
        draws.map(|draw| if draw < self.threshold { 0.0 } else { scale }).collect()
    }
}

/// Drop out elements of `input` where there is a stream to draw from.
pub(super) fn drop_out<const D: usize>(input: Tensor<D>, stream: Option<&mut DropoutStream>) -> Tensor<D> {
    match stream {
        Some(stream) => stream.apply(input),
        None => input,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_and_the_step_decide_what_is_dropped() {
        let mask = |seed, step_idx| DropoutStream::new(0.5, seed, step_idx).mask(64);
        assert_eq!(mask(1, 1), mask(1, 1));
        assert_ne!(mask(1, 1), mask(2, 1));
        assert_ne!(mask(1, 1), mask(1, 2));
    }

    #[test]
    fn as_many_are_dropped_as_asked_and_the_mean_stays() {
        let n_elements = 1 << 20;
        for probability in [0.1, 0.5] {
            let mask = DropoutStream::new(probability, 1, 0).mask(n_elements);
            let dropped = mask.iter().filter(|&&factor| factor == 0.0).count() as f64 / n_elements as f64;
            assert!((dropped - probability).abs() < 2e-3, "{dropped}");
            let mean = mask.iter().map(|&factor| f64::from(factor)).sum::<f64>() / n_elements as f64;
            assert!((mean - 1.0).abs() < 4e-3, "{mean}");
        }
    }

    #[test]
    fn without_dropout_nothing_changes() {
        let device = burn::tensor::Device::flex();
        let input = Tensor::<1>::from_floats([1.0, -2.0], &device);
        let output = DropoutStream::new(0.0, 1, 0).apply(input);
        assert_eq!(crate::read_back::values(output), [1.0, -2.0]);
    }
}
