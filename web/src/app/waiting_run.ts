/** A run that waits for a worker with its model and its pairs, because the GPU was lost or a saved run is resumed. */

import { isMissing } from "../features/model/state";
import { loadingFrom } from "../features/pairs/corpus";
import { modelFor, runOf } from "../features/runs/record";
import { type OpenedRun, withOwn } from "../features/runs/state";
import { formOfOrder } from "../features/train/form";
import { failRun, isActive, isOfOtherModel, isWaiting, type Run } from "../features/train/run";
import type { Failure, ModelInfo } from "../protocol";
import { text } from "../text";
import { restarted } from "./replace_worker";
import type { State } from "./state";

/** True if the worker has all that the run waits for. */
export function canContinue({ compute, model, pairs, train: { run } }: State): boolean {
  const { info, loading } = model;
  if (!isWaiting(run) || compute.worker.status !== "ready" || info === null || loading !== null) return false;
  const { corpus, pairImport } = pairs;
  return corpus.status === "loaded" && pairImport?.status !== "loading" && !isOfOtherModel(run, info.fingerprint);
}

/** True if its model or its pairs can't be had without the visitor. */
export function isStranded({ model, pairs, train: { run } }: State): boolean {
  if (!isWaiting(run)) return false;
  const isModelComing = model.next !== null || model.loading !== null;
  const isOther = model.info !== null && isOfOtherModel(run, model.info.fingerprint) && !isModelComing;
  return isMissing(model) || isOther || pairs.corpus.status === "failed";
}

/** The model that was loaded for it may be another one: then it can't continue. */
export function withoutItsModel(state: State, info: ModelInfo): State {
  const { model, train } = state;
  if (!isWaiting(train.run) || model.next !== null || !isOfOtherModel(train.run, info.fingerprint)) return state;
  const failure: Failure = { kind: "model", ...text.model.otherModel(info.name) };
  return { ...state, train: { ...train, run: failRun(train.run, failure) } };
}

/** Its pairs could not be read: it fails, because it can't use others. */
export function withoutItsPairs(run: Run | null, failure: Failure): Run | null {
  return isWaiting(run) ? failRun(run, failure) : run;
}

/** A saved run is resumed: it replaces the run of this tab, and waits for its model and its pairs. */
export function resumed(before: State, { id, about, checkpoint, source }: OpenedRun, at: number): State {
  const opened: State = { ...before, runs: { ...before.runs, task: { status: "none" } } };
  if (isActive(before.train.run)) return opened;
  const isCrashed = before.compute.worker.status === "crashed";
  const state = isCrashed ? restarted(opened, opened.compute.choice) : opened;
  const model = modelFor(state.model, about);
  if (model === null) return state;
  const key = state.train.nRuns + 1;
  const run = runOf(about, checkpoint, key, at);
  return {
    ...state,
    model,
    pairs: { ...state.pairs, pairImport: loadingFrom(source, null) },
    train: { ...state.train, run, nRuns: key, form: formOfOrder(about.order) },
    compute: { ...state.compute, nGpuRetries: 0 },
    runs: withOwn(state.runs, key, id),
  };
}
