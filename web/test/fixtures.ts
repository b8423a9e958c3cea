/** Plausible messages, for tests of the reducer. */

import { type Action, type ActionOfWorker, initialState, reduce, type State } from "../src/app/state";
import type { Probe } from "../src/features/compute/compute";
import { type FetchedModel, SERVED } from "../src/features/model/model";
import type { RunOrder } from "../src/features/train/form";
import type {
  AdapterInfo,
  BackendInfo,
  CorpusInfo,
  Failure,
  Inspection,
  ModelInfo,
  PairFile,
  PairInfo,
  StepReport,
  TrainConfig,
  Event as WorkerEvent,
} from "../src/protocol";
import { type AboutRun, RUN_FORMAT, type RunFiles } from "../src/storage/run_record";

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

export const FAILURE: Failure = { kind: "file", message: "no line", remedy: "try again" };

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
    said({ kind: "ready", default_config: CONFIG, max_workers: MAX_WORKERS }, 0, generation),
    did({ type: "backend_requested", request: 1 }, generation),
    said({ kind: "backend_ready", request: 1, backend, refusal: null }, 0, generation),
  ];
}

export const MODEL: ModelInfo = {
  name: "tiny",
  n_layers: 6,
  d_model: 8,
  n_heads: 2,
  vocab_size: 30,
  n_params: 1000,
  n_layers_of_file: 6,
  stored_as: "F32",
  pooling: "mean",
  normalizes: true,
  max_seq_length: 128,
  head_classes: null,
  ignored_tensors: [],
  fingerprint: "abc",
};

/** The files of the model that the page begins with. */
export const FETCHED: FetchedModel = { order: SERVED, name: "tiny", hub: null, files: [], keptKey: "served-abc" };

/** The page has fetched the first model's files. */
export const modelFetched: Action = { type: "model_fetched", attempt: 1, fetched: FETCHED };

export function modelRequested(request: number, generation = 0, fetched = FETCHED): Action {
  return did({ type: "model_requested", request, fetched }, generation);
}

export const PAIR: PairInfo = {
  id: "1",
  held_out: false,
  sentence_a: "A dog runs.",
  sentence_b: "An animal moves.",
  label: 0,
  score: 0.75,
};

export const CORPUS: CorpusInfo = {
  name: "few.tsv",
  classes: ["yes", "no"],
  n_pairs: 2,
  n_held_out: 1,
  class_counts: [
    [1, 0],
    [0, 1],
  ],
  n_scored: 2,
  score_range: [0, 5],
  report: { n_rows: 2, n_pairs: 2, n_unlabelled: 0, skipped: [], n_leaking_sentences: 0 },
};

const COLUMN = { n_empty: 0, values: null, number_range: null, mean_words: 1 };

/** A file with a column for everything. */
export const INSPECTION: Inspection = {
  format: "tsv",
  encoding: "utf8",
  has_header: true,
  columns: [
    { ...COLUMN, name: "n", number_range: [1, 100.5] },
    { ...COLUMN, name: "premise", mean_words: 9 },
    { ...COLUMN, name: "hypothesis", mean_words: 6 },
    { ...COLUMN, name: "gold_label", values: ["no", "-", "yes"] },
    { ...COLUMN, name: "score", number_range: [0, 4.8] },
    { ...COLUMN, name: "fold", values: ["train", "dev"] },
  ],
  n_rows: 2,
  preview: [["1", "A dog runs.", "An animal moves.", "yes", "4", "train"]],
  plan: {
    sentence_a: 1,
    sentence_b: 2,
    label: 3,
    score: 4,
    split: 5,
    id: 0,
    classes: ["no", "yes"],
    score_range: [0, 5],
    held_out: { kind: "by_column" },
    bad_rows: "skip",
    drop_duplicates: true,
  },
  question: null,
};

export function pairFile(name: string): PairFile {
  return { name, blob: new Blob(["A dog runs.\tAn animal moves.\tyes\n"]) };
}

export const demoFetched: Action = { type: "demo_fetched", file: pairFile("few.tsv") };

/** The worker reads the pairs of a request, and has them. */
export function pairsRead(request: number, corpus = CORPUS, generation = 0): Action[] {
  const pairs = [PAIR, { ...PAIR, held_out: true, label: 1 }];
  return [
    said({ kind: "reading_rows", request, n_rows: 2, fraction: 1 }, 0, generation),
    ...pairs.map((pair) => said({ kind: "corpus_rows", request, pairs: [pair] }, 0, generation)),
    said({ kind: "corpus_loaded", request, corpus }, 0, generation),
  ];
}

/** Model 1 and corpus 2 are loaded: the first worker's is the demo, a later one's the same again. */
export function loading(generation = 0): Action[] {
  const ask =
    generation === 0
      ? [demoFetched, did({ type: "import_requested", request: 2 })]
      : [did({ type: "corpus_requested", request: 2 }, generation)];
  return [
    modelFetched,
    modelRequested(1, generation),
    ...ask,
    said({ kind: "model_loaded", request: 1, model: MODEL }, 0, generation),
    ...pairsRead(2, CORPUS, generation),
  ];
}

type RunStarted = Extract<WorkerEvent, { kind: "run_started" }>;

/** A run has started, or goes on: 10 steps over 40 pairs and 3 epochs, by one worker. */
export function started(
  nStepsDone = 0,
  run = 3,
  generation = 0,
  at = 0,
  sharing: Partial<Pick<RunStarted, "n_workers" | "workers_problem" | "kept_bytes" | "is_saved">> = {},
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
    is_saved: true,
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
  const checkpoint = {
    step,
    elapsed_secs: step + 2,
    training_secs: step,
    model: MODEL.fingerprint,
    before: null,
    bytes: new Uint8Array(4),
  };
  return said({ kind: "checkpointed", run, checkpoint }, 0, generation);
}

export function deviceFailed(lost: boolean, generation = 0): Action {
  return said({ kind: "device_failed", lost, message: "driver reset." }, 0, generation);
}

/** Four of ten steps of a run are written down. */
export const ABOUT_RUN: AboutRun = {
  format: RUN_FORMAT,
  savedAt: 1_790_000_000_000,
  model: { name: "tiny", hub: null, keptKey: "served-abc", isServed: true, nLayers: null, random: null },
  pairs: { name: "few.tsv", nBytes: 9, plan: INSPECTION.plan },
  order: ORDER,
  labels: { classes: ["yes", "no"], hasScores: true, hasOwnHead: false },
  plan: { trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 }, nSteps: 10, nPairs: 40, nTruncated: 0 },
  checkpoint: { step: 4, elapsed_secs: 6, training_secs: 4, model: MODEL.fingerprint, before: null, nBytes: 4 },
  report: {
    step: 4,
    n_steps: 10,
    epoch: 1,
    classification_loss: 1,
    regression_loss: null,
    loss: 1,
    learning_rate: 1e-5,
    head_learning_rate: 1e-3,
    gradient_norm: 1,
    fraction_done: 0.4,
  },
  after: null,
  classification: { steps: [2, 4], raw: [2, 1], smooth: [2, 1.5], weightedSum: 0.285, weightSum: 0.19 },
  regression: { steps: [], raw: [], smooth: [], weightedSum: 0, weightSum: 0 },
  end: null,
};

/** Files of the sizes that the record says. */
export function runFilesOf(about: AboutRun): RunFiles {
  const ofSize = (nBytes: number) => new Uint8Array(nBytes).fill(7);
  return { about, checkpoint: ofSize(about.checkpoint.nBytes), pairs: ofSize(about.pairs.nBytes) };
}
