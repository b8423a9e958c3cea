//! Encoders with random weights, drawn on the host: the same ones on every backend.

use std::collections::{HashMap, VecDeque};

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
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
        EncoderDrawing::new(self, seed, Distribution::KeepingSize, device).finish()
    }

    /// Make an encoder as BERT's training begins with (transformers' `_init_weights`): weights normal with mean 0 and
    /// standard deviation 0.02, biases 0, norms 1 and 0. They depend on the seed alone.
    pub fn untrained(&self, seed: u64, device: &Device) -> SentenceEncoder {
        self.drawing(seed, device).finish()
    }

    /// As [`Self::untrained`], a part of the weights at a time.
    pub(crate) fn drawing(&self, seed: u64, device: &Device) -> EncoderDrawing {
        EncoderDrawing::new(self, seed, Distribution::Bert, device)
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

/// An encoder whose weights are being drawn.
pub(crate) struct EncoderDrawing {
    /// Without its weights.
    encoder: SentenceEncoder,
    device: Device,
    source: RandomSource,
    waiting: VecDeque<WaitingParam>,
    /// Of the first parameter that is waiting.
    values: Vec<f32>,
    drawn: HashMap<ParamId, Tensor<1>>,
    n_drawn: usize,
    n_values: usize,
}

/// A parameter that is to be drawn.
struct WaitingParam {
    id: ParamId,
    shape: Shape,
    /// True for the scale of a norm, which lies around 1.
    is_scale: bool,
}

impl EncoderDrawing {
    fn new(config: &SentenceEncoderConfig, seed: u64, distribution: Distribution, device: &Device) -> Self {
        let encoder = config.init(device);
        let mut planner = Planner { waiting: VecDeque::new(), is_scale: false };
        encoder.visit(&mut planner);
        Self {
            encoder,
            device: device.clone(),
            source: RandomSource { rng: ChaCha8Rng::seed_from_u64(seed), distribution, spare: None },
            n_values: planner.waiting.iter().map(|param| param.shape.num_elements()).sum(),
            waiting: planner.waiting,
            values: Vec::new(),
            drawn: HashMap::new(),
            n_drawn: 0,
        }
    }

    /// Draw the next numbers, at most so many; `false` when all are drawn.
    pub fn advance(&mut self, at_most: usize) -> bool {
        let end = self.n_drawn.saturating_add(at_most);
        while let Some(param) = self.waiting.front() {
            let n_left = param.shape.num_elements() - self.values.len();
            let n_next = n_left.min(end - self.n_drawn);
            self.values.extend((0..n_next).map(|_| self.source.draw(param)));
            self.n_drawn += n_next;
            if n_next < n_left {
                return true;
            }
            let values = std::mem::take(&mut self.values);
            let shape = [values.len()];
            self.drawn.insert(param.id, Tensor::from_data(TensorData::new(values, shape), &self.device));
            self.waiting.pop_front();
        }
        false
    }

    /// How many numbers are drawn, and how many there are in all.
    pub const fn progress(&self) -> [usize; 2] {
        [self.n_drawn, self.n_values]
    }

    /// The encoder; what of it is still waiting is drawn now.
    pub fn finish(mut self) -> SentenceEncoder {
        self.advance(usize::MAX);
        self.encoder.with_values(self.drawn).0
    }
}

impl SentenceEncoder {
    /// This encoder with the values of its parameters replaced by these, flattened; and how many have none.
    pub(crate) fn with_values(self, values: HashMap<ParamId, Tensor<1>>) -> (Self, usize) {
        let mut placer = Placer { values, n_missing: 0 };
        let encoder = self.map(&mut placer);
        (encoder, placer.n_missing)
    }
}

struct RandomSource {
    rng: ChaCha8Rng,
    distribution: Distribution,
    /// The second of two normal numbers that were drawn together.
    spare: Option<f64>,
}

impl RandomSource {
    /// The next number of a parameter.
    fn draw(&mut self, param: &WaitingParam) -> f32 {
        let is_vector = param.shape.num_dims() == 1;
        let centre = if param.is_scale { 1.0 } else { 0.0 };
        match self.distribution {
            Distribution::Bert if is_vector => centre,
            Distribution::Bert => (INITIALIZER_RANGE * self.normal()) as f32,
            Distribution::KeepingSize => {
                let bound = if is_vector { VECTOR_BOUND } else { (3.0 / param.shape[0] as f32).sqrt() };
                centre + self.rng.random_range(-bound..bound)
            }
        }
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
}

/// Lists the parameters in the order in which they are drawn.
struct Planner {
    waiting: VecDeque<WaitingParam>,
    is_scale: bool,
}

impl ModuleVisitor for Planner {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.is_scale = name == "gamma";
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.waiting.push_back(WaitingParam { id: param.id, shape: param.lazy_shape(), is_scale: self.is_scale });
    }
}

/// Puts values into the parameters.
struct Placer {
    values: HashMap<ParamId, Tensor<1>>,
    /// Parameters without values.
    n_missing: usize,
}

impl ModuleMapper for Placer {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, shape) = (param.id, param.lazy_shape());
        match self.values.remove(&id) {
            Some(tensor) => param.transform_for_load(tensor.reshape(shape), id),
            None => {
                self.n_missing += 1;
                param
            }
        }
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
    #[test]
    fn what_is_drawn_in_pieces_is_what_is_drawn_at_once() {
        let config = SentenceEncoderConfig::new(100, 16, 2, 64, 128, 4, 2, 1e-12);
        let weights = |encoder: &SentenceEncoder| {
            let mut all = Values(Vec::new());
            encoder.visit(&mut all);
            all.0
        };
        let at_once = weights(&config.untrained(3, &Device::flex()));
        for at_most in [999, 6_400, 6_401] {
            let mut drawing = config.drawing(3, &Device::flex());
            let mut n_drawn = 0;
            while drawing.advance(at_most) {
                n_drawn += at_most;
                assert_eq!(drawing.progress(), [n_drawn, at_once.len()]);
            }
            assert_eq!(drawing.progress(), [at_once.len(); 2]);
            assert!(weights(&drawing.finish()) == at_once, "pieces of {at_most}");
        }
    }

    struct Values(Vec<f32>);

    impl ModuleVisitor for Values {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.extend(values(param.val()));
        }
    }
}
