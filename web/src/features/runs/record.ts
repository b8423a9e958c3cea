/** From the run of this tab to its record in storage, and back. */

import type { RunCheckpoint } from "../../protocol";
import { type AboutRun, isTrained, RUN_FORMAT, type SavedModel } from "../../storage/run_record";
import { type FetchedModel, type ModelOrder, type ModelState, wanted } from "../model/state";
import { shownCorpus } from "../pairs/corpus";
import type { PairsState } from "../pairs/state";
import { clockFrom } from "../train/clock";
import { upTo } from "../train/curve";
import { newRun, type Run, recoverRun } from "../train/run";
import type { TrainState } from "../train/state";

/** The states that a record is made of. */
export interface Recorded {
  train: TrainState;
  model: ModelState;
  pairs: PairsState;
}

/** The record of this tab's run; null before its first checkpoint, and if the worker has another model by now. */
export function aboutOf({ train: { run }, model, pairs }: Recorded, at: number): AboutRun | null {
  const { current, info } = model;
  const source = shownCorpus(pairs.corpus)?.source ?? null;
  const saved = run?.saved ?? null;
  if (run === null || saved === null || run.plan === null || current === null || source === null) return null;
  const { bytes, ...checkpoint } = saved.checkpoint;
  if (info?.fingerprint !== checkpoint.model) return null;
  const { trainable, objectives, nSteps, nPairs, nTruncated } = run.plan;
  return {
    format: RUN_FORMAT,
    savedAt: at,
    model: savedModelOf(current),
    pairs: { name: source.file.name, nBytes: source.file.blob.size, plan: source.plan },
    order: run.order,
    labels: run.labels,
    plan: { trainable, objectives, nSteps, nPairs, nTruncated },
    checkpoint: { ...checkpoint, nBytes: bytes.length },
    report: saved.report,
    after: run.after,
    curves: upTo(run.curves, checkpoint.step),
    end: run.end,
  };
}

function savedModelOf({ name, hub, keptKey, order }: FetchedModel): SavedModel {
  const { origin, nLayers, random } = order;
  return { name, hub, keptKey, isServed: origin.kind === "served", nLayers, random };
}

/** The saved run, which waits for a worker. */
export function runOf(about: AboutRun, checkpoint: RunCheckpoint, key: number, at: number): Run {
  const { order, labels, plan, report, after, curves } = about;
  return recoverRun({
    ...newRun(key, order, labels, at),
    plan: { ...plan, nWorkers: 1, workersProblem: null, keptBytes: null, isSaved: true },
    before: checkpoint.before,
    // A run that was stopped has them too, but it continues, so they don't count.
    after: isTrained(about) ? after : null,
    curves,
    report,
    saved: { checkpoint, report },
    clock: clockFrom(checkpoint.elapsed_secs, at),
  });
}

/** The model state with the model that the run needs loaded or requested; null if the visitor has to load it. */
export function modelFor(model: ModelState, about: AboutRun): ModelState | null {
  const { info, current, loading } = model;
  const isRight = (fetched: FetchedModel | null | undefined) => fetched != null && isOf(fetched, about.model);
  if (loading === null && info?.fingerprint === about.checkpoint.model) return model;
  if (isRight(loading?.fetched)) return model;
  if (loading === null && info === null && isRight(current)) return model;
  const order = orderOf(about.model, model);
  if (order === null) return null;
  // A new worker doesn't need the model that the last one had.
  return info === null ? { ...wanted(model, order), current: null } : wanted(model, order);
}

function isOf({ order, keptKey }: FetchedModel, saved: SavedModel): boolean {
  const isSameSource = keptKey === saved.keptKey && (keptKey !== null || order.random !== null);
  const isSameSize = JSON.stringify(order.random) === JSON.stringify(saved.random);
  return isSameSource && isSameSize && order.nLayers === saved.nLayers;
}

/** The order for the model; null if neither this device nor the page has it. */
function orderOf({ name, keptKey, isServed, nLayers, random }: SavedModel, { kept }: ModelState): ModelOrder | null {
  const isKept = kept.models.some(({ key, isComplete }) => key === keptKey && isComplete);
  if (isKept && keptKey !== null) return { origin: { kind: "kept", key: keptKey, name }, nLayers, random };
  return isServed ? { origin: { kind: "served" }, nLayers, random } : null;
}
