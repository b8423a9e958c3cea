/** Plausible actions, for tests of the reducer. */

import { reduce } from "../src/app/reducer";
import { labelsOf } from "../src/app/selectors";
import { type Action, initialState, type State } from "../src/app/state";
import type { Probe } from "../src/features/compute/state";
import { type FetchedModel, SERVED } from "../src/features/model/state";
import type { Offer, RunOrder } from "../src/features/train/form";
import type { Run } from "../src/features/train/run";
import type {
  AdapterInfo,
  BackendInfo,
  CorpusInfo,
  Failure,
  Inspection,
  ModelInfo,
  ObjectiveInfo,
  PairFile,
  PairRecord,
  Predictions,
  StepReport,
  TrainConfig,
} from "../src/protocol";
import { type AboutRun, RUN_FORMAT, type RunFiles } from "../src/storage/run_record";
import type { ProgressOf, RunEvent } from "../src/worker/client";
import { READY } from "./ready";

export const CONFIG: TrainConfig = READY.default_config;

export const MAX_WORKERS = 4;

/** What a worker on the CPU offers. */
export const OFFER: Offer = { ...READY, max_workers: MAX_WORKERS, isOnGpu: false };

export const OBJECTIVES: ObjectiveInfo[] = [
  { name: "classification", title: "Classes", unit: "nats", description: "cross-entropy", label: "class" },
  { name: "regression", title: "Scores", unit: "squares", description: "squared error", label: "score" },
];

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

export function after(state: State, ...actions: Action[]): State {
  return actions.reduce(reduce, state);
}

export function runAfter(state: State, ...actions: Action[]): Run | null {
  return after(state, ...actions).train.run;
}

/** The browser has answered, a worker has started, and computes on `backend`. */
export function started(probe: Probe, backend: BackendInfo): Action[] {
  return [{ type: "compute/probed", probe }, ...handshake(backend)];
}

/** A worker starts and computes on `backend`. */
export function handshake(backend: BackendInfo): Action[] {
  return [
    { type: "worker/started", offer: OFFER },
    { type: "compute/ready", backend, refusal: null },
  ];
}

export const crash: Action = { type: "worker/crashed", message: "unreachable" };

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
export const modelFetched: Action = { type: "model/fetched", fetched: FETCHED };

export function loadStarted(fetched = FETCHED): Action {
  return { type: "model/load_started", fetched };
}

export function modelLoaded(change: Partial<ModelInfo> = {}): Action {
  return { type: "model/loaded", info: { ...MODEL, ...change } };
}

export const PAIR: PairRecord = {
  id: "1",
  split: "train",
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
    encoding: "utf8",
  },
  question: null,
  problem: null,
  drawn: { kind: "fraction", fraction: 0.2, seed: 42 },
};

export function pairFile(name: string): PairFile {
  return { name, blob: new Blob(["A dog runs.\tAn animal moves.\tyes\n"]) };
}

export const demoFetched: Action = { type: "pairs/demo_fetched", file: pairFile("few.tsv") };

/** The worker reads the pairs of an import, and has them. */
export function pairsImported(info = CORPUS): Action[] {
  const progressed = (event: ProgressOf<"load_corpus">): Action => ({ type: "pairs/import_progressed", event, at: 0 });
  return [
    progressed({ kind: "reading_rows", request: 0, n_rows: 2, fraction: 1 }),
    progressed({ kind: "corpus_rows", request: 0, pairs: [PAIR] }),
    progressed({ kind: "corpus_rows", request: 0, pairs: [{ ...PAIR, split: "held_out", label: 1 }] }),
    { type: "pairs/imported", info },
  ];
}

/** The first worker loads the model and the demo. */
export const loading: Action[] = [modelFetched, loadStarted(), demoFetched, modelLoaded(), ...pairsImported()];

/** A later worker is given the same again. */
export const reloading: Action[] = [loadStarted(), modelLoaded(), { type: "pairs/restored", info: CORPUS }];

type WithoutRun<T> = T extends unknown ? Omit<T, "run"> : never;

/** The worker reports of the run. */
export function reported(event: WithoutRun<RunEvent>, at = 0): Action {
  return { type: "train/reported", event: { ...event, run: 0 }, at };
}

type RunStarted = Extract<RunEvent, { kind: "run_started" }>;

/** A run has begun: 10 steps over 40 pairs and 3 epochs, by one worker. */
export const RUN_STARTED: WithoutRun<RunStarted> = {
  kind: "run_started",
  n_steps_done: 0,
  trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 },
  objectives: OBJECTIVES,
  n_steps: 10,
  n_pairs: 40,
  n_truncated: 0,
  n_workers: 1,
  workers_problem: null,
  kept_bytes: null,
  is_saved: true,
};

/** A run has begun, or continues. */
export function begun(nStepsDone = 0, at = 0, change: Partial<RunStarted> = {}): Action {
  return reported({ ...RUN_STARTED, n_steps_done: nStepsDone, ...change }, at);
}

/** Of the other workers of a run so many have been started. */
export function startingWorkers(nDone: number, at: number): Action {
  return reported({ kind: "starting_workers", n_done: nDone, n_total: 3 }, at);
}

export const ready: State = after(initialState, ...started(NO_ADAPTER, ON_CPU));

export const loaded: State = after(ready, ...loading);

export const runStarted: Action = { type: "train/started", order: ORDER, labels: labelsOf(loaded), at: 0 };

/** A run has begun. */
export const running: State = after(loaded, runStarted, begun());

/** The same on a GPU. */
export const runningOnGpu: State = after(initialState, ...started(HARDWARE, ON_GPU), ...loading, runStarted, begun());

/** Of the first step of ten. */
export const STEP_REPORT: StepReport = {
  step: 1,
  n_steps: 10,
  epoch: 1,
  losses: { classification: 1, regression: 0.1 },
  loss: 1.1,
  learning_rate: 1e-5,
  head_learning_rate: 1e-3,
  gradient_norm: 1,
  fraction_done: 0.1,
};

export function stepped(step: number, at: number, change: Partial<StepReport> = {}): Action {
  const report = { ...STEP_REPORT, step, fraction_done: step / 10, ...change };
  return reported({ kind: "stepped", report, step_secs: 1 }, at);
}

/** Steps 1 to `n`, one a second. */
export function steps(n: number): Action[] {
  return Array.from({ length: n }, (_, idx) => stepped(idx + 1, (idx + 1) * 1000));
}

/** Of no pairs. */
export const NO_PREDICTIONS: Predictions = {
  n_classes: 2,
  cosines: [],
  classes: [],
  probabilities: [],
  log_likelihoods: [],
};

export function ended(at: number, stopped = false): Action {
  return reported(
    { kind: "run_ended", stopped, n_steps_done: 10, elapsed_secs: 12, training_secs: 10, changes: [] },
    at,
  );
}

export function checkpointed(step: number): Action {
  const checkpoint = {
    step,
    elapsed_secs: step + 2,
    training_secs: step,
    model: MODEL.fingerprint,
    before: null,
    bytes: new Uint8Array(4),
  };
  return reported({ kind: "checkpointed", checkpoint });
}

export function deviceFailed(kind: "device_lost" | "device_failed" = "device_lost"): Action {
  return { type: "worker/device_failed", refusal: { kind, detail: "driver reset." } };
}

/** Four of ten steps of a run are saved. */
export const ABOUT_RUN: AboutRun = {
  format: RUN_FORMAT,
  savedAt: 1_790_000_000_000,
  model: { name: "tiny", hub: null, keptKey: "served-abc", isServed: true, nLayers: null, random: null },
  pairs: { name: "few.tsv", nBytes: 9, plan: INSPECTION.plan },
  order: ORDER,
  labels: { classes: ["yes", "no"], hasScores: true, hasOwnHead: false },
  plan: {
    trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 },
    objectives: OBJECTIVES,
    nSteps: 10,
    nPairs: 40,
    nTruncated: 0,
  },
  checkpoint: { step: 4, elapsed_secs: 6, training_secs: 4, model: MODEL.fingerprint, before: null, nBytes: 4 },
  report: {
    step: 4,
    n_steps: 10,
    epoch: 1,
    losses: { classification: 1 },
    loss: 1,
    learning_rate: 1e-5,
    head_learning_rate: 1e-3,
    gradient_norm: 1,
    fraction_done: 0.4,
  },
  after: null,
  curves: {
    classification: { steps: [2, 4], raw: [2, 1], smooth: [2, 1.5], weightedSum: 0.285, weightSum: 0.19 },
    regression: { steps: [], raw: [], smooth: [], weightedSum: 0, weightSum: 0 },
  },
  end: null,
};

/** Files of the sizes that the record says. */
export function runFilesOf(about: AboutRun): RunFiles {
  const ofSize = (nBytes: number) => new Uint8Array(nBytes).fill(7);
  return { about, checkpoint: ofSize(about.checkpoint.nBytes), pairs: ofSize(about.pairs.nBytes) };
}
