//! Encoders with random weights, drawn on the host: the same ones on every backend.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Shape, Tensor, TensorData};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::sentence_encoder::{SentenceEncoder, SentenceEncoderConfig};

/// Biases and the scales of norms are drawn from so far around their usual values.
const VECTOR_BOUND: f32 = 0.1;
/// Standard deviation of the weights that training begins with (BERT's `initializer_range`).
const INITIALIZER_RANGE: f64 = 0.02;

impl SentenceEncoderConfig {
    /// Make an encoder whose weights depend on the seed alone.
    pub fn from_seed(&self, seed: u64, device: &Device) -> SentenceEncoder {
        self.init(device).map(&mut Drawer::new(seed, device, Distribution::KeepingSize))
    }

    /// Make an encoder as BERT's training begins with (transformers' `_init_weights`): weights normal with mean 0 and
    /// standard deviation 0.02, biases 0, norms 1 and 0. They depend on the seed alone.
    pub fn untrained(&self, seed: u64, device: &Device) -> SentenceEncoder {
        self.init(device).map(&mut Drawer::new(seed, device, Distribution::Bert))
    }
}

/// What the weights are drawn from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Distribution {
    /// Uniform, so wide that a product with such a matrix keeps the size of its input, biases and norms included: what
    /// nothing is degenerate at, for tests and checks.
    KeepingSize,
    /// Normal and narrow, with biases 0 and norms 1 and 0.
    Bert,
}

struct Drawer<'a> {
    rng: ChaCha8Rng,
    device: &'a Device,
    distribution: Distribution,
    /// The second of two normal numbers that were drawn together.
    spare: Option<f64>,
    /// True at the scale of a norm, which lies around 1.
    is_scale: bool,
}

impl<'a> Drawer<'a> {
    fn new(seed: u64, device: &'a Device, distribution: Distribution) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), device, distribution, spare: None, is_scale: false }
    }

    /// A number from the standard normal distribution, by Marsaglia's polar method. The logarithm is `libm`'s, because
    /// the platform's may differ in the last bit.
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let [x, y] = [(); 2].map(|()| self.rng.random_range(-1.0..1.0));
            let square: f64 = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let factor = (-2.0 * libm::log(square) / square).sqrt();
                self.spare = Some(y * factor);
                return x * factor;
            }
        }
    }

    fn draw(&mut self, shape: &Shape) -> Vec<f32> {
        let (n_values, is_vector) = (shape.num_elements(), shape.num_dims() == 1);
        let centre = if self.is_scale { 1.0 } else { 0.0 };
        match self.distribution {
            Distribution::Bert if is_vector => vec![centre; n_values],
            Distribution::Bert => (0..n_values).map(|_| (INITIALIZER_RANGE * self.normal()) as f32).collect(),
            Distribution::KeepingSize => {
                let bound = if is_vector { VECTOR_BOUND } else { (3.0 / shape[0] as f32).sqrt() };
                (0..n_values).map(|_| centre + self.rng.random_range(-bound..bound)).collect()
            }
        }
    }
}

impl ModuleMapper for Drawer<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.is_scale = name == "gamma";
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape = param.lazy_shape();
        let values = self.draw(&shape);
        let id = param.id;
        param.transform_for_load(Tensor::from_data(TensorData::new(values, shape), self.device), id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_back::values;

    #[test]
    fn untrained_weights_are_those_of_bert() {
        let config = SentenceEncoderConfig::new(100, 16, 2, 64, 128, 4, 1, 1e-12);
        let encoder = config.untrained(3, &Device::flex());
        let words = values(encoder.embeddings.word.weight.val());
        let n_words = words.len() as f64;
        let moment = |power| words.iter().map(|value| f64::from(*value).powi(power)).sum::<f64>() / n_words;
        // Of 6,400 numbers: the mean is within 4 standard errors of 0, the deviation within 4 of 0.02, and the fourth
        // moment that of a normal distribution, 3 σ⁴.
        assert!(moment(1).abs() < 4.0 * 0.02 / n_words.sqrt());
        assert!((moment(2).sqrt() / 0.02 - 1.0).abs() < 4.0 / (2.0 * n_words).sqrt());
        assert!((moment(4) / moment(2).powi(2) - 3.0).abs() < 4.0 * (24.0 / n_words).sqrt());
        let layer = &encoder.layers[0];
        assert!(values(layer.output_norm.gamma.val()).iter().all(|value| *value == 1.0));
        assert!(values(layer.intermediate.bias.clone().unwrap().val()).iter().all(|value| *value == 0.0));
        // The first numbers of the seed, whatever the platform.
        let again = values(config.untrained(3, &Device::flex()).embeddings.word.weight.val());
        assert_eq!(words, again);
        assert_ne!(words, values(config.untrained(4, &Device::flex()).embeddings.word.weight.val()));
    }
}
