//! The worker protocol: everything the page can ask, everything the worker can say.
//!
//! This file is the only definition. `web/src/protocol.ts` is generated from it and a test fails when the two differ
//! (run `cargo test -p sbert-page` with `UPDATE_PROTOCOL=1` to write it anew).
//!
//! Rules: the worker says [`Event::Ready`] first, and is then told by [`Command::UseBackend`] what to compute on. Every
//! command with a `request` ends in exactly one reply that carries the same number, or in one [`Event::Failed`]. A run is
//! named by the `request` of its [`Command::Train`] or [`Command::Continue`]; it ends in exactly one [`Event::RunEnded`]
//! or one [`Event::Failed`]. Pause, resume and stop are obeyed within one step. After [`Event::DeviceFailed`] the worker
//! says nothing more and must be replaced.

use sbert::freeze::TrainableCounts;
use sbert::session::{Scores, StepReport, TrainConfig};
use serde::{Deserialize, Serialize};

/// What the page asks of the worker.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize, ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Command {
    /// Compute on `backend`. The first command, given once. Reply: [`Event::BackendReady`], also where something else had
    /// to take its place.
    UseBackend {
        /// Number of the request.
        request: u32,
        /// What to compute on.
        backend: Backend,
    },
    /// Fetch the model folder at `url` (hub file names) and make it the current model. Reply: [`Event::ModelLoaded`].
    LoadModel {
        /// Number of the request.
        request: u32,
        /// Address of the folder, absolute, without a trailing slash.
        url: String,
    },
    /// Fetch the pairs at `url` and make them the current corpus. Reply: [`Event::CorpusLoaded`].
    LoadCorpus {
        /// Number of the request.
        request: u32,
        /// Absolute address of a TSV, CSV or JSONL file.
        url: String,
    },
    /// Train the loaded model, from its loaded weights, on the loaded corpus.
    Train {
        /// Number of the request, and name of the run.
        request: u32,
        /// The run's settings.
        config: TrainConfig,
        /// How many workers share it, the one asked included; none leaves it to the worker.
        n_workers: Option<usize>,
    },
    /// Go on with the run of a checkpoint that an earlier worker has sent, on the same model and pairs.
    Continue {
        /// Number of the request, and new name of the run.
        request: u32,
        /// Where the run was.
        checkpoint: RunCheckpoint,
        /// As in [`Command::Train`].
        n_workers: Option<usize>,
    },
    /// Hold the run after the step in progress.
    Pause {
        /// The run.
        run: u32,
    },
    /// Go on with a paused run.
    Resume {
        /// The run.
        run: u32,
    },
    /// End the run after the step in progress; what it has learnt is kept and scored.
    Stop {
        /// The run.
        run: u32,
    },
    /// Compare two sentences with the model as loaded and, where there is one, the trained model, also in mid-run.
    /// Reply: [`Event::Compared`].
    Compare {
        /// Number of the request.
        request: u32,
        /// First sentence.
        sentence_a: String,
        /// Second sentence.
        sentence_b: String,
    },
}

/// What the worker tells the page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The worker has started and takes commands.
    Ready {
        /// The library's settings for a run, which the page offers.
        default_config: TrainConfig,
        /// A sentence of more tokens than this is cut.
        max_seq_length: usize,
        /// Most workers that can share a run.
        max_workers: usize,
    },
    /// The device is being made ready: initialised, then checked against the CPU.
    Preparing {
        /// The request it belongs to.
        request: u32,
        /// Parts done.
        n_done: usize,
        /// Parts there are.
        n_total: usize,
    },
    /// Reply to [`Command::UseBackend`].
    BackendReady {
        /// Number of the request.
        request: u32,
        /// What the worker computes on.
        backend: BackendInfo,
        /// Why it isn't what was asked for; none if it is.
        refusal: Option<Refusal>,
    },
    /// What was loaded did not suit the device: from now on the worker computes on another.
    BackendChanged {
        /// What the worker computes on now.
        backend: BackendInfo,
        /// Why.
        refusal: Refusal,
    },
    /// The device is lost, or its results can't be trusted any more. The worker's last word: a new one has to go on.
    DeviceFailed {
        /// True if the device is gone; false if it has reported an error.
        lost: bool,
        /// What the browser said.
        message: String,
    },
    /// Bytes of a file have come in.
    Loading {
        /// The request it belongs to.
        request: u32,
        /// Name of the file.
        file: String,
        /// Bytes received of all files of the request.
        loaded_bytes: f64,
        /// Bytes of all files; none if the server does not say.
        total_bytes: Option<f64>,
    },
    /// Reply to [`Command::LoadModel`].
    ModelLoaded {
        /// Number of the request.
        request: u32,
        /// The model.
        model: ModelInfo,
    },
    /// Reply to [`Command::LoadCorpus`].
    CorpusLoaded {
        /// Number of the request.
        request: u32,
        /// The corpus.
        corpus: CorpusInfo,
    },
    /// The other workers of a run are being started. Between [`Command::Train`] and [`Event::RunStarted`].
    StartingWorkers {
        /// The run.
        run: u32,
        /// Parts done: each other worker starts, then takes in the model and the pairs.
        n_done: usize,
        /// Parts there are.
        n_total: usize,
    },
    /// The run has its batches and its optimiser. Follows [`Command::Train`] or [`Command::Continue`]; first of the run's
    /// events but for [`Event::StartingWorkers`].
    RunStarted {
        /// The run.
        run: u32,
        /// Steps that were done before, where a run goes on.
        n_steps_done: usize,
        /// What is trained.
        trainable: TrainableCounts,
        /// Steps of the run; 0 if everything is frozen.
        n_steps: usize,
        /// Training pairs.
        n_pairs: usize,
        /// Sentences that were cut to the longest the model takes.
        n_truncated: usize,
        /// Workers that share the run.
        n_workers: usize,
        /// Why they are fewer than was asked for; none if they aren't.
        workers_problem: Option<String>,
        /// Bytes, in each worker, of what the frozen layers make of the sentences, computed once and kept for the later
        /// epochs; none where nothing is kept.
        kept_bytes: Option<f64>,
    },
    /// A worker that shared the run is lost; the one asked goes on without the others.
    WorkersLost {
        /// The run.
        run: u32,
        /// What is known of why.
        problem: String,
    },
    /// The device runs each kind of work once before the clock starts: a GPU compiles its shaders then.
    WarmingUp {
        /// The run.
        run: u32,
        /// Parts done.
        n_done: usize,
        /// Parts there are.
        n_total: usize,
    },
    /// The run as it stands, from which [`Command::Continue`] goes on. Only sent by a device that can be lost.
    Checkpointed {
        /// The run.
        run: u32,
        /// Where the run is.
        checkpoint: RunCheckpoint,
    },
    /// Sentences of the held-out pairs are being encoded.
    Evaluating {
        /// The run.
        run: u32,
        /// Before or after training.
        moment: Moment,
        /// Sentences encoded.
        n_done: usize,
        /// Sentences to encode.
        n_total: usize,
    },
    /// Scores on the held-out pairs.
    Evaluated {
        /// The run.
        run: u32,
        /// Before or after training.
        moment: Moment,
        /// The scores.
        scores: Scores,
    },
    /// One training step is done.
    Stepped {
        /// The run.
        run: u32,
        /// What the step did.
        report: StepReport,
        /// Seconds the step took.
        step_secs: f64,
    },
    /// The run is held.
    Paused {
        /// The run.
        run: u32,
    },
    /// The run goes on.
    Resumed {
        /// The run.
        run: u32,
    },
    /// The run has ended; follows the scores after training. Last of the run's events.
    RunEnded {
        /// The run.
        run: u32,
        /// True if the visitor ended it early.
        stopped: bool,
        /// Training steps done.
        n_steps_done: usize,
        /// Seconds of work, pauses not counted, evaluation included.
        elapsed_secs: f64,
        /// Of those, seconds of training steps.
        training_secs: f64,
    },
    /// Reply to [`Command::Compare`].
    Compared {
        /// Number of the request.
        request: u32,
        /// By the model as loaded, its head untrained.
        before: Comparison,
        /// By the trained model, or the model in training as it is now; none before the first run.
        after: Option<Comparison>,
        /// True if a sentence was cut to the longest the model takes.
        truncated: bool,
    },
    /// A request or a run has failed; everything loaded before is still there.
    Failed {
        /// The request or run; none if the failure belongs to no request.
        request: Option<u32>,
        /// What failed.
        failure: Failure,
    },
}

/// What a worker can compute on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// The GPU, through the browser's WebGPU.
    Webgpu,
    /// The processor, by burn-ndarray.
    Ndarray,
    /// The processor, by burn-flex.
    Flex,
}

/// What the worker computes on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BackendInfo {
    /// Which kind it is.
    pub backend: Backend,
    /// With WebGPU: the GPU.
    pub adapter: Option<AdapterInfo>,
}

/// A GPU as the browser describes it; browsers leave fields empty that would tell visitors apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AdapterInfo {
    /// Who made it, such as "nvidia".
    pub vendor: String,
    /// Its family, such as "ampere".
    pub architecture: String,
    /// Its name, where the browser tells it.
    pub description: String,
    /// True if the processor does its work: far slower than this lab's own code for the processor.
    pub is_software: bool,
    /// Bytes of the largest buffer.
    pub max_buffer_bytes: f64,
    /// Bytes of the largest part of a buffer that one shader can read.
    pub max_binding_bytes: f64,
    /// Threads of the largest workgroup.
    pub max_workgroup_invocations: u32,
}

/// Why something other than WebGPU, or than what was asked for, computes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Refusal {
    /// The kind of reason.
    pub kind: RefusalKind,
    /// Particulars, such as the limit or what differed.
    pub detail: Option<String>,
}

/// The kind of reason why WebGPU isn't used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The browser has no `navigator.gpu`.
    NotOffered,
    /// The browser has WebGPU but no adapter for it.
    NoAdapter,
    /// The adapter is software; used only when chosen.
    Software,
    /// The adapter lacks a feature that the shaders need, or could not be opened.
    MissingFeature,
    /// The adapter's limits are too small for the model.
    Limits,
    /// The device computed something else than the processor.
    SelfCheck,
    /// The device was lost.
    DeviceLost,
    /// The device reported an error, so that its results can't be trusted.
    DeviceFailed,
}

/// A run between two steps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunCheckpoint {
    /// Training steps done.
    pub step: usize,
    /// Seconds of work so far, pauses not counted.
    pub elapsed_secs: f64,
    /// Of those, seconds of training steps.
    pub training_secs: f64,
    /// The library's file: trained weights, optimiser, step and settings. Transferred, not copied.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
    pub bytes: Vec<u8>,
}

/// Before or after training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// With the weights as loaded.
    Before,
    /// With the trained weights.
    After,
}

/// A loaded model.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ModelInfo {
    /// Name of the folder.
    pub name: String,
    /// Encoder layers.
    pub n_layers: usize,
    /// Width of an embedding.
    pub d_model: usize,
    /// Attention heads of a layer.
    pub n_heads: usize,
    /// Entries of the vocabulary.
    pub vocab_size: usize,
    /// Parameters of the encoder.
    pub n_params: usize,
    /// Names of the tensors of the file that the encoder has no use for.
    pub ignored_tensors: Vec<String>,
}

/// A loaded corpus.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CorpusInfo {
    /// Name of the file.
    pub name: String,
    /// Class names, in the head's order.
    pub classes: Vec<String>,
    /// Every pair, in file order.
    pub pairs: Vec<PairInfo>,
    /// Rows without a usable label that were passed over.
    pub n_skipped: usize,
}

/// One pair of a corpus, to be shown.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PairInfo {
    /// The record's own id.
    pub id: String,
    /// True if the pair is held out from training.
    pub held_out: bool,
    /// First sentence.
    pub sentence_a: String,
    /// Second sentence.
    pub sentence_b: String,
    /// Index into the corpus's classes.
    pub label: Option<usize>,
    /// Similarity, 0 to 1.
    pub score: Option<f32>,
}

/// What one model says of two sentences.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Comparison {
    /// Cosine of the two embeddings, -1 to 1.
    pub cosine: f64,
    /// Probability of each class, in the head's order.
    pub probabilities: Vec<f64>,
}

/// An error, told to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Failure {
    /// Which kind of thing is at fault.
    pub kind: FailureKind,
    /// What happened, naming the file, line, tensor or setting.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// Which kind of thing is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// A file could not be fetched.
    Network,
    /// The model's configuration, weights or tokenizer.
    Model,
    /// The pairs.
    Corpus,
    /// A setting of the run, or a sentence typed by the visitor.
    Setting,
    /// The run itself, such as a loss that is no longer finite.
    Training,
    /// The device gave no result.
    Device,
    /// The command came at a moment when it can't be carried out, or could not be read.
    Command,
    /// A fault of this program.
    Internal,
}
