//! The classification head: the linear layer over two embeddings and their difference.

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Tensor, TensorData};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The linear layer over (u, v, |u−v|), as in sentence-transformers' `SoftmaxLoss`.
#[derive(Module, Debug)]
pub struct ClassificationHead {
    /// Weight `[3 · d_model, n_classes]` and bias `[n_classes]`.
    pub linear: Linear,
}

impl ClassificationHead {
    /// A head with PyTorch's first weights of a `Linear`: uniform in ±1/√(3·d_model), drawn on the host so that a seed
    /// gives the same head on every backend.
    pub fn from_seed(d_model: usize, n_classes: usize, seed: u64, device: &Device) -> Self {
        let n_inputs = 3 * d_model;
        let bound = 1.0 / (n_inputs as f32).sqrt();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw =
            |n_values: usize| -> Vec<f32> { (0..n_values).map(|_| rng.random_range(-bound..bound)).collect() };
        let weight = draw(n_inputs * n_classes);
        let bias = draw(n_classes);
        Self::from_values(weight, bias, n_inputs, device)
    }

    /// A head with the given weight, row after row of `[n_inputs, n_classes]`, and bias `[n_classes]`.
    pub fn from_values(weight: Vec<f32>, bias: Vec<f32>, n_inputs: usize, device: &Device) -> Self {
        let n_classes = bias.len();
        Self {
            linear: Linear {
                weight: Param::from_data(TensorData::new(weight, [n_inputs, n_classes]), device),
                bias: Some(Param::from_data(TensorData::new(bias, [n_classes]), device)),
            },
        }
    }

    /// Logits of each class.
    ///
    /// # Shapes
    /// - u, v: `[batch_size, d_model]`
    /// - output: `[batch_size, n_classes]`
    pub fn forward(&self, u: Tensor<2>, v: Tensor<2>) -> Tensor<2> {
        let difference = (u.clone() - v.clone()).abs();
        self.linear.forward(Tensor::cat(vec![u, v, difference], 1))
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.linear.weight.dims()[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_back::values;

    #[test]
    fn a_seed_gives_one_head() {
        let device = Device::flex();
        let weight = |seed| values(ClassificationHead::from_seed(4, 3, seed, &device).linear.weight.val());
        assert_eq!(weight(7), weight(7));
        assert_ne!(weight(7), weight(8));
        assert!(weight(7).iter().all(|value| value.abs() <= 1.0 / 12f32.sqrt()));
    }

    #[test]
    fn the_difference_is_absolute() {
        let device = Device::flex();
        let head = ClassificationHead::from_values(vec![0.0, 0.0, 1.0], vec![0.0], 3, &device);
        let u = Tensor::<2>::from_data([[1.0]], &device);
        let v = Tensor::<2>::from_data([[4.0]], &device);
        let logit = |u, v| values(head.forward(u, v))[0];
        assert_eq!(logit(u.clone(), v.clone()), 3.0);
        assert_eq!(logit(v, u), 3.0);
    }
}
