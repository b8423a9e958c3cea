/** Plausible messages, for tests of the reducer. */

import type { AdapterInfo, BackendInfo, Failure, StepReport, TrainConfig, Event as WorkerEvent } from "../src/protocol";
import { type Action, type ActionOfWorker, initialState, reduce, type State } from "../src/state";
import type { Probe } from "../src/state/compute";
import type { RunOrder } from "../src/state/form";

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

export const MAX_WORKERS = 4;

export const ORDER: RunOrder = { config: CONFIG, nWorkers: 2 };

export const FAILURE: Failure = { kind: "network", message: "no line", remedy: "try again" };

export const ADAPTER: AdapterInfo = {
  vendor: "nvidia",
  architecture: "ampere",
  description: "",
  is_software: false,
  max_buffer_bytes: 2 ** 31,
  max_binding_bytes: 2 ** 31,
  max_workgroup_invocations: 1024,
};

export const HARDWARE: Probe = { kind: "hardware", adapter: ADAPTER };
export const SOFTWARE: Probe = { kind: "software", adapter: { ...ADAPTER, is_software: true } };
export const NO_ADAPTER: Probe = { kind: "no_adapter", detail: null };

export const ON_CPU: BackendInfo = { backend: "flex", adapter: null };
export const ON_GPU: BackendInfo = { backend: "webgpu", adapter: ADAPTER };

export function said(event: WorkerEvent, at = 0, generation = 0): Action {
  return { type: "worker_said", generation, event, at };
}

type WithoutGeneration<T> = T extends unknown ? Omit<T, "generation"> : never;

/** Something that the page has done with its worker. */
export function did(action: WithoutGeneration<ActionOfWorker>, generation = 0): Action {
  return { ...action, generation };
}

export function after(state: State, ...actions: Action[]): State {
  return actions.reduce(reduce, state);
}

/** A worker starts, is told its backend in request 1, and computes on `backend`. */
export function handshake(backend: BackendInfo, generation = 0): Action[] {
  return [
    said({ kind: "ready", default_config: CONFIG, max_seq_length: 128, max_workers: MAX_WORKERS }, 0, generation),
    did({ type: "backend_requested", request: 1 }, generation),
    said({ kind: "backend_ready", request: 1, backend, refusal: null }, 0, generation),
  ];
}

/** Model 1 and corpus 2 are loaded. */
export function loading(generation = 0): Action[] {
  const model = {
    name: "tiny",
    n_layers: 6,
    d_model: 8,
    n_heads: 2,
    vocab_size: 30,
    n_params: 1000,
    ignored_tensors: [],
  };
  const corpus = { name: "few", classes: ["yes", "no"], pairs: [], n_skipped: 0 };
  return [
    did({ type: "model_requested", request: 1 }, generation),
    did({ type: "corpus_requested", request: 2 }, generation),
    said({ kind: "model_loaded", request: 1, model }, 0, generation),
    said({ kind: "corpus_loaded", request: 2, corpus }, 0, generation),
  ];
}

type RunStarted = Extract<WorkerEvent, { kind: "run_started" }>;

/** A run has started, or goes on: 10 steps over 40 pairs and 3 epochs, by one worker. */
export function started(
  nStepsDone = 0,
  run = 3,
  generation = 0,
  at = 0,
  sharing: Partial<Pick<RunStarted, "n_workers" | "workers_problem" | "kept_bytes">> = {},
): Action {
  const event: RunStarted = {
    kind: "run_started",
    run,
    n_steps_done: nStepsDone,
    trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 },
    n_steps: 10,
    n_pairs: 40,
    n_truncated: 0,
    n_workers: 1,
    workers_problem: null,
    kept_bytes: null,
    ...sharing,
  };
  return said(event, at, generation);
}

/** Of the other workers of a run so many have been started. */
export function startingWorkers(nDone: number, at: number, run = 3, generation = 0): Action {
  return said({ kind: "starting_workers", run, n_done: nDone, n_total: 3 }, at, generation);
}

export const ready: State = after(initialState, did({ type: "probed", probe: NO_ADAPTER }), ...handshake(ON_CPU));

export const loaded: State = after(ready, ...loading());

export const runRequested = did({ type: "run_requested", request: 3, order: ORDER, at: 0 });

/** Run 3 has started. */
export const running: State = after(loaded, runRequested, started());

/** The same on a GPU. */
export const runningOnGpu: State = after(
  initialState,
  did({ type: "probed", probe: HARDWARE }),
  ...handshake(ON_GPU),
  ...loading(),
  runRequested,
  started(),
);

export function stepped(step: number, at: number, change: Partial<StepReport> = {}, run = 3, generation = 0): Action {
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
  return said({ kind: "stepped", run, report, step_secs: 1 }, at, generation);
}

export function ended(at: number, stopped = false, run = 3, generation = 0): Action {
  const [n_steps_done, elapsed_secs, training_secs] = [10, 12, 10];
  return said({ kind: "run_ended", run, stopped, n_steps_done, elapsed_secs, training_secs }, at, generation);
}

export function checkpointed(step: number, run = 3, generation = 0): Action {
  const checkpoint = { step, elapsed_secs: step + 2, training_secs: step, bytes: new Uint8Array(4) };
  return said({ kind: "checkpointed", run, checkpoint }, 0, generation);
}

export function deviceFailed(lost: boolean, generation = 0): Action {
  return said({ kind: "device_failed", lost, message: "driver reset." }, 0, generation);
}
