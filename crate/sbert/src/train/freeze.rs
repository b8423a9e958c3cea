//! Freeze strategies: which parts of a model a run trains, and how many parameters that is.

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
    /// The embeddings are frozen; all encoder layers and the head are trained.
    Embeddings,
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

/// Which encoder layers learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TrainedLayers {
    /// None.
    None,
    /// So many, counted from the output.
    Last(usize),
    /// All.
    All,
}

/// Which parts of a model learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TrainedParts {
    /// True if the embeddings learn.
    pub embeddings: bool,
    /// The encoder layers that learn.
    pub layers: TrainedLayers,
    /// True if the classification head learns, where there are classes.
    pub head: bool,
}

/// A strategy in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FreezeInfo {
    /// Its kind in the wire form.
    #[cfg_attr(feature = "typescript", ts(type = "FreezeStrategy[\"kind\"]"))]
    pub kind: &'static str,
    /// Its form on the command line; the number of layers, if it has one, follows after a dash.
    pub flag: &'static str,
    /// What stays frozen.
    pub title: &'static str,
    /// What learns.
    pub text: &'static str,
    /// The same as parts of the model.
    pub trained: TrainedParts,
}

impl FreezeStrategy {
    /// Every strategy, from the cheapest to the dearest, with one layer where it has a number of them.
    pub const ALL: [Self; 6] = [
        Self::Everything,
        Self::Backbone,
        Self::AllButLast { n_layers: 1 },
        Self::Embeddings,
        Self::Head,
        Self::Nothing,
    ];

    /// What the strategy is called, and what it trains.
    pub fn info(self) -> FreezeInfo {
        let info = |kind, flag, title, text, (embeddings, layers, head)| FreezeInfo {
            kind,
            flag,
            title,
            text,
            trained: TrainedParts { embeddings, layers, head },
        };
        match self {
            Self::Everything => info(
                "everything",
                "everything",
                "Everything",
                "Nothing learns; the held-out pairs are only scored. It shows where you start.",
                (false, TrainedLayers::None, false),
            ),
            Self::Backbone => info(
                "backbone",
                "backbone",
                "Backbone",
                "Only the classification head learns; embeddings, and so the cosine, stay as they are. For little data or little \
                 time, or where similarities are good and classes are not.",
                (false, TrainedLayers::None, true),
            ),
            Self::AllButLast { n_layers } => info(
                "all_but_last",
                "last",
                "All but the last layers",
                "The last encoder layers and the head learn. With more data or a GPU, take more layers.",
                (false, TrainedLayers::Last(n_layers), true),
            ),
            Self::Embeddings => info(
                "embeddings",
                "embeddings",
                "Embeddings",
                "All encoder layers and the head learn; what words mean by themselves stays. For pairs that lack most words of \
                 the vocabulary.",
                (false, TrainedLayers::All, true),
            ),
            Self::Head => info(
                "head",
                "head",
                "Classification head",
                "The whole encoder learns; the head stays as it is. Where the classes are good and the similarities are not.",
                (true, TrainedLayers::All, false),
            ),
            Self::Nothing => info(
                "nothing",
                "nothing",
                "Nothing",
                "Everything learns: embeddings, all layers and the head. For much data and time, best on a GPU.",
                (true, TrainedLayers::All, true),
            ),
        }
    }

    /// Parse the command line's form.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the accepted forms.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (flag, count) = text.split_once('-').unwrap_or((text, ""));
        let parsed =
            Self::ALL.into_iter().find(|strategy| strategy.info().flag == flag).and_then(|strategy| match strategy {
                Self::AllButLast { .. } => count.parse().ok().map(|n_layers| Self::AllButLast { n_layers }),
                _ => (text == flag).then_some(strategy),
            });
        parsed.ok_or_else(|| {
            let problem = format!("is \"{text}\"; use one of {}", Self::forms());
            Error::Setting { name: "freeze", problem }
        })
    }

    /// The forms that [`parse`](Self::parse) takes.
    pub fn forms() -> String {
        let forms = Self::ALL.map(|strategy| match strategy {
            Self::AllButLast { .. } => "last-N (such as last-2)",
            _ => strategy.info().flag,
        });
        forms.join(", ")
    }
}

impl TrainedParts {
    /// How many of `n_layers` encoder layers learn.
    ///
    /// # Errors
    /// [`Error::Setting`] if that is more than the model has.
    pub(super) fn n_layers(self, n_layers: usize) -> Result<usize, Error> {
        match self.layers {
            TrainedLayers::None => Ok(0),
            TrainedLayers::All => Ok(n_layers),
            TrainedLayers::Last(n_trained) if n_trained <= n_layers => Ok(n_trained),
            TrainedLayers::Last(n_trained) => {
                let problem = format!("trains the last {n_trained} layers, but the model has only {n_layers}");
                Err(Error::Setting { name: "freeze", problem })
            }
        }
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
