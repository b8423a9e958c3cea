// Generated from crate/page/src/protocol.rs by ts-rs. Do not edit.

export type TrainConfig = { freeze: FreezeStrategy, epochs: number, batch_size: number, learning_rate: number, head_learning_rate: number, warmup_fraction: number, weight_decay: number, max_gradient_norm: number, classification_weight: number, regression_weight: number, dropout: number, seed: number, shuffle: boolean, };

export type FreezeStrategy = { "kind": "everything" } | { "kind": "backbone" } | { "kind": "head" } | { "kind": "all_but_last", n_layers: number, } | { "kind": "nothing" };

export type TrainableCounts = { embeddings: number, layers: number, head: number, total: number, };

export type StepReport = { step: number, n_steps: number, epoch: number, classification_loss: number | null, regression_loss: number | null, loss: number, learning_rate: number, head_learning_rate: number, gradient_norm: number, fraction_done: number, };

export type ConfusionMatrix = { counts: Array<Array<number>>, };

export type Correlation = { pearson: number | null, spearman: number | null, };

export type Scores = { n_pairs: number, classification_loss: number | null, regression_loss: number | null, accuracy: number | null, macro_f1: number | null, confusion: ConfusionMatrix | null, correlation: Correlation | null, };

export type Moment = "before" | "after";

export type ModelInfo = { name: string, n_layers: number, d_model: number, n_heads: number, vocab_size: number, n_params: number, ignored_tensors: Array<string>, };

export type PairInfo = { id: string, held_out: boolean, sentence_a: string, sentence_b: string, label: number | null, score: number | null, };

export type CorpusInfo = { name: string, classes: Array<string>, pairs: Array<PairInfo>, n_skipped: number, };

export type Comparison = { cosine: number, probabilities: Array<number>, };

export type FailureKind = "network" | "model" | "corpus" | "setting" | "training" | "command" | "internal";

export type Failure = { kind: FailureKind, message: string, remedy: string, };

export type Command = { "kind": "load_model", request: number, url: string, } | { "kind": "load_corpus", request: number, url: string, } | { "kind": "train", request: number, config: TrainConfig, } | { "kind": "pause", run: number, } | { "kind": "resume", run: number, } | { "kind": "stop", run: number, } | { "kind": "compare", request: number, sentence_a: string, sentence_b: string, };

export type Event = { "kind": "ready", backend: string, default_config: TrainConfig, max_seq_length: number, } | { "kind": "loading", request: number, file: string, loaded_bytes: number, total_bytes: number | null, } | { "kind": "model_loaded", request: number, model: ModelInfo, } | { "kind": "corpus_loaded", request: number, corpus: CorpusInfo, } | { "kind": "run_started", run: number, trainable: TrainableCounts, n_steps: number, n_pairs: number, n_truncated: number, } | { "kind": "evaluating", run: number, moment: Moment, n_done: number, n_total: number, } | { "kind": "evaluated", run: number, moment: Moment, scores: Scores, } | { "kind": "stepped", run: number, report: StepReport, step_secs: number, } | { "kind": "paused", run: number, } | { "kind": "resumed", run: number, } | { "kind": "run_ended", run: number, stopped: boolean, n_steps_done: number, elapsed_secs: number, training_secs: number, } | { "kind": "compared", request: number, before: Comparison, after: Comparison | null, truncated: boolean, } | { "kind": "failed", request: number | null, failure: Failure, };
