//! The gradient of a whole batch from those of the replicas' shares.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};

use crate::error::Error;
use crate::model::SentencePairModel;
use crate::read_back::read_back;
use crate::replicas::Replicas;

/// Gradients and losses of a whole batch from those of each replica's share of it.
///
/// # Errors
/// [`Error::Device`], [`Error::Replica`].
pub(super) async fn sum_gradients(
    replicas: &mut impl Replicas,
    model: &SentencePairModel,
    gradients: GradientsParams,
    losses: Vec<f32>,
) -> Result<(GradientsParams, Vec<f32>), Error> {
    let mut collector = Collector { gradients, found: Vec::new() };
    model.visit(&mut collector);
    let mut parts = Vec::with_capacity(collector.found.len() + 1);
    for Found { gradient, n_values } in collector.found {
        parts.push(match gradient {
            Some(gradient) => read_back(gradient).await?,
            None => vec![0.0; n_values],
        });
    }
    parts.push(losses);
    replicas.sum(&mut parts).await?;
    let losses = parts.pop().unwrap_or_default();
    let mut placer = Placer { parts: parts.into_iter(), gradients: GradientsParams::new() };
    model.visit(&mut placer);
    Ok((placer.gradients, losses))
}

/// A parameter's gradient, flattened; none where the replica's share of the batch was empty.
struct Found {
    gradient: Option<Tensor<1>>,
    n_values: usize,
}

/// Takes the gradient of every trained parameter.
struct Collector {
    gradients: GradientsParams,
    found: Vec<Found>,
}

impl ModuleVisitor for Collector {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.is_require_grad() {
            let gradient = self.gradients.remove::<D>(param.id);
            self.found.push(Found {
                gradient: gradient.map(|gradient| gradient.flatten(0, D - 1)),
                n_values: param.shape().num_elements(),
            });
        }
    }
}

/// Puts them back, in the same order.
struct Placer {
    parts: std::vec::IntoIter<Vec<f32>>,
    gradients: GradientsParams,
}

impl ModuleVisitor for Placer {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.is_require_grad()
            && let Some(values) = self.parts.next()
        {
            let device = param.val().device().inner();
            self.gradients.register::<D>(param.id, Tensor::from_data(TensorData::new(values, param.shape()), &device));
        }
    }
}
