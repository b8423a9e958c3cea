//! A run as one file: what has been trained, the optimiser's state, the step and the settings.
//!
//! The file is safetensors. Every trained parameter is there three times, under its path in the model: the value
//! (`parameter.…`) and both running means of AdamW (`first_moment.…`, `second_moment.…`). Frozen parameters are not:
//! they are the base model's, and so are the rows of the word embeddings that the run doesn't use. What a frozen encoder
//! has encoded so far is (`embeddings`), so that it need not do so again, and because the same sentence in another batch
//! would be off in the last digit. Random numbers need no state: a step draws from a stream of its own.

use std::collections::HashMap;
use std::rc::Rc;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::config::TrainConfig;
use super::optimizer::Moments;
use super::session::Session;
use crate::corpus::PairTable;
use crate::error::Error;
use crate::model::SentencePairModel;
use crate::tensor_file::{NamedTensor, TensorFile, TensorsWriter};

/// What the file is called in messages.
const FILE: &str = "the checkpoint";
/// Key of [`RunState`] in the file's metadata, as JSON.
const STATE_KEY: &str = "run";
/// Name of the tensor of kept embeddings, `[n_encoded, d_model]`.
const EMBEDDINGS: &str = "embeddings";
/// Raised when the file's contents change meaning.
const FORMAT: u32 = 2;

/// What of a run isn't tensors.
#[derive(Debug, Serialize, Deserialize)]
struct RunState {
    format: u32,
    config: TrainConfig,
    /// Steps done.
    step_idx: usize,
    /// [`PairTable::fingerprint`] of the training pairs.
    pairs: u64,
    /// Positions of the sentences whose embeddings are kept, in the order of the tensor's rows.
    encoded: Vec<usize>,
}

/// A checkpoint that is being written.
pub struct CheckpointWriting {
    writer: TensorsWriter,
    bytes: Vec<u8>,
    step_idx: usize,
}

impl CheckpointWriting {
    /// Write the next megabytes; `false` when all are written.
    ///
    /// # Errors
    /// [`Error::Diverged`] if a weight isn't finite: such a run can't continue; [`Error::Device`] if the device does not
    /// give a tensor back.
    pub async fn advance(&mut self) -> Result<bool, Error> {
        self.writer.advance(&mut self.bytes).await.map_err(|error| match error {
            // Of tensors that lie as they do in the module only values that aren't finite are refused.
            Error::Tensor { .. } => Error::Diverged { what: "a weight", step: self.step_idx },
            other => other,
        })
    }

    /// The bytes of the file, once all are written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl Session {
    /// The run as it stands between two steps, as the bytes of a file.
    ///
    /// # Errors
    /// [`Error::Diverged`] if a weight isn't finite: such a run can't continue; [`Error::Device`] if the device does not
    /// give a tensor back; [`Error::Weights`] if the file can't be built.
    pub async fn checkpoint(&self) -> Result<Vec<u8>, Error> {
        let mut writing = self.begin_checkpoint()?;
        while writing.advance().await? {}
        Ok(writing.into_bytes())
    }

    /// As [`Self::checkpoint`], some megabytes at a time. Until all are written no step may be taken: on the CPU it would
    /// have to copy what is still to be written.
    ///
    /// # Errors
    /// [`Error::Weights`] if the file can't be built, or there is no memory for it.
    pub fn begin_checkpoint(&self) -> Result<CheckpointWriting, Error> {
        let mut trained = Trained { path: Vec::new(), moments: &self.optimizer.moments, found: Vec::new() };
        self.model.visit(&mut trained);
        let mut tensors = trained.found;
        let mut encoded = Vec::new();
        if let Some((encoder, cache)) = self.prefix.as_ref().filter(|_| self.encoder_is_frozen()) {
            encoded.extend(cache.held());
            if !encoded.is_empty() {
                let embeddings = cache.gather(&encoded, encoder.d_model(), &self.device).inner();
                tensors.push(NamedTensor::new(EMBEDDINGS.to_owned(), embeddings));
            }
        }
        let state = RunState {
            format: FORMAT,
            config: self.config.clone(),
            step_idx: self.step_idx,
            pairs: self.table.fingerprint(),
            encoded,
        };
        let json = serde_json::to_string(&state).map_err(|cause| fault(cause.to_string()))?;
        let writer = TensorsWriter::new(FILE, tensors, HashMap::from([(STATE_KEY.to_owned(), json)]))?;
        let bytes = writer.reserve()?;
        Ok(CheckpointWriting { writer, bytes, step_idx: self.step_idx })
    }

    /// The settings of a checkpoint's run.
    ///
    /// # Errors
    /// [`Error::Weights`] or [`Error::Checkpoint`] if the file is damaged or of another version.
    pub fn config_of(checkpoint: &[u8]) -> Result<TrainConfig, Error> {
        Ok(read_state(checkpoint)?.config)
    }

    /// Go on with the run of a checkpoint, exactly where it was: `model` and `table` must be those that it began with.
    ///
    /// # Errors
    /// [`Error::Weights`], [`Error::Tensor`] or [`Error::Checkpoint`] if the file is damaged, of another version, or of
    /// another model or other pairs; and those of [`Session::new`].
    pub fn restore(model: &SentencePairModel, table: PairTable, pad_id: u32, checkpoint: &[u8]) -> Result<Self, Error> {
        let state = read_state(checkpoint)?;
        if state.pairs != table.fingerprint() {
            return Err(fault("it is of a run over other pairs".to_owned()));
        }
        let mut session = Self::new(model, table, pad_id, state.config)?;
        let n_steps = session.n_steps();
        if state.step_idx > n_steps {
            return Err(fault(format!("it is at step {} of a run of {n_steps}", state.step_idx)));
        }
        let mut placer = Placer {
            tensors: TensorFile::open(FILE, Rc::new(checkpoint))?,
            n_placed: 0,
            has_moments: state.step_idx > 0,
            path: Vec::new(),
            device: session.device.clone().inner(),
            moments: HashMap::new(),
            error: None,
        };
        session.model = session.model.map(&mut placer);
        if let Some(error) = placer.error {
            return Err(error);
        }
        if let Some(position) = state.encoded.iter().find(|&&position| position >= session.table.sentences.len()) {
            return Err(fault(format!("it keeps the embedding of sentence {position}, which the pairs don't have")));
        }
        // Of other runs the file has none: a tensor too many is refused below.
        let keeps_embeddings = session.encoder_is_frozen() && !state.encoded.is_empty();
        if let Some((encoder, cache)) = session.prefix.as_mut().filter(|_| keeps_embeddings) {
            let d_model = encoder.d_model();
            let values = placer.read(EMBEDDINGS, &[state.encoded.len(), d_model])?;
            for (&position, embedding) in state.encoded.iter().zip(values.chunks_exact(d_model)) {
                cache.put(position, embedding);
            }
        }
        let n_tensors = placer.tensors.tensors().len();
        if placer.n_placed != n_tensors {
            let problem = format!("it has {n_tensors} tensors where this run has {}", placer.n_placed);
            return Err(fault(problem));
        }
        session.optimizer.moments = placer.moments;
        for step_idx in 0..state.step_idx {
            let (_, batch) = session.batches.of_step(step_idx, &session.table, &session.config);
            session.progress.add(&session.table, &batch);
        }
        session.step_idx = state.step_idx;
        Ok(session)
    }
}

fn fault(problem: String) -> Error {
    Error::Checkpoint { problem }
}

fn read_state(checkpoint: &[u8]) -> Result<RunState, Error> {
    let file = TensorFile::open(FILE, Rc::new(checkpoint))?;
    let json =
        file.metadata().get(STATE_KEY).ok_or_else(|| fault("it is a file of weights, but of no run".to_owned()))?;
    let state: RunState =
        serde_json::from_str(json).map_err(|cause| fault(format!("its settings can't be read: {cause}")))?;
    if state.format != FORMAT {
        return Err(fault(format!("its format is {}, this program reads {FORMAT}", state.format)));
    }
    Ok(state)
}

fn names(path: &[String]) -> [String; 3] {
    let path = path.join(".");
    ["parameter", "first_moment", "second_moment"].map(|kind| format!("{kind}.{path}"))
}

/// Gathers the trained parameters and their moments.
struct Trained<'a> {
    path: Vec<String>,
    moments: &'a HashMap<ParamId, Moments>,
    found: Vec<NamedTensor>,
}

impl ModuleVisitor for Trained<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if !param.is_require_grad() {
            return;
        }
        let [parameter, first, second] = names(&self.path);
        let value = param.val().inner();
        let shape = value.shape();
        self.found.push(NamedTensor::new(parameter, value));
        if let Some(Moments { first: first_moment, second: second_moment }) = self.moments.get(&param.id).cloned() {
            self.found.push(NamedTensor::new(first, first_moment.reshape::<D, _>(shape.clone())));
            self.found.push(NamedTensor::new(second, second_moment.reshape::<D, _>(shape)));
        }
    }
}

/// Puts a checkpoint's tensors into the trained parameters and their moments.
struct Placer<'a> {
    tensors: TensorFile<'a>,
    n_placed: usize,
    has_moments: bool,
    path: Vec<String>,
    device: Device,
    moments: HashMap<ParamId, Moments>,
    error: Option<Error>,
}

impl Placer<'_> {
    fn read(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let values = self.tensors.read_values(name, shape)?;
        self.n_placed += 1;
        Ok(values)
    }

    fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor<1>, Error> {
        let values = self.read(name, shape)?;
        let n_values = values.len();
        Ok(Tensor::from_data(TensorData::new(values, [n_values]), &self.device))
    }

    fn place<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Result<Param<Tensor<D>>, Error> {
        let [parameter, first, second] = names(&self.path);
        let shape = param.shape();
        let value = self.tensor(&parameter, shape.as_slice())?;
        if self.has_moments {
            let moments = Moments {
                first: self.tensor(&first, shape.as_slice())?,
                second: self.tensor(&second, shape.as_slice())?,
            };
            self.moments.insert(param.id, moments);
        }
        Ok(param.map(|_| Tensor::from_inner(value.reshape(shape)).require_grad()))
    }
}

impl ModuleMapper for Placer<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.error.is_some() || !param.is_require_grad() {
            return param;
        }
        let unchanged = param.clone();
        self.place(param).unwrap_or_else(|error| {
            self.error = Some(error);
            unchanged
        })
    }
}
