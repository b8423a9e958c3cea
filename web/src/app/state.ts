/** The page's whole state, and the one pure function that changes it: worker events and the visitor's actions come in. */

import {
  type Choice,
  type Compute,
  newCompute,
  type OnLoss,
  type Preferences,
  type Probe,
} from "../features/compute/compute";
import { type Asked, type ComparisonState, newComparison } from "../features/explore/comparison";
import { EXAMPLES } from "../features/explore/examples";
import { type KeptState, noKeptModels } from "../features/model/kept";
import {
  type ActionOfModel,
  type FetchedModel,
  firstModel,
  loaded,
  type ModelState,
  reduceModel,
  refused,
  requested,
  withLoadEvent,
} from "../features/model/model";
import { type CorpusState, fetchingDemo, type PairImport, shownCorpus } from "../features/pairs/corpus";
import {
  type ActionOfPairs,
  reducePairs,
  withCorpus,
  withCorpusRequest,
  withFailedPairs,
  withImportRequest,
  withReading,
} from "../features/pairs/pairs";
import { exportAwaits, type FileExport, safeFileName } from "../features/runs/file_export";
import { type ActionOfSavedRun, noSavedRun, reduceSavedRun, type SavedRunState } from "../features/runs/saved_run";
import { formOf, type RunOrder, type SettingsForm } from "../features/train/form";
import { failRun, isActive, newRun, type Run, type RunLabels, reduceRun, withOtherInputs } from "../features/train/run";
import type {
  BackendInfo,
  ExportKind,
  Failure,
  ModelInfo,
  Refusal,
  TrainConfig,
  Event as WorkerEvent,
} from "../protocol";
import { areSameClasses } from "../ui/classes";
import { isStranded, withoutItsModel, withoutItsPairs } from "./waiting_run";
import { crashed, gpuFailed, type Recovery, restarted, type WorkerStatus, withProbe } from "./worker_life";

export type { WorkerStatus } from "./worker_life";

export interface State {
  /** Counts workers: a crashed one is never used again, a new one takes its place. */
  generation: number;
  compute: Compute;
  worker: WorkerStatus;
  /** The library's settings for a run; null before the worker is ready. */
  defaults: TrainConfig | null;
  /** Most workers that can share a run; 1 before the worker is ready. */
  maxWorkers: number;
  form: SettingsForm | null;
  model: ModelState;
  /** What is kept on this device. */
  kept: KeptState;
  corpus: CorpusState;
  /** Pairs that are to take the corpus's place; until they do, it stays. */
  pairImport: PairImport | null;
  run: Run | null;
  savedRun: SavedRunState;
  comparison: ComparisonState;
  fileExport: FileExport;
  /** A failure that belongs to no request. */
  notice: Failure | null;
  /** The GPU was lost, and what took over; until the visitor has dismissed it. */
  recovery: Recovery | null;
}

/** Times `at` are milliseconds of the page's clock: the reducer has none of its own. */
export type Action = ActionOfWorker | ActionOfVisitor;

/** What a worker says or was asked. It counts only as long as that worker is the page's: see `generation`. */
export type ActionOfWorker = { generation: number } & (
  | { type: "probed"; probe: Probe }
  | { type: "worker_said"; event: WorkerEvent; at: number }
  | { type: "worker_slow" }
  | { type: "worker_crashed"; message: string }
  | { type: "backend_requested"; request: number }
  | { type: "model_requested"; request: number; fetched: FetchedModel }
  | { type: "corpus_requested"; request: number }
  | { type: "import_requested"; request: number }
  | { type: "export_requested"; request: number; what: ExportKind["kind"] }
  | { type: "run_requested"; request: number; order: RunOrder; at: number }
  | { type: "run_continued"; request: number }
  | { type: "comparison_requested"; request: number; asked: Asked }
);

export type ActionOfVisitor =
  | { type: "worker_restarted" }
  | { type: "choice_made"; choice: Choice }
  | { type: "on_loss_chosen"; onLoss: OnLoss }
  | ActionOfModel
  | { type: "kept_models_listed"; kept: KeptState }
  | ActionOfPairs
  | ActionOfSavedRun
  | { type: "export_saved" }
  | { type: "form_changed"; form: SettingsForm }
  | { type: "form_reset" }
  | { type: "pause_asked" }
  | { type: "resume_asked" }
  | { type: "stop_asked" }
  | { type: "sentences_typed"; sentenceA: string; sentenceB: string; at: number }
  | { type: "sentences_chosen"; sentenceA: string; sentenceB: string }
  | { type: "notice_dismissed" }
  | { type: "recovery_dismissed" };

export const initialState: State = {
  generation: 0,
  compute: newCompute({ choice: "automatic", onLoss: "cpu" }),
  worker: { status: "probing" },
  defaults: null,
  maxWorkers: 1,
  form: null,
  model: firstModel,
  kept: noKeptModels,
  corpus: { status: "none" },
  pairImport: fetchingDemo,
  run: null,
  savedRun: noSavedRun,
  comparison: newComparison(EXAMPLES[0].sentenceA, EXAMPLES[0].sentenceB),
  fileExport: { status: "none" },
  notice: null,
  recovery: null,
};

export function initialStateFor(preferences: Preferences): State {
  return { ...initialState, compute: newCompute(preferences) };
}

export function reduce(state: State, action: Action): State {
  if ("generation" in action) return action.generation === state.generation ? reduceOfWorker(state, action) : state;
  switch (action.type) {
    case "worker_restarted":
      return restarted(state, state.compute.choice);
    case "choice_made":
      return isActive(state.run) ? state : restarted(state, action.choice);
    case "on_loss_chosen":
      return { ...state, compute: { ...state.compute, onLoss: action.onLoss } };
    case "model_wanted":
    case "model_recut":
    case "model_retried":
    case "model_cancelled":
    case "model_failure_dismissed":
    case "model_fetching":
    case "model_fetched":
    case "model_not_fetched":
      return { ...state, model: reduceModel(state.model, action, state.run) };
    case "kept_models_listed":
      return { ...state, kept: action.kept };
    case "form_changed":
      return { ...state, form: action.form };
    case "form_reset":
      return { ...state, form: state.defaults && formOf(state.defaults) };
    case "pause_asked":
      return withRun(state, (run) => ({ ...run, hold: "pausing" }));
    case "resume_asked":
      return withRun(state, (run) => ({ ...run, hold: "resuming" }));
    case "stop_asked":
      return withRun(state, (run) => (isStranded(state, run) ? failRun(run, null) : { ...run, isStopping: true }));
    case "sentences_typed": {
      const { sentenceA, sentenceB, at } = action;
      return { ...state, comparison: { ...state.comparison, sentenceA, sentenceB, typedAt: at } };
    }
    case "sentences_chosen": {
      const { sentenceA, sentenceB } = action;
      return { ...state, comparison: { ...state.comparison, sentenceA, sentenceB, typedAt: null } };
    }
    case "notice_dismissed":
      return { ...state, notice: null };
    case "recovery_dismissed":
      return { ...state, recovery: null };
    case "export_saved": {
      const { fileExport } = state;
      if (fileExport.status !== "written") return state;
      const { what, name, bytes } = fileExport;
      return { ...state, fileExport: { status: "saved", what, name, nBytes: bytes.length } };
    }
    case "saved_run_found":
    case "saved_run_written":
    case "saved_run_task":
    case "saved_run_opened":
    case "saved_run_discarded":
      return reduceSavedRun(state, action);
    default:
      return reducePairs(state, action);
  }
}

function reduceOfWorker(state: State, action: ActionOfWorker): State {
  switch (action.type) {
    case "probed":
      return withProbe(state, action.probe);
    case "worker_said":
      return reduceEvent(state, action.event, action.at);
    case "worker_slow":
      return state.worker.status === "starting" ? { ...state, worker: { status: "starting", isSlow: true } } : state;
    case "worker_crashed":
      return crashed(state, action.message);
    case "backend_requested":
      if (state.worker.status !== "preparing") return state;
      return { ...state, worker: { ...state.worker, request: action.request } };
    case "model_requested":
      return { ...state, model: requested(state.model, action.request, action.fetched) };
    case "corpus_requested":
      return withCorpusRequest(state, action.request);
    case "import_requested":
      return withImportRequest(state, action.request);
    case "export_requested":
      return { ...state, fileExport: { status: "writing", what: action.what, request: action.request } };
    case "run_requested":
      return {
        ...state,
        run: newRun(action.request, action.order, labelsOf(state), action.at),
        compute: { ...state.compute, nGpuRetries: 0 },
      };
    case "run_continued":
      return withRun(state, (run) => ({ ...run, id: action.request }));
    case "comparison_requested":
      return { ...state, comparison: { ...state.comparison, request: action.request, asked: action.asked } };
  }
}

function reduceEvent(state: State, event: WorkerEvent, at: number): State {
  switch (event.kind) {
    case "ready":
      return {
        ...state,
        worker: { status: "preparing", request: null, progress: null },
        defaults: event.default_config,
        maxWorkers: event.max_workers,
        form: state.form ?? formOf(event.default_config),
      };
    case "preparing":
      if (state.worker.status !== "preparing") return { ...state, model: withLoadEvent(state.model, event, at) };
      if (state.worker.request !== event.request) return state;
      return { ...state, worker: { ...state.worker, progress: { nDone: event.n_done, nTotal: event.n_total } } };
    case "backend_ready":
      if (state.worker.status !== "preparing" || state.worker.request !== event.request) return state;
      return { ...computingOn(state, event.backend, event.refusal), worker: { status: "ready" } };
    case "backend_changed":
      return computingOn(state, event.backend, event.refusal);
    case "device_failed":
      return gpuFailed(state, { kind: event.lost ? "device_lost" : "device_failed", detail: event.message });
    case "loading":
      return { ...state, model: withLoadEvent(state.model, event, at) };
    case "model_loaded": {
      const { loading, current } = state.model;
      if (loading?.request !== event.request) return state;
      const run = loading.fetched === current ? state.run : withOtherInputs(state.run);
      const next = { ...state, model: loaded(state.model, event.model), run, form: clampLast(state, event.model) };
      return revised(withoutItsModel(next, event.model));
    }
    case "reading_rows":
    case "pairs_inspected":
    case "corpus_rows":
      return withReading(state, event, at);
    case "corpus_loaded": {
      const next = withCorpus(state, event);
      return next === null ? state : revised(next);
    }
    case "exported": {
      const { fileExport } = state;
      if (!exportAwaits(fileExport, event.request) || fileExport.status !== "writing") return state;
      const name = safeFileName(event.name);
      return { ...state, fileExport: { status: "written", what: fileExport.what, name, bytes: event.bytes } };
    }
    case "compared": {
      const { comparison } = state;
      if (comparison.request !== event.request || comparison.asked === null) return state;
      const { sentenceA, sentenceB } = comparison.asked;
      const { classes, before, after, truncated } = event;
      const answer = { sentenceA, sentenceB, classes, before, after, truncated };
      return { ...state, comparison: { ...comparison, request: null, failure: null, answer } };
    }
    case "failed":
      return failed(state, event.request, event.failure);
    default: {
      if (!isActive(state.run) || state.run.id !== event.run) return state;
      const next = { ...state, run: reduceRun(state.run, event, at) };
      return event.kind === "stepped" || event.kind === "run_ended" ? revised(next) : next;
    }
  }
}

/** The weights or classes have changed: sentences are to be compared again. */
function revised(state: State): State {
  return { ...state, comparison: { ...state.comparison, revision: state.comparison.revision + 1 } };
}

/** A failure goes to what asked for it, and to nothing else. */
function failed(state: State, request: number | null, failure: Failure): State {
  if (request === null) return { ...state, notice: failure };
  if (state.worker.status === "preparing" && state.worker.request === request) return crashed(state, failure.message);
  if (state.model.loading?.request === request) return { ...state, model: refused(state.model, failure) };
  const withoutPairs = withFailedPairs(state, request, failure);
  if (withoutPairs !== null) {
    const isImport = withoutPairs.pairImport !== state.pairImport;
    return isImport ? { ...withoutPairs, run: withoutItsPairs(state.run, failure) } : withoutPairs;
  }
  if (state.fileExport.status === "writing" && exportAwaits(state.fileExport, request)) {
    return { ...state, fileExport: { status: "failed", what: state.fileExport.what, failure } };
  }
  if (state.comparison.request === request)
    return { ...state, comparison: { ...state.comparison, request: null, failure } };
  if (isActive(state.run) && state.run.id === request) return { ...state, run: failRun(state.run, failure) };
  // Whoever has given something up knows it.
  if (failure.kind === "cancelled") return state;
  return { ...state, notice: failure };
}

function computingOn(state: State, actual: BackendInfo, refusal: Refusal | null): State {
  const target = actual.backend === "webgpu" ? "gpu" : "cpu";
  return {
    ...state,
    compute: { ...state.compute, actual, refusal },
    recovery: state.recovery && { ...state.recovery, target },
  };
}

/** What a run can learn from, and be shown by, whatever pairs come after. */
function labelsOf({ model, corpus }: State): RunLabels {
  const info = shownCorpus(corpus)?.info;
  const classes = info?.classes ?? [];
  const hasOwnHead = areSameClasses(model.info?.head_classes ?? [], classes);
  return { classes, hasScores: (info?.n_scored ?? 0) > 0, hasOwnHead };
}

/** A choice of layers that the new model does not have falls back to all it has. */
function clampLast(state: State, model: ModelInfo): SettingsForm | null {
  return state.form && { ...state.form, nLast: Math.min(state.form.nLast, model.n_layers) };
}

function withRun(state: State, change: (run: Run) => Run): State {
  return isActive(state.run) ? { ...state, run: change(state.run) } : state;
}
