// Generated from crate/lab/src/protocol.rs by its test; do not edit.

/** What the page asks of the worker. */
export type Command = { "kind": "use_backend", request: number, 
/** What to compute on. */
backend: Backend, } | { "kind": "load_model", request: number, 
/** The files, and what is to be made of them. */
source: ModelSource, } | { "kind": "inspect_pairs", request: number, file: PairFile, 
/** How its text is written; none guesses it. */
encoding: TextEncoding | null, } | { "kind": "revise_plan", request: number, 
/** The columns of the file, as inspected. */
columns: Array<ColumnSummary>, 
/** The plan before the change. */
last: ImportPlan, 
/** The plan after it. */
plan: ImportPlan, } | { "kind": "load_corpus", request: number, file: PairFile, 
/** How it is understood; none takes what its own columns say, and refuses it at its first bad row. */
plan: ImportPlan | null, } | { "kind": "cancel", request: number, } | { "kind": "export", request: number, 
/** What is written. */
what: ExportKind, } | { "kind": "train", request: number, 
/** The run's settings. */
config: TrainConfig, 
/** How many workers share it, the one asked included; none leaves it to the worker. */
n_workers: number | null, } | { "kind": "continue", request: number, 
/** Where the run was. */
checkpoint: RunCheckpoint, 
/** As in [`Command::Train`]. */
n_workers: number | null, 
/** True to take no further step: the run ends with what it had learnt, which is scored and kept. */
is_over: boolean, } | { "kind": "pause", run: number, } | { "kind": "resume", run: number, } | { "kind": "stop", run: number, } | { "kind": "compare", request: number, 
/** First sentence. */
sentence_a: string, 
/** Second sentence. */
sentence_b: string, } | { "kind": "compare_predictions", request: number, 
/** By the model of the first run. */
first: Uint8Array<ArrayBuffer>, 
/** By that of the second, of the same pairs in the same order. */
second: Uint8Array<ArrayBuffer>, } | { "kind": "estimate", request: number, 
/** Settings of the runs, but for what is frozen. */
config: TrainConfig, 
/** What is frozen in each of them. */
strategies: Array<FreezeStrategy>, 
/** As in [`Command::Train`]. */
n_workers: number | null, } | { "kind": "embed", request: number, 
/** At most `max_embedded_sentences` of [`Event::Ready`], none of them blank. */
sentences: Array<string>, 
/** True if a map and the change of neighbourhoods are wanted too. */
wants_map: boolean, };

/** What the worker tells the page. */
export type Event = { "kind": "ready", 
/** The settings of a run as the page offers them. */
default_config: TrainConfig, 
/** The freeze strategies, from the cheapest to the dearest. */
freeze_strategies: Array<FreezeInfo>, 
/** What each of them is, in the order of the form; not among them is what is frozen. */
settings: Array<Setting>, 
/** Most workers that can share a run. */
max_workers: number, 
/** Most sentences that [`Command::Embed`] takes. */
max_embedded_sentences: number, } | { "kind": "preparing", request: number, 
/** Parts done. */
n_done: number, 
/** Parts there are. */
n_total: number, } | { "kind": "backend_ready", request: number, 
/** What the worker computes on. */
backend: BackendInfo, 
/** Why it isn't what was asked for; none if it is. */
refusal: Refusal | null, } | { "kind": "backend_changed", 
/** What the worker computes on now. */
backend: BackendInfo, 
/** Why. */
refusal: Refusal, } | { "kind": "device_failed", 
/** True if the device is gone; false if it has reported an error. */
lost: boolean, 
/** What the browser said. */
message: string, } | { "kind": "loading", request: number, 
/** Name of the file. */
file: string, 
/** Bytes read of all files of the request. */
loaded_bytes: number, 
/** Bytes of all files. */
total_bytes: number, } | { "kind": "model_loaded", request: number, model: ModelInfo, } | { "kind": "reading_rows", request: number, 
/** Rows read. */
n_rows: number, 
/** Share of the file's bytes, 0 to 1. */
fraction: number, } | { "kind": "pairs_inspected", request: number, 
/** What was found. */
inspection: Inspection, } | { "kind": "plan_revised", request: number, 
/** The plan, with what follows from the change. */
plan: ImportPlan, 
/** Why the plan can't be carried out; none if it can. */
problem: string | null, } | { "kind": "corpus_rows", request: number, pairs: Array<PairRecord>, } | { "kind": "corpus_loaded", request: number, 
/** The corpus; its pairs came in [`Event::CorpusRows`]. */
corpus: CorpusInfo, } | { "kind": "exporting", request: number, 
/** Where they begin: at the end of those before them, or earlier, where they take the place of others. */
start: number, 
/** The bytes, a few megabytes at most. Transferred, not copied. */
bytes: Uint8Array<ArrayBuffer>, } | { "kind": "exported", request: number, 
/** Name for the file. */
name: string, } | { "kind": "tokenizing", run: number, 
/** Pairs tokenized. */
n_done: number, 
/** Pairs there are. */
n_total: number, } | { "kind": "starting_workers", run: number, 
/** Parts done: each other worker starts, then takes in the model and the pairs. */
n_done: number, 
/** Parts there are. */
n_total: number, } | { "kind": "run_started", run: number, 
/** Steps that were done before, where a run goes on. */
n_steps_done: number, 
/** What is trained. */
trainable: TrainableCounts, 
/** What it is trained towards: objectives that have a weight and pairs to learn from. */
objectives: Array<ObjectiveInfo>, 
/** Steps of the run; 0 if everything is frozen. */
n_steps: number, 
/** Training pairs. */
n_pairs: number, 
/** Sentences that were cut to the longest the model takes. */
n_truncated: number, 
/** Workers that share the run. */
n_workers: number, 
/** Why they are fewer than was asked for; none if they aren't. */
workers_problem: string | null, 
/** Bytes, in each worker, of what the frozen layers make of the sentences, computed once and kept for the later
 * epochs; none where nothing is kept. */
kept_bytes: number | null, 
/** True if the run is written down every so often; false where that would take too much memory. */
is_saved: boolean, } | { "kind": "workers_lost", run: number, 
/** What is known of why. */
problem: string, } | { "kind": "warming_up", run: number, 
/** Parts done. */
n_done: number, 
/** Parts there are. */
n_total: number, } | { "kind": "checkpointed", run: number, 
/** Where the run is. */
checkpoint: RunCheckpoint, } | { "kind": "evaluating", run: number, 
/** Before or after training. */
moment: Moment, 
/** Sentences encoded. */
n_done: number, 
/** Sentences to encode. */
n_total: number, } | { "kind": "evaluated", run: number, 
/** Before or after training. */
moment: Moment, scores: Scores, 
/** What the model says of each held-out pair, in the order of [`Event::CorpusRows`]. */
predictions: Predictions, } | { "kind": "resampling", run: number, 
/** Draws done. */
n_done: number, 
/** Draws to do. */
n_total: number, } | { "kind": "stepped", run: number, 
/** What the step did. */
report: StepReport, 
/** Seconds the step took. */
step_secs: number, } | { "kind": "paused", run: number, } | { "kind": "resumed", run: number, } | { "kind": "run_ended", run: number, 
/** True if the visitor ended it early. */
stopped: boolean, 
/** Training steps done. */
n_steps_done: number, 
/** Seconds of work, pauses not counted, evaluation included. */
elapsed_secs: number, 
/** Of those, seconds of training steps. */
training_secs: number, 
/** By how much each score has changed, and how sure that is; empty without a step or without held-out pairs. */
changes: Array<ScoreChange>, } | { "kind": "compared", request: number, 
/** Names of the classes that the probabilities are of; empty if neither model nor pairs have classes. */
classes: Array<string>, 
/** By the model as loaded, with the head that came with it, or an untrained one. */
before: Comparison, 
/** By the trained model, or the model in training as it is now; none before the first run. */
after: Comparison | null, 
/** True if a sentence was cut to the longest the model takes. */
truncated: boolean, } | { "kind": "predictions_compared", request: number, 
/** By how much each score of the second differs from that of the first, and how sure that is. */
changes: Array<ScoreChange>, } | { "kind": "estimated", request: number, 
/** Of each strategy, in their order. */
estimates: Array<RunEstimate>, } | { "kind": "embedding", request: number, 
/** Sentences encoded, each counted once for each of the models. */
n_done: number, 
/** Sentences to encode, counted in the same way. */
n_total: number, } | { "kind": "embedded", request: number, 
/** Width of an embedding. */
d_model: number, 
/** Sentences that were cut to the longest the model takes. */
n_truncated: number, 
/** By the model as loaded. */
before: SentenceEmbeddings, 
/** By the trained model, or the model in training; none before the first run. */
after: SentenceEmbeddings | null, 
/** The share of the variance of the embeddings before that each axis of the map has, 0 to 1; none without a map. */
explained_variance: [number, number] | null, 
/** How many others count as the nearest neighbours of a sentence. */
n_neighbours: number, 
/** Of each sentence, the share of its nearest neighbours before that are no longer so after, 0 to 1; empty without
 * a map or without a trained model. */
neighbour_changes: Array<number>, } | { "kind": "failed", 
/** The request or run; none if the failure belongs to no request. */
request: number | null, 
/** What failed. */
failure: Failure, };

/** What a worker can compute on. */
export type Backend = "webgpu" | "ndarray" | "flex";

/** What the worker computes on. */
export type BackendInfo = { 
/** Which kind it is. */
backend: Backend, 
/** With WebGPU: the GPU. */
adapter: AdapterInfo | null, };

/** A GPU as the browser describes it; browsers leave fields empty that would tell visitors apart. */
export type AdapterInfo = { 
/** Who made it, such as "nvidia". */
vendor: string, 
/** Its family, such as "ampere". */
architecture: string, 
/** Its name, where the browser tells it. */
description: string, 
/** True if the processor does its work: far slower than this lab's own code for the processor. */
is_software: boolean, 
/** Bytes of the largest buffer. */
max_buffer_bytes: number, 
/** Bytes of the largest part of a buffer that one shader can read. */
max_binding_bytes: number, 
/** Threads of the largest workgroup. */
max_workgroup_invocations: number, };

/** Why something other than WebGPU, or than what was asked for, computes. */
export type Refusal = { 
/** The kind of reason. */
kind: RefusalKind, 
/** Particulars, such as the limit or what differed. */
detail: string | null, };

/** The kind of reason why WebGPU isn't used. */
export type RefusalKind = "not_offered" | "no_adapter" | "software" | "missing_feature" | "limits" | "self_check" | "device_lost" | "device_failed";

/** A run between two steps. */
export type RunCheckpoint = { 
/** Training steps done. */
step: number, 
/** Seconds of work so far, pauses not counted. */
elapsed_secs: number, 
/** Of those, seconds of training steps. */
training_secs: number, 
/** [`ModelInfo::fingerprint`] of the model that the run began with. */
model: string, 
/** Scores before training; none if nothing is held out. */
before: Scores | null, 
/** The library's file: trained weights, optimiser, step and settings. Transferred, not copied. */
bytes: Uint8Array<ArrayBuffer>, };

/** What a run would train and cost, by a sample of the pairs. */
export type RunEstimate = { 
/** Parameters that it would train. */
n_trained: number, 
/** Floating-point operations of the encoder, those for the scores before and after included. */
flop: number, 
/** Bytes that all of its workers would take. */
memory_bytes: number, 
/** Why it can't be started; none if it can. */
problem: string | null, };

/** The embeddings of some sentences by one model. */
export type SentenceEmbeddings = { 
/** d_model little-endian `f32` a sentence, one sentence after the other. */
values: Uint8Array<ArrayBuffer>, 
/** Where each sentence lies on the map: its embedding, scaled to length 1, less the mean of those before, along the two
 * first principal axes of those before; empty without a map. */
map: Array<[number, number]>, };

/** Before or after training. */
export type Moment = "before" | "after";

/** Files that hold a model: a folder in the layout of sentence-transformers or of a plain checkpoint, or one zip of such
 * a folder. */
export type ModelSource = { 
/** What the model is called, such as its hub id. */
name: string, 
/** Where the files come from, if they are a hub's: a script that trains the same model elsewhere names it. */
hub: HubModel | null, 
/** The files. */
files: Array<SourceFile>, 
/** Take only the first so many encoder layers; none takes all. */
n_layers: number | null, 
/** Take of the files only the tokenizer, and draw a model of this size; none takes the files' weights. */
random: RandomModel | null, };

/** A model on a hub. */
export type HubModel = { 
/** Its id, such as `sentence-transformers/all-MiniLM-L6-v2`. */
id: string, 
/** The revision, a commit where it is known. */
revision: string, };

/** One file of a model. */
export type SourceFile = { 
/** Path in the folder, such as `1_Pooling/config.json`. */
path: string, 
/** The file's bytes; read where they are wanted, and only once. */
blob: Blob, 
/** What its SHA-256 must be, in hexadecimal digits; none if nobody has said. */
sha256: string | null, };

/** Size of a model that is drawn, not loaded. */
export type RandomModel = { 
/** Encoder layers. */
n_layers: number, 
/** Width of every token's vector and of a sentence's embedding. */
d_model: number, 
/** Attention heads of a layer; d_model must be a multiple of it. */
n_heads: number, 
/** Width of the feed-forward layers. */
d_ff: number, 
/** Longest sequence of tokens. */
max_positions: number, 
/** Seed of the weights. */
seed: number, };

/** A file of pairs. */
export type PairFile = { 
/** Its name, which messages use, and whose ending tells the format where the content leaves it open. */
name: string, 
/** Its bytes. */
blob: Blob, };

/** What can be taken away. */
export type ExportKind = { "kind": "model" } | { "kind": "recipe", 
/** The settings of the run. */
config: TrainConfig, };

/** A loaded model. */
export type ModelInfo = { 
/** What it is called. */
name: string, 
/** Encoder layers. */
n_layers: number, 
/** Width of an embedding. */
d_model: number, 
/** Attention heads of a layer. */
n_heads: number, 
/** Entries of the vocabulary. */
vocab_size: number, 
/** Parameters of the encoder. */
n_params: number, 
/** Encoder layers of the files, of which the model may be the first few; none if it was drawn. */
n_layers_of_file: number | null, 
/** How the weights were stored, such as "F16"; none if they were drawn. */
stored_as: string | null, 
/** How token vectors become one embedding. */
pooling: Pooling, 
/** True if embeddings are scaled to length 1. */
normalizes: boolean, 
/** A sentence of more tokens than this is cut. */
max_seq_length: number, 
/** Class names of the classification head that came with it; none if it came without. */
head_classes: Array<string> | null, 
/** Names of the tensors of the file that the encoder has no use for. */
ignored_tensors: Array<string>, 
/** A short name of its weights: the same for the same files and layers, hardly ever for others. */
fingerprint: string, };

/** How a sentence's token vectors become one embedding (sentence-transformers' pooling modes of the same names). */
export type Pooling = "mean" | "cls" | "max";

/** A loaded corpus. */
export type CorpusInfo = { 
/** Name of the file. */
name: string, 
/** Class names, in the head's order. */
classes: Array<string>, 
/** Its pairs. */
n_pairs: number, 
/** Those held out from training. */
n_held_out: number, 
/** Pairs of each class, of training and held-out pairs, in the classes' order. */
class_counts: Array<[number, number]>, 
/** Pairs with a similarity. */
n_scored: number, 
/** The scale that the similarities were on in the file, lowest and highest. */
score_range: [number, number], 
/** What was left out, and why. */
report: ImportReport, };

/** One row of a file of pairs. */
export type PairRecord = { 
/** The record's own id, or its line number. */
id: string, 
/** The split the file names; none if it has no such column. */
split: Split | null, 
/** First sentence. */
sentence_a: string, 
/** Second sentence. */
sentence_b: string, 
/** Index of the class. */
label: number | null, 
/** Similarity, rescaled to 0–1. */
score: number | null, };

/** Which side of the train/held-out split a pair is on. */
export type Split = "train" | "held_out";

/** What a first pass over a file has found. */
export type Inspection = { 
/** How rows are written. */
format: FileFormat, 
/** How text is written. */
encoding: TextEncoding, 
/** True if the first row names the columns. JSON Lines always do. */
has_header: boolean, 
/** The columns, in file order; for JSON Lines the keys, in order of first appearance. */
columns: Array<ColumnSummary>, 
/** Rows, the header not counted. */
n_rows: number, 
/** Cells of the first rows, each cut to a length that can be shown. */
preview: Array<Array<string>>, 
/** What the names and the content suggest. */
plan: ImportPlan, 
/** What the visitor has to say before the file can be imported; none if the plan is complete. */
question: string | null, 
/** Why the plan can't be carried out; none if it can. */
problem: string | null, 
/** How pairs are held out where no column says it and the visitor nothing else. */
drawn: HeldOut, };

/** How rows are written. */
export type FileFormat = "tsv" | "csv" | "semicolon_csv" | "json_lines";

/** How text is written. */
export type TextEncoding = "utf8" | "utf16_le" | "utf16_be" | "windows1252";

/** One column. */
export type ColumnSummary = { 
/** Its name; "column 1", "column 2", … in a file without a header. */
name: string, 
/** Rows in which it is empty or missing. */
n_empty: number, 
/** Its distinct values in order of first appearance; none if there are more than [`MAX_CLASSES`], or one is too long
 * for the name of a class. */
values: Array<string> | null, 
/** Lowest and highest number, if nearly all values that aren't empty are numbers. */
number_range: [number, number] | null, 
/** Mean number of words of a value, which tells sentences from labels. */
mean_words: number, };

/** What is to be made of a file. Columns are positions in [`Inspection::columns`]. */
export type ImportPlan = { 
/** Column of the first sentence; an import needs one. */
sentence_a: number | null, 
/** Column of the second sentence; an import needs one. */
sentence_b: number | null, 
/** Column of the class. */
label: number | null, 
/** Column of the similarity. */
score: number | null, 
/** Column that names the split. */
split: number | null, 
/** Column of the row's own name. */
id: number | null, 
/** Class names in the head's order. A cell is a name (in any case) or, unless a name is a number, a position in this
 * list. Cells that are empty, "-" (SNLI) or "-1" (hub data sets) and no name say that there is no class. */
classes: Array<string>, 
/** Lowest and highest score of the scale; scores are rescaled from it to 0–1. */
score_range: [number, number], 
/** Which pairs are held out from training. */
held_out: HeldOut, 
/** What becomes of rows that can't be used. */
bad_rows: BadRows, 
/** Whether a pair that has come before, with the same labels or others, is left out. */
drop_duplicates: boolean, 
/** How text is written; none guesses it. In another encoding a file has other names and values, so it has to be
 * inspected again. */
encoding: TextEncoding | null, };

/** Which pairs are held out from training. */
export type HeldOut = { "kind": "by_column" } | { "kind": "fraction", 
/** From 0 to below 1. */
fraction: number, 
/** Seed of the draw, from 0 to 2³² − 1. A visitor may type any number, so the check of the plan refuses others. */
seed: number, } | { "kind": "all" } | { "kind": "nothing" };

/** What becomes of rows that can't be used. */
export type BadRows = "skip" | "refuse";

/** What came of an import. */
export type ImportReport = { 
/** Rows of the file, the header not counted. */
n_rows: number, 
/** Pairs that were taken. */
n_pairs: number, 
/** Rows left out because they have neither a class (or SNLI's "-") nor a score. */
n_unlabelled: number, 
/** Rows left out as they can't be used, kind by kind, most frequent first. */
skipped: Array<SkippedRows>, 
/** Sentences that are in training pairs and held-out pairs alike, which only a split column can cause. */
n_leaking_sentences: number, };

/** Rows that were left out for one reason. */
export type SkippedRows = { 
/** The reason. */
fault: RowFault, 
/** How many. */
n_rows: number, 
/** The first of them: line, counted from 1, and what is wrong there. */
examples: Array<RowExample>, };

/** Why a row can't be used. */
export type RowFault = "empty_sentence" | "column_count" | "too_long" | "nul_byte" | "encoding" | "not_json" | "unknown_class" | "bad_score" | "unknown_split" | "duplicate";

/** One row that was left out. */
export type RowExample = { 
/** Line, counted from 1. */
line: bigint, 
/** What is wrong there, naming the column. */
problem: string, };

/** What a model says of two sentences. */
export type Comparison = { 
/** Cosine of the embeddings, -1 to 1. */
cosine: number, 
/** Probability of each class, in the head's order. */
probabilities: Array<number>, };

/** An error, told to people. */
export type Failure = { 
/** Which kind of thing is at fault. */
kind: FailureKind, 
/** What happened, naming the file, line, tensor or setting. */
message: string, 
/** What to do about it. */
remedy: string, };

/** Which kind of thing is at fault. */
export type FailureKind = "cancelled" | "file" | "model" | "corpus" | "setting" | "checkpoint" | "diverged" | "device" | "command" | "internal";

/** Settings of one training run. */
export type TrainConfig = { 
/** What is frozen. */
freeze: FreezeStrategy, 
/** Passes over the training pairs. */
epochs: number, 
/** Pairs in a step. */
batch_size: number, 
/** Peak learning rate of the encoder. */
learning_rate: number, 
/** Peak learning rate of the classification head. */
head_learning_rate: number, 
/** Fraction of the steps over which the rates rise linearly from zero; then they fall linearly to zero. */
warmup_fraction: number, 
/** Decoupled weight decay of AdamW; biases and layer norms are exempt. */
weight_decay: number, 
/** Decay of the second moment of AdamW: how slowly it forgets the size of earlier gradients. */
beta_2: number, 
/** Largest global norm of all trained gradients; 0 turns clipping off. */
max_gradient_norm: number, 
/** Weight of the cross-entropy in the joint loss. */
classification_weight: number, 
/** Weight of the squared error of the cosine in the joint loss. */
regression_weight: number, 
/** Weight of CoSENT, which orders the cosines as the scores are ordered, in the joint loss. */
cosent_weight: number, 
/** Dropout probability in the trained encoder layers. */
dropout: number, 
/** Seed of the shuffling, of the first weights of the head and of dropout: the same seed gives the same run. */
seed: number, 
/** Shuffle the pairs in every epoch and batch them by length; otherwise they are batched in file order. */
shuffle: boolean, };

/** Which part of the model stays as it is.
 *
 * The wire form is tagged: `{"kind": "all_but_last", "n_layers": 2}`. */
export type FreezeStrategy = { "kind": "everything" } | { "kind": "backbone" } | { "kind": "embeddings" } | { "kind": "head" } | { "kind": "all_but_last", 
/** How many encoder layers, counted from the output, are trained. */
n_layers: number, } | { "kind": "nothing" };

/** A strategy in words. */
export type FreezeInfo = { 
/** Its kind in the wire form. */
kind: FreezeStrategy["kind"], 
/** Its form on the command line; the number of layers, if it has one, follows after a dash. */
flag: string, 
/** What stays frozen. */
title: string, 
/** What learns. */
text: string, 
/** The same as parts of the model. */
trained: TrainedParts, };

/** Which parts of a model learn. */
export type TrainedParts = { 
/** True if the embeddings learn. */
embeddings: boolean, 
/** The encoder layers that learn. */
layers: TrainedLayers, 
/** True if the classification head learns, where there are classes. */
head: boolean, };

/** Which encoder layers learn. */
export type TrainedLayers = "none" | { "last": number } | "all";

/** The description of a setting. The page does not get what only the terminal, the script and this crate use. */
export type Setting = { 
/** The field of [`TrainConfig`]. The script has it as a constant, in capitals. */
name: Exclude<keyof TrainConfig, "freeze">, 
/** Its short name in the form and in the model card. */
label: string, 
/** What it is, in a sentence. */
help: string, 
/** The values that it may have. */
range: ValueRange, 
/** The loss that it is the weight of; none if it is no weight. */
weight: LossWeight | null, 
/** True if the form always shows it; the others are under "More settings". */
is_common: boolean, };

/** The values that a setting may have. A switch is a number too: 1 is on, 0 is off. */
export type ValueRange = { "kind": "real", 
/** The smallest value. */
min: number, 
/** The largest value, so that no product of settings exceeds what an f32 can hold. */
max: number, 
/** True if `max` itself is too large. */
is_below_max: boolean, } | { "kind": "whole", 
/** The smallest value. */
min: number, 
/** The largest value. */
max: number, } | { "kind": "switch" };

/** The place of a weight in the joint loss, a weighted sum. */
export type LossWeight = { 
/** Index of the weight in the formula: "c" of w_c. */
index: string, 
/** What it multiplies. */
loss: string, };

/** How many parameters a run trains, part by part, so that an untrained head is never a surprise. */
export type TrainableCounts = { 
/** Parameters of the embeddings that are trained. */
embeddings: number, 
/** Parameters of the encoder layers that are trained. */
layers: number, 
/** Parameters of the classification head that are trained. */
head: number, 
/** All parameters, trained or frozen. */
total: number, };

/** An objective in words. */
export type ObjectiveInfo = { 
/** Its name in reports and traces. */
name: string, 
/** The title of its curve. */
title: string, 
/** What its loss is, with its unit. */
unit: string, 
/** What it does, as part of a sentence. */
description: string, 
/** The label of the pairs that it learns from. */
label: Label, };

/** What a pair may be labelled with. */
export type Label = "class" | "score";

/** What one training step did. */
export type StepReport = { 
/** Steps done so far, this one included. */
step: number, 
/** Steps of the whole run. */
n_steps: number, 
/** Epoch of this step, counted from 1. */
epoch: number, 
/** The loss of each objective that the batch has labels for, by its name. */
losses: { [key in string]: number }, 
/** The joint loss, Σ weight · loss. */
loss: number, 
/** Learning rate of the encoder at this step. */
learning_rate: number, 
/** Learning rate of the head at this step. */
head_learning_rate: number, 
/** Global norm of all trained gradients, before clipping. */
gradient_norm: number, 
/** Fraction of the run's work that is done, 0 to 1; steps differ in cost, so this is not step / n_steps. */
fraction_done: number, };

/** Scores on a set of pairs. */
export type Scores = { 
/** Pairs evaluated. */
n_pairs: number, 
/** Mean cross-entropy (nats) over the pairs with a class; none without such pairs. */
classification_loss: number | null, 
/** Mean squared error of the cosine against the score over the pairs with a score; none without such pairs. */
regression_loss: number | null, 
/** Fraction of the pairs with a class that are classified rightly. */
accuracy: number | null, 
/** Unweighted mean of the classes' F1. */
macro_f1: number | null, 
/** Counts of (gold class, predicted class). */
confusion: ConfusionMatrix | null, 
/** Pearson and Spearman correlation of the cosine with the score. */
correlation: Correlation | null, };

/** Counts of gold against predicted classes. */
export type ConfusionMatrix = { 
/** `counts[gold][predicted]`. */
counts: Array<Array<number>>, };

/** Correlation of predictions with gold scores. */
export type Correlation = { 
/** Pearson's r; `None` where it is undefined (fewer than two pairs, or a constant side). */
pearson: number | null, 
/** Spearman's rho, with ties given their mean rank; `None` where it is undefined. */
spearman: number | null, };

/** What a model says of some pairs, a value for each pair in their order. */
export type Predictions = { 
/** Classes that the head tells apart. */
n_classes: number, 
/** Cosine of the two embeddings. */
cosines: Array<number>, 
/** Index of the most probable class. */
classes: Array<number>, 
/** Its probability, 0 to 1. */
probabilities: Array<number>, 
/** Natural logarithm of the probability of the pair's own class; 0 for a pair without. */
log_likelihoods: Array<number>, };

/** By how much a score differs from one model to another. */
export type ScoreChange = { 
/** Which score. */
score: ScoreName, 
/** The second model's less the first's. */
change: number, 
/** 95 % interval of the difference; none if the score is undefined on some draw of the pairs. */
interval: [number, number] | null, };

/** The name of a score that is one number. */
export type ScoreName = "accuracy" | "macro_f1" | "spearman" | "pearson" | "classification_loss" | "regression_loss";
