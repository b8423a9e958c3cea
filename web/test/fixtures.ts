/** Plausible messages, for tests of the reducer. */

import type { Failure, StepReport, TrainConfig, Event as WorkerEvent } from "../src/protocol";
import { type Action, initialState, reduce, type State } from "../src/state";

export const CONFIG: TrainConfig = {
  freeze: { kind: "backbone" },
  epochs: 3,
  batch_size: 16,
  learning_rate: 1e-4,
  head_learning_rate: 1e-2,
  warmup_fraction: 0.1,
  weight_decay: 0.01,
  max_gradient_norm: 1,
  classification_weight: 1,
  regression_weight: 1,
  dropout: 0.1,
  seed: 42,
  shuffle: true,
};

export const FAILURE: Failure = { kind: "network", message: "no line", remedy: "try again" };

export function said(event: WorkerEvent, at = 0): Action {
  return { type: "worker_said", event, at };
}

export function after(state: State, ...actions: Action[]): State {
  return actions.reduce(reduce, state);
}

export const ready: State = after(
  initialState,
  said({ kind: "ready", backend: "test", default_config: CONFIG, max_seq_length: 128 }),
);

/** Model 1 and corpus 2 are loaded. */
export const loaded: State = after(
  ready,
  { type: "model_requested", request: 1 },
  { type: "corpus_requested", request: 2 },
  said({
    kind: "model_loaded",
    request: 1,
    model: {
      name: "tiny",
      n_layers: 6,
      d_model: 8,
      n_heads: 2,
      vocab_size: 30,
      n_params: 1000,
      ignored_tensors: [],
    },
  }),
  said({ kind: "corpus_loaded", request: 2, corpus: { name: "few", classes: ["yes", "no"], pairs: [], n_skipped: 0 } }),
);

/** Run 3 has started: 10 steps over 40 pairs and 3 epochs. */
export const running: State = after(
  loaded,
  { type: "run_requested", request: 3, config: CONFIG, at: 0 },
  said({
    kind: "run_started",
    run: 3,
    trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 },
    n_steps: 10,
    n_pairs: 40,
    n_truncated: 0,
  }),
);

export function stepped(step: number, at: number, change: Partial<StepReport> = {}, run = 3): Action {
  const report: StepReport = {
    step,
    n_steps: 10,
    epoch: 1,
    classification_loss: 1,
    regression_loss: 0.1,
    loss: 1.1,
    learning_rate: 1e-5,
    head_learning_rate: 1e-3,
    gradient_norm: 1,
    fraction_done: step / 10,
    ...change,
  };
  return said({ kind: "stepped", run, report, step_secs: 1 }, at);
}

export const ended = (at: number): Action =>
  said({ kind: "run_ended", run: 3, stopped: false, n_steps_done: 10, elapsed_secs: 12, training_secs: 10 }, at);
