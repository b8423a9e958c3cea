/** The page's whole state, and the one pure function that changes it: worker events and the visitor's actions come in. */

import { EXAMPLES } from "./examples";
import type { CorpusInfo, Failure, ModelInfo, TrainConfig, Event as WorkerEvent } from "./protocol";
import { type Asked, newTrial, type Trial } from "./state/compare";
import { formOf, type SettingsForm } from "./state/form";
import { awaits, type Loadable, withProgress } from "./state/loadable";
import { failRun, isActive, newRun, type Run, reduceRun } from "./state/run";

export interface State {
  /** Counts workers: a crashed one is never used again, a new one takes its place. */
  generation: number;
  worker: WorkerStatus;
  /** The library's settings for a run; none before the worker is ready. */
  defaults: TrainConfig | null;
  form: SettingsForm | null;
  model: Loadable<ModelInfo>;
  corpus: Loadable<CorpusInfo>;
  run: Run | null;
  trial: Trial;
  /** A failure that belongs to no request. */
  notice: Failure | null;
}

export type WorkerStatus =
  | { status: "starting"; isSlow: boolean }
  | { status: "ready"; backend: string; maxSeqLength: number }
  | { status: "crashed"; failure: Failure };

/** Times `at` are milliseconds of the page's clock: the reducer has none of its own. */
export type Action =
  | { type: "worker_said"; event: WorkerEvent; at: number }
  | { type: "worker_slow" }
  | { type: "worker_crashed"; failure: Failure }
  | { type: "worker_restarted" }
  | { type: "model_wanted" }
  | { type: "model_requested"; request: number }
  | { type: "corpus_wanted" }
  | { type: "corpus_requested"; request: number }
  | { type: "form_changed"; form: SettingsForm }
  | { type: "form_reset" }
  | { type: "run_requested"; request: number; config: TrainConfig; at: number }
  | { type: "pause_asked" }
  | { type: "resume_asked" }
  | { type: "stop_asked" }
  | { type: "sentences_typed"; sentenceA: string; sentenceB: string; at: number }
  | { type: "sentences_chosen"; sentenceA: string; sentenceB: string }
  | { type: "comparison_requested"; request: number; asked: Asked }
  | { type: "notice_dismissed" };

export const initialState: State = {
  generation: 0,
  worker: { status: "starting", isSlow: false },
  defaults: null,
  form: null,
  model: { status: "waiting" },
  corpus: { status: "waiting" },
  run: null,
  trial: newTrial(EXAMPLES[0].sentenceA, EXAMPLES[0].sentenceB),
  notice: null,
};

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "worker_said":
      return reduceEvent(state, action.event, action.at);
    case "worker_slow":
      return state.worker.status === "starting" ? { ...state, worker: { status: "starting", isSlow: true } } : state;
    case "worker_crashed":
      return crashed(state, action.failure);
    case "worker_restarted":
      return {
        ...state,
        generation: state.generation + 1,
        worker: initialState.worker,
        model: { status: "waiting" },
        corpus: { status: "waiting" },
        notice: null,
        trial: { ...newTrial(state.trial.sentenceA, state.trial.sentenceB), revision: state.trial.revision + 1 },
      };
    case "model_wanted":
      return { ...state, model: { status: "waiting" } };
    case "model_requested":
      return { ...state, model: { status: "loading", request: action.request, transfer: null } };
    case "corpus_wanted":
      return { ...state, corpus: { status: "waiting" } };
    case "corpus_requested":
      return { ...state, corpus: { status: "loading", request: action.request, transfer: null } };
    case "form_changed":
      return { ...state, form: action.form };
    case "form_reset":
      return { ...state, form: state.defaults && formOf(state.defaults) };
    case "run_requested":
      return { ...state, run: newRun(action.request, action.config, action.at) };
    case "pause_asked":
      return withRun(state, (run) => ({ ...run, hold: "pausing" }));
    case "resume_asked":
      return withRun(state, (run) => ({ ...run, hold: "resuming" }));
    case "stop_asked":
      return withRun(state, (run) => ({ ...run, isStopping: true }));
    case "sentences_typed": {
      const { sentenceA, sentenceB, at } = action;
      return { ...state, trial: { ...state.trial, sentenceA, sentenceB, typedAt: at } };
    }
    case "sentences_chosen": {
      const { sentenceA, sentenceB } = action;
      return { ...state, trial: { ...state.trial, sentenceA, sentenceB, typedAt: null } };
    }
    case "comparison_requested":
      return { ...state, trial: { ...state.trial, request: action.request, asked: action.asked } };
    case "notice_dismissed":
      return { ...state, notice: null };
  }
}

function reduceEvent(state: State, event: WorkerEvent, at: number): State {
  switch (event.kind) {
    case "ready":
      return {
        ...state,
        worker: { status: "ready", backend: event.backend, maxSeqLength: event.max_seq_length },
        defaults: event.default_config,
        form: state.form ?? formOf(event.default_config),
      };
    case "loading":
      return {
        ...state,
        model: withProgress(state.model, event, at),
        corpus: withProgress(state.corpus, event, at),
      };
    case "model_loaded":
      if (!awaits(state.model, event.request)) return state;
      return revised({
        ...state,
        model: { status: "loaded", value: event.model },
        form: clampLast(state, event.model),
      });
    case "corpus_loaded":
      if (!awaits(state.corpus, event.request)) return state;
      return revised({ ...state, corpus: { status: "loaded", value: event.corpus } });
    case "compared": {
      const { trial } = state;
      if (trial.request !== event.request || trial.asked === null) return state;
      const { sentenceA, sentenceB } = trial.asked;
      const { before, after, truncated } = event;
      const answer = { sentenceA, sentenceB, before, after, truncated };
      return { ...state, trial: { ...trial, request: null, failure: null, answer } };
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
  return { ...state, trial: { ...state.trial, revision: state.trial.revision + 1 } };
}

/** A failure goes to what asked for it, and to nothing else. */
function failed(state: State, request: number | null, failure: Failure): State {
  if (request === null) return { ...state, notice: failure };
  if (awaits(state.model, request)) return { ...state, model: { status: "failed", failure } };
  if (awaits(state.corpus, request)) return { ...state, corpus: { status: "failed", failure } };
  if (state.trial.request === request) return { ...state, trial: { ...state.trial, request: null, failure } };
  if (isActive(state.run) && state.run.id === request) return { ...state, run: failRun(state.run, failure) };
  return { ...state, notice: failure };
}

/** All that waited for the worker ends here; what it had said before stays on the page. */
function crashed(state: State, failure: Failure): State {
  return {
    ...state,
    worker: { status: "crashed", failure },
    model: state.model.status === "loading" ? { status: "waiting" } : state.model,
    corpus: state.corpus.status === "loading" ? { status: "waiting" } : state.corpus,
    run: isActive(state.run) ? failRun(state.run, null) : state.run,
    trial: { ...state.trial, request: null },
  };
}

/** A choice of layers that the new model does not have falls back to all it has. */
function clampLast(state: State, model: ModelInfo): SettingsForm | null {
  return state.form && { ...state.form, nLast: Math.min(state.form.nLast, model.n_layers) };
}

function withRun(state: State, change: (run: Run) => Run): State {
  return isActive(state.run) ? { ...state, run: change(state.run) } : state;
}
