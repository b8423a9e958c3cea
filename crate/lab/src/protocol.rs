//! The protocol: every command that the engine handles, every event that it sends.
//!
//! This file is the only definition, long because it is whole. `web/src/protocol.ts` is generated from it; a test fails
//! when the two differ (run `cargo test -p sbert-lab` with `UPDATE_PROTOCOL=1` to write the file again).
//!
//! Rules: the worker sends [`Event::Ready`] first; the first command is [`Command::UseBackend`]. Every command with a
//! `request` ends in exactly one reply that carries the same number, or in one [`Event::Failed`] that does. A run is
//! named by the `request` of its [`Command::Train`] or [`Command::Continue`]; it ends in exactly one [`Event::RunEnded`]
//! or one [`Event::Failed`]. Pause, resume and stop take effect within one step. After [`Event::DeviceFailed`] the worker
//! sends nothing more and must be replaced.
//!
//! In every variant `request` is the number of the request, or of the request that an event belongs to, and `run` that of
//! the run.
//!
//! `F` is a handle to a file, as the program around the engine has it (see [`Platform::File`](crate::Platform::File)).

use sbert::corpus::PairRecord;
use sbert::encoder::Pooling;
use sbert::import::{ColumnSummary, ImportPlan, ImportReport, Inspection, TextEncoding};
use sbert::infer::{Comparison, Predictions, ScoreChange, Scores};
use sbert::objective::ObjectiveInfo;
use sbert::pretrained::RandomModel;
use sbert::train::{FreezeInfo, FreezeStrategy, SETTINGS, Setting, StepReport, TrainConfig, TrainableCounts};
use serde::{Deserialize, Serialize};

use crate::lab::MAX_SENTENCES;
use crate::replicas::size::MAX_WORKERS;

// serde reads a variant of a tagged enum through a buffer of plain data, in which a file is none any more: what it skips
// here the program around the engine reads, field by field.
/// What the page asks of the worker.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(concrete(F = ())))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "`request` and `run` are explained at the top")]
pub enum Command<F> {
    /// Compute on `backend`. The first command, given once. Reply: [`Event::BackendReady`], also where something else had
    /// to take its place.
    UseBackend {
        request: u32,
        /// What to compute on.
        backend: Backend,
    },
    /// Make the model in some files the current one. Reply: [`Event::ModelLoaded`].
    #[cfg_attr(not(test), serde(skip_deserializing))]
    LoadModel {
        request: u32,
        /// The files, and what is to be made of them.
        source: ModelSource<F>,
    },
    /// Look through a file of pairs, without taking it. Reply: [`Event::PairsInspected`], after [`Event::ReadingRows`].
    #[cfg_attr(not(test), serde(skip_deserializing))]
    InspectPairs {
        request: u32,
        file: PairFile<F>,
        /// How its text is written; none guesses it.
        encoding: Option<TextEncoding>,
    },
    /// Say what follows from a change that the visitor has made to an import plan. Reply: [`Event::PlanRevised`].
    #[cfg_attr(not(test), serde(skip_deserializing))]
    RevisePlan {
        request: u32,
        /// The columns of the file, as inspected.
        columns: Vec<ColumnSummary>,
        /// The plan before the change.
        last: ImportPlan,
        /// The plan after it.
        plan: ImportPlan,
    },
    /// Make the pairs in a file the current corpus. Reply: [`Event::CorpusLoaded`], after [`Event::ReadingRows`] and
    /// [`Event::CorpusRows`].
    #[cfg_attr(not(test), serde(skip_deserializing))]
    LoadCorpus {
        request: u32,
        file: PairFile<F>,
        /// How it is understood; none takes what its own columns say, and refuses it at its first bad row.
        plan: Option<ImportPlan>,
    },
    /// Give up a request that is being worked on: [`Command::LoadModel`], [`Command::InspectPairs`],
    /// [`Command::LoadCorpus`], [`Command::Export`], [`Command::ComparePredictions`] or [`Command::Embed`]. It ends in
    /// [`Event::Failed`] with [`FailureKind::Cancelled`], or in its reply where the two crossed; what was loaded before is
    /// still there.
    Cancel { request: u32 },
    /// Write a file to take away. Not during a run. Reply: [`Event::Exported`], after [`Event::Exporting`].
    Export {
        request: u32,
        /// What is written.
        what: ExportKind,
    },
    /// Train the loaded model, from its loaded weights, on the loaded corpus.
    Train {
        request: u32,
        /// The run's settings.
        config: TrainConfig,
        /// How many workers share it, the one asked included; none leaves it to the worker.
        n_workers: Option<usize>,
    },
    /// Go on with the run of a checkpoint that an earlier worker has sent, on the same model and pairs.
    Continue {
        request: u32,
        /// Where the run was.
        checkpoint: RunCheckpoint,
        /// As in [`Command::Train`].
        n_workers: Option<usize>,
        /// True to take no further step: the run ends with what it had learnt, which is scored and kept.
        is_over: bool,
    },
    /// Hold the run after the step in progress.
    Pause { run: u32 },
    /// Go on with a paused run.
    Resume { run: u32 },
    /// End the run after the step in progress; what it has learnt is kept and scored. One that has not begun ends in
    /// [`Event::Failed`] with [`FailureKind::Cancelled`].
    Stop { run: u32 },
    /// Compare two sentences with the model as loaded and, where there is one, the trained model, also in mid-run.
    /// Reply: [`Event::Compared`].
    Compare {
        request: u32,
        /// First sentence.
        sentence_a: String,
        /// Second sentence.
        sentence_b: String,
    },
    /// Compare what the models of two runs say of the same pairs. Reply: [`Event::PredictionsCompared`].
    ///
    /// A model's predictions are rows of five little-endian `f32`, one for each pair: its class and its score (NaN for a pair
    /// without), then by the model the cosine, the index of the most probable class, and the log-likelihood, as in
    /// [`Predictions`].
    ComparePredictions {
        request: u32,
        /// By the model of the first run.
        #[serde(with = "serde_bytes")]
        #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
        first: Vec<u8>,
        /// By that of the second, of the same pairs in the same order.
        #[serde(with = "serde_bytes")]
        #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
        second: Vec<u8>,
    },
    /// Say what runs with some settings would train and cost. Reply: [`Event::Estimated`].
    Estimate {
        request: u32,
        /// Settings of the runs, but for what is frozen.
        config: TrainConfig,
        /// What is frozen in each of them.
        strategies: Vec<FreezeStrategy>,
        /// As in [`Command::Train`].
        n_workers: Option<usize>,
    },
    /// Encode sentences by the model as loaded and by the trained one, or the one in training as it is now. Reply:
    /// [`Event::Embedded`], after [`Event::Embedding`].
    Embed {
        request: u32,
        /// At most `max_embedded_sentences` of [`Event::Ready`], none of them blank.
        sentences: Vec<String>,
        /// True if a map and the change of neighbourhoods are wanted too.
        wants_map: bool,
    },
}

impl<F> Command<F> {
    /// The number that a failure of the command carries: its own, or that of the run it is about.
    pub fn request(&self) -> u32 {
        match self {
            Self::UseBackend { request, .. }
            | Self::Continue { request, .. }
            | Self::LoadModel { request, .. }
            | Self::InspectPairs { request, .. }
            | Self::RevisePlan { request, .. }
            | Self::LoadCorpus { request, .. }
            | Self::Cancel { request }
            | Self::Export { request, .. }
            | Self::Train { request, .. }
            | Self::Compare { request, .. }
            | Self::ComparePredictions { request, .. }
            | Self::Estimate { request, .. }
            | Self::Embed { request, .. } => *request,
            Self::Pause { run } | Self::Resume { run } | Self::Stop { run } => *run,
        }
    }
}

/// What the worker tells the page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "`request` and `run` are explained at the top")]
pub enum Event {
    /// The worker has started and takes commands.
    Ready {
        /// The settings of a run as the page offers them.
        default_config: TrainConfig,
        /// The freeze strategies, from the cheapest to the dearest.
        freeze_strategies: Vec<FreezeInfo>,
        /// What each of them is, in the order of the form; not among them is what is frozen.
        settings: &'static [Setting],
        /// Most workers that can share a run.
        max_workers: usize,
        /// Most sentences that [`Command::Embed`] takes.
        max_embedded_sentences: usize,
    },
    /// The device is being made ready: initialised, then checked against the CPU.
    Preparing {
        request: u32,
        /// Parts done.
        n_done: usize,
        /// Parts there are.
        n_total: usize,
    },
    /// Reply to [`Command::UseBackend`].
    BackendReady {
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
    /// Bytes of a model's files have been read.
    Loading {
        request: u32,
        /// Name of the file.
        file: String,
        /// Bytes read of all files of the request.
        loaded_bytes: f64,
        /// Bytes of all files.
        total_bytes: f64,
    },
    /// Reply to [`Command::LoadModel`].
    ModelLoaded { request: u32, model: ModelInfo },
    /// Rows of a file of pairs have been read.
    ReadingRows {
        request: u32,
        /// Rows read.
        n_rows: usize,
        /// Share of the file's bytes, 0 to 1.
        fraction: f64,
    },
    /// Reply to [`Command::InspectPairs`].
    PairsInspected {
        request: u32,
        /// What was found.
        inspection: Inspection,
    },
    /// Reply to [`Command::RevisePlan`].
    PlanRevised {
        request: u32,
        /// The plan, with what follows from the change.
        plan: ImportPlan,
        /// Why the plan can't be carried out; none if it can.
        problem: Option<String>,
    },
    /// Some of a new corpus's pairs, in file order; [`Event::CorpusLoaded`] follows the last.
    CorpusRows { request: u32, pairs: Vec<PairRecord> },
    /// Reply to [`Command::LoadCorpus`].
    CorpusLoaded {
        request: u32,
        /// The corpus; its pairs came in [`Event::CorpusRows`].
        corpus: CorpusInfo,
    },
    /// Some bytes of a file that is being exported.
    Exporting {
        request: u32,
        /// Where they begin: at the end of those before them, or earlier, where they take the place of others.
        start: f64,
        /// The bytes, a few megabytes at most. Transferred, not copied.
        #[serde(with = "serde_bytes")]
        #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
        bytes: Vec<u8>,
    },
    /// Reply to [`Command::Export`]: all of the file has come in [`Event::Exporting`].
    Exported {
        request: u32,
        /// Name for the file.
        name: String,
    },
    /// The pairs of a run are being tokenized. Between [`Command::Train`] and [`Event::StartingWorkers`]; not sent where it
    /// takes no time.
    Tokenizing {
        run: u32,
        /// Pairs tokenized.
        n_done: usize,
        /// Pairs there are.
        n_total: usize,
    },
    /// The other workers of a run are being started. Between [`Command::Train`] and [`Event::RunStarted`].
    StartingWorkers {
        run: u32,
        /// Parts done: each other worker starts, then takes in the model and the pairs.
        n_done: usize,
        /// Parts there are.
        n_total: usize,
    },
    /// The run has its batches and its optimiser. Follows [`Command::Train`] or [`Command::Continue`]; first of the run's
    /// events but for [`Event::Tokenizing`] and [`Event::StartingWorkers`].
    RunStarted {
        run: u32,
        /// Steps that were done before, where a run goes on.
        n_steps_done: usize,
        /// What is trained.
        trainable: TrainableCounts,
        /// What it is trained towards: objectives that have a weight and pairs to learn from.
        objectives: Vec<ObjectiveInfo>,
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
        /// True if the run is written down every so often; false where that would take too much memory.
        is_saved: bool,
    },
    /// A worker that shared the run is lost; the one asked goes on without the others.
    WorkersLost {
        run: u32,
        /// What is known of why.
        problem: String,
    },
    /// The device runs each kind of work once before the clock starts: a GPU compiles its shaders then.
    WarmingUp {
        run: u32,
        /// Parts done.
        n_done: usize,
        /// Parts there are.
        n_total: usize,
    },
    /// The run as it stands, from which [`Command::Continue`] goes on, in this worker or in another one, today or later.
    /// Sent every so often, and when the run is held.
    Checkpointed {
        run: u32,
        /// Where the run is.
        checkpoint: RunCheckpoint,
    },
    /// Sentences of the held-out pairs are being encoded.
    Evaluating {
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
        run: u32,
        /// Before or after training.
        moment: Moment,
        scores: Scores,
        /// What the model says of each held-out pair, in the order of [`Event::CorpusRows`].
        predictions: Predictions,
    },
    /// The scores before and after are compared on draws of the held-out pairs.
    Resampling {
        run: u32,
        /// Draws done.
        n_done: usize,
        /// Draws to do.
        n_total: usize,
    },
    /// One training step is done.
    Stepped {
        run: u32,
        /// What the step did.
        report: StepReport,
        /// Seconds the step took.
        step_secs: f64,
    },
    /// The run is held.
    Paused { run: u32 },
    /// The run goes on.
    Resumed { run: u32 },
    /// The run has ended; follows the scores after training. Last of the run's events.
    RunEnded {
        run: u32,
        /// True if the visitor ended it early.
        stopped: bool,
        /// Training steps done.
        n_steps_done: usize,
        /// Seconds of work, pauses not counted, evaluation included.
        elapsed_secs: f64,
        /// Of those, seconds of training steps.
        training_secs: f64,
        /// By how much each score has changed, and how sure that is; empty without a step or without held-out pairs.
        changes: Vec<ScoreChange>,
    },
    /// Reply to [`Command::Compare`].
    Compared {
        request: u32,
        /// Names of the classes that the probabilities are of; empty if neither model nor pairs have classes.
        classes: Vec<String>,
        /// By the model as loaded, with the head that came with it, or an untrained one.
        before: Comparison,
        /// By the trained model, or the model in training as it is now; none before the first run.
        after: Option<Comparison>,
        /// True if a sentence was cut to the longest the model takes.
        truncated: bool,
    },
    /// Reply to [`Command::ComparePredictions`].
    PredictionsCompared {
        request: u32,
        /// By how much each score of the second differs from that of the first, and how sure that is.
        changes: Vec<ScoreChange>,
    },
    /// Reply to [`Command::Estimate`].
    Estimated {
        request: u32,
        /// Of each strategy, in their order.
        estimates: Vec<RunEstimate>,
    },
    /// Sentences have been encoded.
    Embedding {
        request: u32,
        /// Sentences encoded, each counted once for each of the models.
        n_done: usize,
        /// Sentences to encode, counted in the same way.
        n_total: usize,
    },
    /// Reply to [`Command::Embed`].
    Embedded {
        request: u32,
        /// Width of an embedding.
        d_model: usize,
        /// Sentences that were cut to the longest the model takes.
        n_truncated: usize,
        /// By the model as loaded.
        before: SentenceEmbeddings,
        /// By the trained model, or the model in training; none before the first run.
        after: Option<SentenceEmbeddings>,
        /// The share of the variance of the embeddings before that each axis of the map has, 0 to 1; none without a map.
        explained_variance: Option<[f32; 2]>,
        /// How many others count as the nearest neighbours of a sentence.
        n_neighbours: usize,
        /// Of each sentence, the share of its nearest neighbours before that are no longer so after, 0 to 1; empty without
        /// a map or without a trained model.
        neighbour_changes: Vec<f32>,
    },
    /// A request or a run has failed; everything loaded before is still there.
    Failed {
        /// The request or run; none if the failure belongs to no request.
        request: Option<u32>,
        /// What failed.
        failure: Failure,
    },
}

impl Event {
    /// The first event.
    pub fn ready() -> Self {
        Self::Ready {
            default_config: TrainConfig::default(),
            freeze_strategies: FreezeStrategy::ALL.map(FreezeStrategy::info).to_vec(),
            settings: SETTINGS,
            max_workers: MAX_WORKERS,
            max_embedded_sentences: MAX_SENTENCES,
        }
    }
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
    /// [`ModelInfo::fingerprint`] of the model that the run began with.
    pub model: String,
    /// Scores before training; none if nothing is held out.
    pub before: Option<Scores>,
    /// The library's file: trained weights, optimiser, step and settings. Transferred, not copied.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
    pub bytes: Vec<u8>,
}

/// What a run would train and cost, by a sample of the pairs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunEstimate {
    /// Parameters that it would train.
    pub n_trained: usize,
    /// Floating-point operations of the encoder, those for the scores before and after included.
    pub flop: f64,
    /// Bytes that all of its workers would take.
    pub memory_bytes: f64,
    /// Why it can't be started; none if it can.
    pub problem: Option<String>,
}

/// The embeddings of some sentences by one model.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SentenceEmbeddings {
    /// d_model little-endian `f32` a sentence, one sentence after the other.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array<ArrayBuffer>"))]
    pub values: Vec<u8>,
    /// Where each sentence lies on the map: its embedding, scaled to length 1, less the mean of those before, along the two
    /// first principal axes of those before; empty without a map.
    pub map: Vec<[f32; 2]>,
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

/// Files that hold a model: a folder in the layout of sentence-transformers or of a plain checkpoint, or one zip of such
/// a folder.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(concrete(F = ())))]
pub struct ModelSource<F> {
    /// What the model is called, such as its hub id.
    pub name: String,
    /// Where the files come from, if they are a hub's: a script that trains the same model elsewhere names it.
    pub hub: Option<HubModel>,
    /// The files.
    pub files: Vec<SourceFile<F>>,
    /// Take only the first so many encoder layers; none takes all.
    pub n_layers: Option<usize>,
    /// Take of the files only the tokenizer, and draw a model of this size; none takes the files' weights.
    pub random: Option<RandomModel>,
}

/// A model on a hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HubModel {
    /// Its id, such as `sentence-transformers/all-MiniLM-L6-v2`.
    pub id: String,
    /// The revision, a commit where it is known.
    pub revision: String,
}

/// One file of a model.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(concrete(F = ())))]
pub struct SourceFile<F> {
    /// Path in the folder, such as `1_Pooling/config.json`.
    pub path: String,
    /// The file's bytes; read where they are wanted, and only once.
    #[cfg_attr(test, ts(type = "Blob"))]
    pub blob: F,
    /// What its SHA-256 must be, in hexadecimal digits; none if nobody has said.
    pub sha256: Option<String>,
}

/// A file of pairs.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(concrete(F = ())))]
pub struct PairFile<F> {
    /// Its name, which messages use, and whose ending tells the format where the content leaves it open.
    pub name: String,
    /// Its bytes.
    #[cfg_attr(test, ts(type = "Blob"))]
    pub blob: F,
}

/// What can be taken away.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExportKind {
    /// The trained model (the loaded one, if none has been trained), a zip in the layout of sentence-transformers with the
    /// classification head beside it.
    Model,
    /// The pairs, the settings, and the same run as a Python script, a zip for the terminal.
    Recipe {
        /// The settings of the run.
        config: TrainConfig,
    },
}

/// A loaded model.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ModelInfo {
    /// What it is called.
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
    /// Encoder layers of the files, of which the model may be the first few; none if it was drawn.
    pub n_layers_of_file: Option<usize>,
    /// How the weights were stored, such as "F16"; none if they were drawn.
    pub stored_as: Option<String>,
    /// How token vectors become one embedding.
    pub pooling: Pooling,
    /// True if embeddings are scaled to length 1.
    pub normalizes: bool,
    /// A sentence of more tokens than this is cut.
    pub max_seq_length: usize,
    /// Class names of the classification head that came with it; none if it came without.
    pub head_classes: Option<Vec<String>>,
    /// Names of the tensors of the file that the encoder has no use for.
    pub ignored_tensors: Vec<String>,
    /// A short name of its weights: the same for the same files and layers, hardly ever for others.
    pub fingerprint: String,
}

/// A loaded corpus.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct CorpusInfo {
    /// Name of the file.
    pub name: String,
    /// Class names, in the head's order.
    pub classes: Vec<String>,
    /// Its pairs.
    pub n_pairs: usize,
    /// Those held out from training.
    pub n_held_out: usize,
    /// Pairs of each class, of training and held-out pairs, in the classes' order.
    pub class_counts: Vec<[usize; 2]>,
    /// Pairs with a similarity.
    pub n_scored: usize,
    /// The scale that the similarities were on in the file, lowest and highest.
    pub score_range: [f64; 2],
    /// What was left out, and why.
    pub report: ImportReport,
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
    /// The visitor has given the request up.
    Cancelled,
    /// A file could not be read.
    File,
    /// The model's configuration, weights or tokenizer.
    Model,
    /// The pairs.
    Corpus,
    /// A setting of the run, or a sentence typed by the visitor.
    Setting,
    /// A checkpoint that is damaged, or of another model or other pairs.
    Checkpoint,
    /// A loss, a gradient or a weight of the run is no longer finite.
    Diverged,
    /// The device gave no result.
    Device,
    /// The command came at a moment when it can't be carried out, or could not be read.
    Command,
    /// A fault of this program.
    Internal,
}
