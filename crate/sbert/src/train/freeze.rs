//! Freeze strategies: which parameters a run trains, and how many that is.

use burn::module::Module;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::model::SentencePairModel;

/// Which part of the model stays as it is.
///
/// The wire form is tagged: `{"kind": "all_but_last", "n_layers": 2}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FreezeStrategy {
    /// Nothing is trained; a run only evaluates.
    Everything,
    /// The whole encoder is frozen; the classification head is trained.
    Backbone,
    /// The classification head is frozen; the whole encoder is trained.
    Head,
    /// The embeddings and all encoder layers but the last `n_layers` are frozen; those layers and the head are trained.
    AllButLast {
        /// How many encoder layers, counted from the output, are trained.
        n_layers: usize,
    },
    /// Nothing is frozen.
    Nothing,
}

impl FreezeStrategy {
    /// True if no encoder parameter is trained, so that embeddings are the same in every epoch.
    pub fn freezes_encoder(self) -> bool {
        matches!(self, Self::Everything | Self::Backbone | Self::AllButLast { n_layers: 0 })
    }

    /// True if nothing at all is trained.
    pub fn freezes_everything(self) -> bool {
        self == Self::Everything
    }

    /// Parse the command line's form: `everything`, `backbone`, `head`, `last-N`, `nothing`.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the accepted forms.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "everything" => Ok(Self::Everything),
            "backbone" => Ok(Self::Backbone),
            "head" => Ok(Self::Head),
            "nothing" => Ok(Self::Nothing),
            _ => text
                .strip_prefix("last-")
                .and_then(|count| count.parse().ok())
                .map(|n_layers| Self::AllButLast { n_layers })
                .ok_or_else(|| Error::Setting {
                    name: "freeze",
                    problem: format!(
                        "is \"{text}\"; use everything, backbone, head, last-N (such as last-2) or nothing"
                    ),
                }),
        }
    }

    /// Freeze the parts of `model` (on an autodiff device) that this strategy freezes: no gradients, and no dropout.
    ///
    /// # Errors
    /// [`Error::Setting`] if more layers are to be trained than the model has.
    pub fn apply(self, mut model: SentencePairModel) -> Result<SentencePairModel, Error> {
        let n_layers = model.encoder.layers.len();
        match self {
            Self::Everything => model = model.freeze(),
            Self::Backbone => model.encoder = model.encoder.freeze(),
            Self::Head => model.head = model.head.freeze(),
            Self::AllButLast { n_layers: n_trained } => {
                if n_trained > n_layers {
                    return Err(Error::Setting {
                        name: "freeze",
                        problem: format!("trains the last {n_trained} layers, but the model has only {n_layers}"),
                    });
                }
                model.encoder.embeddings = model.encoder.embeddings.freeze();
                let n_frozen = n_layers - n_trained;
                model.encoder.layers = model
                    .encoder
                    .layers
                    .into_iter()
                    .enumerate()
                    .map(|(layer_idx, layer)| if layer_idx < n_frozen { layer.freeze() } else { layer })
                    .collect();
            }
            Self::Nothing => {}
        }
        Ok(model)
    }
}

/// How many parameters a run trains, part by part, so that an untrained head is never a surprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrainableCounts {
    /// Parameters of the embeddings that are trained.
    pub embeddings: usize,
    /// Parameters of the encoder layers that are trained.
    pub layers: usize,
    /// Parameters of the classification head that are trained.
    pub head: usize,
    /// All parameters, trained or frozen.
    pub total: usize,
}

impl TrainableCounts {
    /// How many parameters are trained in all.
    pub fn trained(&self) -> usize {
        self.embeddings + self.layers + self.head
    }

    /// Count the parameters of `model` that take gradients.
    pub fn of(model: &SentencePairModel) -> Self {
        Self {
            embeddings: count_trained(&model.encoder.embeddings),
            layers: model.encoder.layers.iter().map(count_trained).sum(),
            head: count_trained(&model.head),
            total: model.num_params(),
        }
    }
}

fn count_trained<M: Module>(module: &M) -> usize {
    use burn::module::{ModuleVisitor, Param};
    use burn::tensor::Tensor;

    struct Counter(usize);
    impl ModuleVisitor for Counter {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if param.is_require_grad() {
                self.0 += param.shape().num_elements();
            }
        }
    }
    let mut counter = Counter(0);
    module.visit(&mut counter);
    counter.0
}
