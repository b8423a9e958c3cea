//! Encoders with random weights, drawn on the host: the same ones on every backend.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{SentenceEncoder, SentenceEncoderConfig};

/// Biases and the scales of norms are drawn from so far around their usual values.
const VECTOR_BOUND: f32 = 0.1;

impl SentenceEncoderConfig {
    /// Make an encoder whose weights depend on the seed alone.
    pub fn from_seed(&self, seed: u64, device: &Device) -> SentenceEncoder {
        self.init(device).map(&mut Drawer { rng: ChaCha8Rng::seed_from_u64(seed), device, is_scale: false })
    }
}

struct Drawer<'a> {
    rng: ChaCha8Rng,
    device: &'a Device,
    /// True at the scale of a norm, which lies around 1.
    is_scale: bool,
}

impl ModuleMapper for Drawer<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.is_scale = name == "gamma";
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape = param.lazy_shape();
        // A product with such a matrix keeps the size of its input.
        let bound = if D == 1 { VECTOR_BOUND } else { (3.0 / shape[0] as f32).sqrt() };
        let centre = if self.is_scale { 1.0 } else { 0.0 };
        let draw = |_| centre + self.rng.random_range(-bound..bound);
        let values: Vec<f32> = (0..shape.num_elements()).map(draw).collect();
        let id = param.id;
        param.transform_for_load(Tensor::from_data(TensorData::new(values, shape), self.device), id)
    }
}
