/** The run that is kept on this device: written down as it goes, offered after a reload, a crash or a closed tab. */

import type { State } from "../../app/state";
import { restarted } from "../../app/worker_life";
import type { Failure, RunCheckpoint } from "../../protocol";
import { type AboutRun, isTrained, RUN_FORMAT, type RunFiles, type SavedModel } from "../../storage/run_record";
import type { KeptState } from "../model/kept";
import { type FetchedModel, type ModelOrder, type ModelState, wanted } from "../model/model";
import { loadingFrom, type PairSource, shownCorpus } from "../pairs/corpus";
import { clockFrom } from "../train/clock";
import { upTo } from "../train/curve";
import { formOfOrder } from "../train/form";
import { isActive, newRun, type Run, recoverRun } from "../train/run";

export interface SavedRun {
  about: AboutRun;
  /** Its files, where they are in memory only; null where they are on the disk. */
  held: RunFiles | null;
}

/** What is being done with the saved run. */
export type SavedRunTask =
  | { status: "none" }
  | { status: "opening" }
  /** Written to a file, or read from one. */
  | { status: "exporting" }
  | { status: "importing" }
  | { status: "failed"; doing: "opening" | "exporting" | "importing"; failure: Failure };

export interface SavedRunState {
  saved: SavedRun | null;
  /** Key of the run in this tab that it is of; null if it is of an earlier visit, or came from a file. */
  runKey: number | null;
  /** Why the last of it is kept in memory only; null if nothing has to be. */
  refusal: string | null;
  task: SavedRunTask;
  /** Runs that were resumed in this tab: their keys are negative, since no request has named them yet. */
  nResumed: number;
}

export const noSavedRun: SavedRunState = {
  saved: null,
  runKey: null,
  refusal: null,
  task: { status: "none" },
  nResumed: 0,
};

/** A saved run with its bytes, for the worker. */
export interface OpenedRun {
  about: AboutRun;
  checkpoint: RunCheckpoint;
  source: PairSource;
}

export type ActionOfSavedRun =
  | { type: "saved_run_found"; about: AboutRun }
  /** Written, or not: then it is held in memory, and `refusal` says why. */
  | { type: "saved_run_written"; runKey: number | null; files: RunFiles; refusal: string | null }
  | { type: "saved_run_task"; task: SavedRunTask }
  | { type: "saved_run_opened"; opened: OpenedRun; at: number }
  | { type: "saved_run_discarded" };

export function reduceSavedRun(state: State, action: ActionOfSavedRun): State {
  const { savedRun } = state;
  const withSavedRun = (change: Partial<SavedRunState>): State => ({ ...state, savedRun: { ...savedRun, ...change } });
  switch (action.type) {
    case "saved_run_found":
      // A run that has begun meanwhile is newer.
      return savedRun.saved === null ? withSavedRun({ saved: { about: action.about, held: null } }) : state;
    case "saved_run_written": {
      const { files, runKey, refusal } = action;
      const task: SavedRunTask = savedRun.task.status === "importing" ? { status: "none" } : savedRun.task;
      const saved = { about: files.about, held: refusal === null ? null : files };
      return withSavedRun({ saved, runKey, refusal, task });
    }
    case "saved_run_task":
      return withSavedRun({ task: action.task });
    case "saved_run_opened":
      return resumed(withSavedRun({ task: { status: "none" } }), action.opened, action.at);
    case "saved_run_discarded":
      return withSavedRun({ saved: null, runKey: null, refusal: null, task: { status: "none" } });
  }
}

/** The run continues as soon as model and pairs are loaded: they are requested as any others are. */
function resumed(before: State, { about, checkpoint, source }: OpenedRun, at: number): State {
  if (isActive(before.run)) return before;
  const state = before.worker.status === "crashed" ? restarted(before, before.compute.choice) : before;
  const model = modelFor(state.model, about, state.kept);
  if (model === null) return state;
  const key = -(state.savedRun.nResumed + 1);
  return {
    ...state,
    model,
    pairImport: loadingFrom(source, null),
    form: formOfOrder(about.order),
    run: runOf(about, checkpoint, key, at),
    compute: { ...state.compute, nGpuRetries: 0 },
    savedRun: { ...state.savedRun, runKey: key, nResumed: state.savedRun.nResumed + 1 },
  };
}

/** The run as it was written down, to be asked for. */
function runOf(about: AboutRun, checkpoint: RunCheckpoint, key: number, at: number): Run {
  const { order, labels, plan, report, after, classification, regression } = about;
  return recoverRun({
    ...newRun(key, order, labels, at),
    plan: { ...plan, nWorkers: 1, workersProblem: null, keptBytes: null, isSaved: true },
    before: checkpoint.before,
    // A run that was stopped has them too, but it continues, so they don't count.
    after: isTrained(about) ? after : null,
    classification,
    regression,
    report,
    saved: { checkpoint, report },
    clock: clockFrom(checkpoint.elapsed_secs, at),
  });
}

/** The model as the run needs it: as it is, or asked for; null if it has to be brought by the visitor. */
function modelFor(model: ModelState, about: AboutRun, kept: KeptState): ModelState | null {
  const { info, current, loading } = model;
  const isRight = (fetched: FetchedModel | null | undefined) => fetched != null && isOf(fetched, about.model);
  if (loading === null && info?.fingerprint === about.checkpoint.model) return model;
  if (isRight(loading?.fetched)) return model;
  if (loading === null && info === null && isRight(current)) return model;
  const order = orderOf(about.model, kept);
  if (order === null) return null;
  // A new worker has no use for the model that the last one had.
  return info === null ? { ...wanted(model, order), current: null } : wanted(model, order);
}

function isOf({ order, keptKey }: FetchedModel, saved: SavedModel): boolean {
  const isSameSource = keptKey === saved.keptKey && (keptKey !== null || order.random !== null);
  const isSameSize = JSON.stringify(order.random) === JSON.stringify(saved.random);
  return isSameSource && isSameSize && order.nLayers === saved.nLayers;
}

/** How the model is asked for; null if neither this device nor the page has it. */
function orderOf({ name, keptKey, isServed, nLayers, random }: SavedModel, kept: KeptState): ModelOrder | null {
  const isKept = kept.models.some(({ key, isComplete }) => key === keptKey && isComplete);
  if (isKept && keptKey !== null) return { origin: { kind: "kept", key: keptKey, name }, nLayers, random };
  return isServed ? { origin: { kind: "served" }, nLayers, random } : null;
}

/** True if the run's model is loaded or can be: otherwise the visitor has to bring it. */
export function hasModelFor({ about }: SavedRun, { model, kept }: Pick<State, "model" | "kept">): boolean {
  return modelFor(model, about, kept) !== null;
}

/**
 * The saved run, if it isn't before the visitor's eyes already: it has ended in this tab, and the worker still has what it
 * has trained. Null while any run is under way: that one is about to take its place.
 */
export function offeredRun({ savedRun, run, worker }: Pick<State, "savedRun" | "run" | "worker">): SavedRun | null {
  const isHere = run?.phase === "finished" && run.saved !== null && worker.status !== "crashed";
  const isSeen = isHere && run.key === savedRun.runKey;
  return isSeen || isActive(run) ? null : savedRun.saved;
}

/** True if leaving the page would lose more of a run than its last steps. */
export function isUnsaved({ run, savedRun }: Pick<State, "run" | "savedRun">): boolean {
  if (!isActive(run) || run.plan === null || run.plan.nSteps === 0) return false;
  return !run.plan.isSaved || (savedRun.refusal !== null && savedRun.runKey === run.key);
}

/** What is to be written down of this tab's run; null if nothing has been sent yet, or the worker has something else. */
export function aboutOf({ run, model, corpus }: Pick<State, "run" | "model" | "corpus">, at: number): AboutRun | null {
  const { current, info } = model;
  const source = shownCorpus(corpus)?.source ?? null;
  const saved = run?.saved ?? null;
  if (run === null || saved === null || run.plan === null || current === null || source === null) return null;
  const { bytes, ...checkpoint } = saved.checkpoint;
  if (info?.fingerprint !== checkpoint.model) return null;
  const { trainable, nSteps, nPairs, nTruncated } = run.plan;
  return {
    format: RUN_FORMAT,
    savedAt: at,
    model: savedModelOf(current),
    pairs: { name: source.file.name, nBytes: source.file.blob.size, plan: source.plan },
    order: run.order,
    labels: run.labels,
    plan: { trainable, nSteps, nPairs, nTruncated },
    checkpoint: { ...checkpoint, nBytes: bytes.length },
    report: saved.report,
    after: run.after,
    classification: upTo(run.classification, checkpoint.step),
    regression: upTo(run.regression, checkpoint.step),
    end: run.end,
  };
}

function savedModelOf({ name, hub, keptKey, order }: FetchedModel): SavedModel {
  const { origin, nLayers, random } = order;
  return { name, hub, keptKey, isServed: origin.kind === "served", nLayers, random };
}
