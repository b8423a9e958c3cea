// Generated from crate/page/src/protocol.rs by its test; do not edit.

/**
 * What the page asks of the worker.
 */
export type Command = { "kind": "use_backend", 
/**
 * Number of the request.
 */
request: number, 
/**
 * What to compute on.
 */
backend: Backend, } | { "kind": "load_model", 
/**
 * Number of the request.
 */
request: number, 
/**
 * Address of the folder, absolute, without a trailing slash.
 */
url: string, } | { "kind": "load_corpus", 
/**
 * Number of the request.
 */
request: number, 
/**
 * Absolute address of a TSV, CSV or JSONL file.
 */
url: string, } | { "kind": "train", 
/**
 * Number of the request, and name of the run.
 */
request: number, 
/**
 * The run's settings.
 */
config: TrainConfig, 
/**
 * How many workers share it, the one asked included; none leaves it to the worker.
 */
n_workers: number | null, } | { "kind": "continue", 
/**
 * Number of the request, and new name of the run.
 */
request: number, 
/**
 * Where the run was.
 */
checkpoint: RunCheckpoint, 
/**
 * As in [`Command::Train`].
 */
n_workers: number | null, } | { "kind": "pause", 
/**
 * The run.
 */
run: number, } | { "kind": "resume", 
/**
 * The run.
 */
run: number, } | { "kind": "stop", 
/**
 * The run.
 */
run: number, } | { "kind": "compare", 
/**
 * Number of the request.
 */
request: number, 
/**
 * First sentence.
 */
sentence_a: string, 
/**
 * Second sentence.
 */
sentence_b: string, };

/**
 * What the worker tells the page.
 */
export type Event = { "kind": "ready", 
/**
 * The library's settings for a run, which the page offers.
 */
default_config: TrainConfig, 
/**
 * A sentence of more tokens than this is cut.
 */
max_seq_length: number, 
/**
 * Most workers that can share a run.
 */
max_workers: number, } | { "kind": "preparing", 
/**
 * The request it belongs to.
 */
request: number, 
/**
 * Parts done.
 */
n_done: number, 
/**
 * Parts there are.
 */
n_total: number, } | { "kind": "backend_ready", 
/**
 * Number of the request.
 */
request: number, 
/**
 * What the worker computes on.
 */
backend: BackendInfo, 
/**
 * Why it isn't what was asked for; none if it is.
 */
refusal: Refusal | null, } | { "kind": "backend_changed", 
/**
 * What the worker computes on now.
 */
backend: BackendInfo, 
/**
 * Why.
 */
refusal: Refusal, } | { "kind": "device_failed", 
/**
 * True if the device is gone; false if it has reported an error.
 */
lost: boolean, 
/**
 * What the browser said.
 */
message: string, } | { "kind": "loading", 
/**
 * The request it belongs to.
 */
request: number, 
/**
 * Name of the file.
 */
file: string, 
/**
 * Bytes received of all files of the request.
 */
loaded_bytes: number, 
/**
 * Bytes of all files; none if the server does not say.
 */
total_bytes: number | null, } | { "kind": "model_loaded", 
/**
 * Number of the request.
 */
request: number, 
/**
 * The model.
 */
model: ModelInfo, } | { "kind": "corpus_loaded", 
/**
 * Number of the request.
 */
request: number, 
/**
 * The corpus.
 */
corpus: CorpusInfo, } | { "kind": "starting_workers", 
/**
 * The run.
 */
run: number, 
/**
 * Parts done: each other worker starts, then takes in the model and the pairs.
 */
n_done: number, 
/**
 * Parts there are.
 */
n_total: number, } | { "kind": "run_started", 
/**
 * The run.
 */
run: number, 
/**
 * Steps that were done before, where a run goes on.
 */
n_steps_done: number, 
/**
 * What is trained.
 */
trainable: TrainableCounts, 
/**
 * Steps of the run; 0 if everything is frozen.
 */
n_steps: number, 
/**
 * Training pairs.
 */
n_pairs: number, 
/**
 * Sentences that were cut to the longest the model takes.
 */
n_truncated: number, 
/**
 * Workers that share the run.
 */
n_workers: number, 
/**
 * Why they are fewer than was asked for; none if they aren't.
 */
workers_problem: string | null, 
/**
 * Bytes, in each worker, of what the frozen layers make of the sentences, computed once and kept for the later
 * epochs; none where nothing is kept.
 */
kept_bytes: number | null, } | { "kind": "workers_lost", 
/**
 * The run.
 */
run: number, 
/**
 * What is known of why.
 */
problem: string, } | { "kind": "warming_up", 
/**
 * The run.
 */
run: number, 
/**
 * Parts done.
 */
n_done: number, 
/**
 * Parts there are.
 */
n_total: number, } | { "kind": "checkpointed", 
/**
 * The run.
 */
run: number, 
/**
 * Where the run is.
 */
checkpoint: RunCheckpoint, } | { "kind": "evaluating", 
/**
 * The run.
 */
run: number, 
/**
 * Before or after training.
 */
moment: Moment, 
/**
 * Sentences encoded.
 */
n_done: number, 
/**
 * Sentences to encode.
 */
n_total: number, } | { "kind": "evaluated", 
/**
 * The run.
 */
run: number, 
/**
 * Before or after training.
 */
moment: Moment, 
/**
 * The scores.
 */
scores: Scores, } | { "kind": "stepped", 
/**
 * The run.
 */
run: number, 
/**
 * What the step did.
 */
report: StepReport, 
/**
 * Seconds the step took.
 */
step_secs: number, } | { "kind": "paused", 
/**
 * The run.
 */
run: number, } | { "kind": "resumed", 
/**
 * The run.
 */
run: number, } | { "kind": "run_ended", 
/**
 * The run.
 */
run: number, 
/**
 * True if the visitor ended it early.
 */
stopped: boolean, 
/**
 * Training steps done.
 */
n_steps_done: number, 
/**
 * Seconds of work, pauses not counted, evaluation included.
 */
elapsed_secs: number, 
/**
 * Of those, seconds of training steps.
 */
training_secs: number, } | { "kind": "compared", 
/**
 * Number of the request.
 */
request: number, 
/**
 * By the model as loaded, its head untrained.
 */
before: Comparison, 
/**
 * By the trained model, or the model in training as it is now; none before the first run.
 */
after: Comparison | null, 
/**
 * True if a sentence was cut to the longest the model takes.
 */
truncated: boolean, } | { "kind": "failed", 
/**
 * The request or run; none if the failure belongs to no request.
 */
request: number | null, 
/**
 * What failed.
 */
failure: Failure, };

/**
 * What a worker can compute on.
 */
export type Backend = "webgpu" | "ndarray" | "flex";

/**
 * What the worker computes on.
 */
export type BackendInfo = { 
/**
 * Which kind it is.
 */
backend: Backend, 
/**
 * With WebGPU: the GPU.
 */
adapter: AdapterInfo | null, };

/**
 * A GPU as the browser describes it; browsers leave fields empty that would tell visitors apart.
 */
export type AdapterInfo = { 
/**
 * Who made it, such as "nvidia".
 */
vendor: string, 
/**
 * Its family, such as "ampere".
 */
architecture: string, 
/**
 * Its name, where the browser tells it.
 */
description: string, 
/**
 * True if the processor does its work: far slower than this lab's own code for the processor.
 */
is_software: boolean, 
/**
 * Bytes of the largest buffer.
 */
max_buffer_bytes: number, 
/**
 * Bytes of the largest part of a buffer that one shader can read.
 */
max_binding_bytes: number, 
/**
 * Threads of the largest workgroup.
 */
max_workgroup_invocations: number, };

/**
 * Why something other than WebGPU, or than what was asked for, computes.
 */
export type Refusal = { 
/**
 * The kind of reason.
 */
kind: RefusalKind, 
/**
 * Particulars, such as the limit or what differed.
 */
detail: string | null, };

/**
 * The kind of reason why WebGPU isn't used.
 */
export type RefusalKind = "not_offered" | "no_adapter" | "software" | "missing_feature" | "limits" | "self_check" | "device_lost" | "device_failed";

/**
 * A run between two steps.
 */
export type RunCheckpoint = { 
/**
 * Training steps done.
 */
step: number, 
/**
 * Seconds of work so far, pauses not counted.
 */
elapsed_secs: number, 
/**
 * Of those, seconds of training steps.
 */
training_secs: number, 
/**
 * The library's file: trained weights, optimiser, step and settings. Transferred, not copied.
 */
bytes: Uint8Array<ArrayBuffer>, };

/**
 * Before or after training.
 */
export type Moment = "before" | "after";

/**
 * A loaded model.
 */
export type ModelInfo = { 
/**
 * Name of the folder.
 */
name: string, 
/**
 * Encoder layers.
 */
n_layers: number, 
/**
 * Width of an embedding.
 */
d_model: number, 
/**
 * Attention heads of a layer.
 */
n_heads: number, 
/**
 * Entries of the vocabulary.
 */
vocab_size: number, 
/**
 * Parameters of the encoder.
 */
n_params: number, 
/**
 * Names of the tensors of the file that the encoder has no use for.
 */
ignored_tensors: Array<string>, };

/**
 * A loaded corpus.
 */
export type CorpusInfo = { 
/**
 * Name of the file.
 */
name: string, 
/**
 * Class names, in the head's order.
 */
classes: Array<string>, 
/**
 * Every pair, in file order.
 */
pairs: Array<PairInfo>, 
/**
 * Rows without a usable label that were passed over.
 */
n_skipped: number, };

/**
 * One pair of a corpus, to be shown.
 */
export type PairInfo = { 
/**
 * The record's own id.
 */
id: string, 
/**
 * True if the pair is held out from training.
 */
held_out: boolean, 
/**
 * First sentence.
 */
sentence_a: string, 
/**
 * Second sentence.
 */
sentence_b: string, 
/**
 * Index into the corpus's classes.
 */
label: number | null, 
/**
 * Similarity, 0 to 1.
 */
score: number | null, };

/**
 * What one model says of two sentences.
 */
export type Comparison = { 
/**
 * Cosine of the two embeddings, -1 to 1.
 */
cosine: number, 
/**
 * Probability of each class, in the head's order.
 */
probabilities: Array<number>, };

/**
 * An error, told to people.
 */
export type Failure = { 
/**
 * Which kind of thing is at fault.
 */
kind: FailureKind, 
/**
 * What happened, naming the file, line, tensor or setting.
 */
message: string, 
/**
 * What to do about it.
 */
remedy: string, };

/**
 * Which kind of thing is at fault.
 */
export type FailureKind = "network" | "model" | "corpus" | "setting" | "training" | "device" | "command" | "internal";

/**
 * Settings of one training run.
 */
export type TrainConfig = { 
/**
 * What is frozen.
 */
freeze: FreezeStrategy, 
/**
 * Passes over the training pairs.
 */
epochs: number, 
/**
 * Pairs in a step.
 */
batch_size: number, 
/**
 * Peak learning rate of the encoder.
 */
learning_rate: number, 
/**
 * Peak learning rate of the classification head, which starts from random weights.
 */
head_learning_rate: number, 
/**
 * Fraction of the steps over which the rates rise linearly from zero, after which they fall linearly to zero.
 */
warmup_fraction: number, 
/**
 * AdamW's decoupled weight decay; biases and layer norms are exempt.
 */
weight_decay: number, 
/**
 * Largest global norm of all trained gradients (PyTorch's `clip_grad_norm_`); 0 turns clipping off.
 */
max_gradient_norm: number, 
/**
 * Weight w_c of the cross-entropy in the joint loss.
 */
classification_weight: number, 
/**
 * Weight w_r of the mean squared error in the joint loss.
 */
regression_weight: number, 
/**
 * Dropout probability in the trained encoder layers.
 */
dropout: number, 
/**
 * Seed of the shuffling, of the head's first weights and of dropout.
 */
seed: number, 
/**
 * Whether pairs are shuffled and batched by length; without it, batches are taken in file order.
 */
shuffle: boolean, };

/**
 * Which part of the model stays as it is.
 *
 * The wire form is tagged: `{"kind": "all_but_last", "n_layers": 2}`.
 */
export type FreezeStrategy = { "kind": "everything" } | { "kind": "backbone" } | { "kind": "head" } | { "kind": "all_but_last", 
/**
 * How many encoder layers, counted from the output, are trained.
 */
n_layers: number, } | { "kind": "nothing" };

/**
 * How many parameters a run trains, part by part, so that an untrained head is never a surprise.
 */
export type TrainableCounts = { 
/**
 * Parameters of the embeddings that are trained.
 */
embeddings: number, 
/**
 * Parameters of the encoder layers that are trained.
 */
layers: number, 
/**
 * Parameters of the classification head that are trained.
 */
head: number, 
/**
 * All parameters, trained or frozen.
 */
total: number, };

/**
 * What one training step did.
 */
export type StepReport = { 
/**
 * Steps done so far, this one included.
 */
step: number, 
/**
 * Steps of the whole run.
 */
n_steps: number, 
/**
 * Epoch of this step, counted from 1.
 */
epoch: number, 
/**
 * Mean cross-entropy (nats) over the pairs of the batch that have a class; none if no pair has.
 */
classification_loss: number | null, 
/**
 * Mean squared error of the cosine over the pairs of the batch that have a score; none if no pair has.
 */
regression_loss: number | null, 
/**
 * The joint loss w_c · cross-entropy + w_r · MSE.
 */
loss: number, 
/**
 * Learning rate of the encoder at this step.
 */
learning_rate: number, 
/**
 * Learning rate of the head at this step.
 */
head_learning_rate: number, 
/**
 * Global norm of all trained gradients, before clipping.
 */
gradient_norm: number, 
/**
 * Fraction of the run's work that is done, 0 to 1; steps differ in cost, so this is not step / n_steps.
 */
fraction_done: number, };

/**
 * Scores on a set of pairs.
 */
export type Scores = { 
/**
 * Pairs evaluated.
 */
n_pairs: number, 
/**
 * Mean cross-entropy (nats) over the pairs with a class; none without such pairs.
 */
classification_loss: number | null, 
/**
 * Mean squared error of the cosine against the score over the pairs with a score; none without such pairs.
 */
regression_loss: number | null, 
/**
 * Fraction of the pairs with a class that are classified rightly.
 */
accuracy: number | null, 
/**
 * Unweighted mean of the classes' F1.
 */
macro_f1: number | null, 
/**
 * Counts of (gold class, predicted class).
 */
confusion: ConfusionMatrix | null, 
/**
 * Pearson and Spearman correlation of the cosine with the score.
 */
correlation: Correlation | null, };

/**
 * Counts of gold against predicted classes.
 */
export type ConfusionMatrix = { 
/**
 * `counts[gold][predicted]`.
 */
counts: Array<Array<number>>, };

/**
 * Correlation of predictions with gold scores.
 */
export type Correlation = { 
/**
 * Pearson's r; `None` where it is undefined (fewer than two pairs, or a constant side).
 */
pearson: number | null, 
/**
 * Spearman's rho, with ties given their mean rank; `None` where it is undefined.
 */
spearman: number | null, };
