//! What a run trains, at which rates and towards what: settings, model and labels, resolved once.

use burn::module::Module;

use super::config::{TrainConfig, WeightedObjective};
use super::optimizer::Rates;
use super::schedule::LinearSchedule;
use crate::corpus::PairTable;
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::prefix_cache::Stage;

/// What a run trains, at which rates and towards what.
pub(super) struct TrainPlan {
    trains_embeddings: bool,
    n_layers: usize,
    /// Layers that learn, counted from the output.
    n_trained_layers: usize,
    trains_head: bool,
    /// The objectives that have a weight and pairs to learn from.
    pub objectives: Vec<WeightedObjective>,
    schedule: LinearSchedule,
    peak: Rates,
    weight_decay: f64,
}

impl TrainPlan {
    /// Resolve `config` for `model` and the labels of `table`. Where the classification objective doesn't take part, the
    /// head is frozen too: it would only decay.
    ///
    /// # Errors
    /// [`Error::Setting`] if the model has fewer layers than are to be trained, if no objective reaches a parameter that
    /// would be trained (unless the strategy trains nothing at all), or if the steps are more than can be counted.
    pub fn new(config: &TrainConfig, model: &SentencePairModel, table: &PairTable) -> Result<Self, Error> {
        let n_layers = model.encoder.layers.len();
        let trained = config.freeze.info().trained;
        let n_trained_layers = trained.n_layers(n_layers)?;
        let trains_encoder = trained.embeddings || n_trained_layers > 0;

        let takes_part = |(objective, weight): &WeightedObjective| {
            let label = objective.info().label;
            *weight > 0.0 && table.pairs.iter().any(|pair| label.is_in(pair.label, pair.score))
        };
        let objectives: Vec<_> = config.objectives().into_iter().filter(takes_part).collect();
        let trains_head = trained.head && objectives.iter().any(|(objective, _)| objective.trains_head());
        let trains_nothing = !trains_encoder && !trained.head;
        if !trains_nothing && !trains_encoder && !trains_head {
            let problem = "leaves nothing to train: without classes the head does not learn; train encoder layers too";
            return Err(Error::Setting { name: "freeze", problem: problem.to_owned() });
        }
        if !trains_nothing && objectives.is_empty() {
            let problem = "leave nothing to train: no objective with a weight above 0 has pairs with its label";
            return Err(Error::Setting { name: "weights", problem: problem.to_owned() });
        }

        let n_epochs = if trains_nothing { 0 } else { config.epochs };
        let n_steps = table.pairs.len().div_ceil(config.batch_size).checked_mul(n_epochs).ok_or_else(|| {
            let problem = format!("is {n_epochs}, too many to count the steps over {} pairs", table.pairs.len());
            Error::Setting { name: "epochs", problem }
        })?;
        Ok(Self {
            trains_embeddings: trained.embeddings,
            n_layers,
            n_trained_layers,
            trains_head,
            objectives,
            schedule: LinearSchedule::new(config.warmup_fraction, n_steps),
            peak: Rates { encoder: config.learning_rate, head: config.head_learning_rate },
            weight_decay: config.weight_decay,
        })
    }

    /// Freeze the parts of `model` (on an autodiff device) that don't learn: no gradients, and no dropout.
    pub fn freeze(&self, mut model: SentencePairModel) -> SentencePairModel {
        if !self.trains_embeddings {
            model.encoder.embeddings = model.encoder.embeddings.freeze();
        }
        let n_frozen = self.n_layers - self.n_trained_layers;
        let layers = model.encoder.layers.into_iter().enumerate();
        model.encoder.layers =
            layers.map(|(layer_idx, layer)| if layer_idx < n_frozen { layer.freeze() } else { layer }).collect();
        if !self.trains_head {
            model.head = model.head.freeze();
        }
        model
    }

    /// The last of the stages that no step changes; none if the first one learns.
    pub fn last_frozen_stage(&self) -> Option<Stage> {
        match self.n_trained_layers {
            _ if self.trains_embeddings => None,
            0 => Some(Stage::Pooling),
            n_trained_layers => Some(Stage::Layers(self.n_layers - n_trained_layers)),
        }
    }

    /// Layers of the encoder, and how many of them learn.
    pub fn n_layers(&self) -> [usize; 2] {
        [self.n_layers, self.n_trained_layers]
    }

    /// True if an objective compares the pairs of a batch with each other.
    pub fn needs_whole_batch(&self) -> bool {
        self.objectives.iter().any(|(objective, _)| objective.needs_whole_batch())
    }

    /// Steps of the whole run; 0 if nothing is trained.
    pub fn n_steps(&self) -> usize {
        self.schedule.n_steps
    }

    /// Learning rates of a step, counted from 0.
    pub fn rates(&self, step_idx: usize) -> Rates {
        let factor = self.schedule.factor(step_idx);
        Rates { encoder: self.peak.encoder * factor, head: self.peak.head * factor }
    }

    /// What AdamW's decay alone multiplies an encoder weight by in the first `n_steps` steps.
    pub fn decay_after(&self, n_steps: usize) -> f64 {
        (0..n_steps).map(|step_idx| 1.0 - self.rates(step_idx).encoder * self.weight_decay).product()
    }
}
