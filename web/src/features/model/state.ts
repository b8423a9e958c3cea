/** The model: what the visitor wants, what is being fetched for it, and what the worker has. */

import type { Failure, HubModel, ModelInfo, RandomModel, SourceFile } from "../../protocol";
import { isComplete, type Progress, type Transfer } from "../../ui/progress";
import type { ProgressOf } from "../../worker/client";
import { isActive, isOfOtherModel, isWaiting, type Run } from "../train/run";
import { type KeptState, noKeptModels } from "./kept";
import type { LocalFile } from "./local_files";

/** The source of a model. Files are opaque here: nothing reads them. */
export type ModelOrigin =
  | { kind: "served" }
  | { kind: "hub"; model: HubModel }
  | { kind: "files"; name: string; files: readonly LocalFile[] }
  | { kind: "kept"; key: string; name: string };

/** What the visitor asks for. */
export interface ModelOrder {
  origin: ModelOrigin;
  /** Take only the first so many layers; null takes all. */
  nLayers: number | null;
  /** Take only the tokenizer, and draw random weights of this size. */
  random: RandomModel | null;
  /** The stored files are bad: download them again. */
  isRefetch?: boolean;
}

/** An order with its files: all that a worker needs to load the model. */
export interface FetchedModel {
  order: ModelOrder;
  name: string;
  hub: HubModel | null;
  files: readonly SourceFile[];
  /** Its key in storage; null if it isn't kept. */
  keptKey: string | null;
}

/** The model that replaces the current one. */
export interface NextModel {
  order: ModelOrder;
  transfer: Transfer | null;
  /** Null while files are being fetched; after that it waits for the worker. */
  fetched: FetchedModel | null;
}

/** The model that the worker is loading. */
export interface LoadingModel {
  fetched: FetchedModel;
  transfer: Transfer | null;
  /** Progress of the check of the GPU at the model's width. */
  check: Progress | null;
  isCancelled: boolean;
}

/** A model that could not be fetched or loaded. */
export interface FailedModel {
  failure: Failure;
  order: ModelOrder;
  /** The files, if the worker has refused them. */
  fetched: FetchedModel | null;
}

export interface ModelState {
  /** The model of the worker, or the one that the next worker has to load first. */
  current: FetchedModel | null;
  /** Facts of the loaded model; null before the worker has loaded it. */
  info: ModelInfo | null;
  next: NextModel | null;
  loading: LoadingModel | null;
  failed: FailedModel | null;
  kept: KeptState;
}

export const SERVED: ModelOrder = { origin: { kind: "served" }, nLayers: null, random: null };

/** A first visit begins with the served model. */
export const firstModel: ModelState = wanted(
  { current: null, info: null, next: null, loading: null, failed: null, kept: noKeptModels },
  SERVED,
);

/** The visitor wants another model. The loaded one stays until it is loaded. */
export function wanted(model: ModelState, order: ModelOrder, fetched: FetchedModel | null = null): ModelState {
  return { ...model, failed: null, next: { order, transfer: null, fetched } };
}

/** The same files with another number of layers. */
function recut(model: ModelState, nLayers: number | null): ModelState {
  const { current } = model;
  if (current === null) return model;
  const order = { ...current.order, nLayers };
  return wanted(model, order, { ...current, order });
}

/** Try again what has failed. Files that the worker has refused are downloaded again if they have a source. */
function retried(model: ModelState): ModelState {
  if (model.failed === null) return wanted(model, SERVED);
  const { order, fetched, failure } = model.failed;
  if (fetched === null) return wanted(model, order);
  const canBeFetched = order.origin.kind !== "files";
  const isOfFiles = failure.kind === "file" || failure.kind === "model";
  return canBeFetched && isOfFiles ? wanted(model, { ...order, isRefetch: true }) : wanted(model, order, fetched);
}

/** The visitor cancels: a download ends at once, a load with the reply of the worker. */
function cancelled(model: ModelState): ModelState {
  return { ...model, next: null, loading: model.loading && { ...model.loading, isCancelled: true } };
}

/** The worker has been asked for `fetched`. */
function loadStarted(model: ModelState, fetched: FetchedModel): ModelState {
  const next = model.next?.fetched === fetched ? null : model.next;
  return { ...model, next, loading: { fetched, transfer: null, check: null, isCancelled: false } };
}

/** The worker has refused or cancelled it, and still has the model before it. */
function refused(model: ModelState, failure: Failure): ModelState {
  if (model.loading === null) return model;
  const { fetched } = model.loading;
  const failed = failure.kind === "cancelled" ? model.failed : { failure, order: fetched.order, fetched };
  // A model that can't be loaded again is not requested again and again.
  const current = fetched === model.current ? null : model.current;
  return { ...model, current, loading: null, failed };
}

/** The worker is lost. The next one loads the same model, or the one that was being loaded. */
export function modelWithoutWorker(model: ModelState): ModelState {
  const { loading, next } = model;
  const isNew = loading !== null && !loading.isCancelled && loading.fetched !== model.current;
  const again = isNew ? wanted(model, loading.fetched.order, loading.fetched) : model;
  return { ...again, next: next ?? again.next, info: null, loading: null };
}

/** The worker has crashed, perhaps because of what it was loading: the next one begins with the model before. */
export function crashedWhileLoading(model: ModelState, failure: Failure): ModelState {
  if (model.loading === null) return model;
  const { fetched } = model.loading;
  if (model.current === null) return { ...wanted(model, fetched.order, fetched), loading: null };
  const failed = fetched === model.current ? model.failed : { failure, order: fetched.order, fetched };
  return { ...model, loading: null, failed };
}

/**
 * The model that the worker has to load now; null if none. A run keeps its model: another one waits until its end, and
 * a run that waits for a worker gets the model that it had.
 */
export function toLoad(model: ModelState, run: Run | null): FetchedModel | null {
  if (model.loading !== null) return null;
  const { info, current } = model;
  const isRunWaiting = isWaiting(run);
  if (info === null && current !== null && (isRunWaiting || model.next?.fetched == null)) return current;
  const isNextForRun = isRunWaiting && (info === null || isOfOtherModel(run, info.fingerprint));
  return isActive(run) && !isNextForRun ? null : (model.next?.fetched ?? null);
}

/** True if no model is loaded or being loaded. */
export function isMissing({ info, next, loading, failed, current }: ModelState): boolean {
  return info === null && next === null && loading === null && (failed !== null || current === null);
}

/** True while the worker checks the model on the GPU: all bytes are read. */
export function isBeingChecked({ loading }: ModelState): boolean {
  return loading !== null && loading.transfer !== null && isComplete(loading.transfer);
}

export type ModelAction =
  | { type: "model/wanted"; order: ModelOrder }
  | { type: "model/recut"; nLayers: number | null }
  | { type: "model/retried" }
  | { type: "model/cancelled" }
  | { type: "model/failure_dismissed" }
  | { type: "model/fetching"; transfer: Transfer }
  | { type: "model/fetched"; fetched: FetchedModel }
  | { type: "model/not_fetched"; failure: Failure }
  | { type: "model/load_started"; fetched: FetchedModel }
  | { type: "model/load_progressed"; event: LoadEvent; at: number }
  | { type: "model/loaded"; info: ModelInfo }
  | { type: "model/refused"; failure: Failure }
  | { type: "model/kept_listed"; kept: KeptState };

/** What the worker reports while it loads a model. */
type LoadEvent = ProgressOf<"load_model">;

export function reduceModel(model: ModelState, action: ModelAction): ModelState {
  const { next, loading } = model;
  switch (action.type) {
    case "model/wanted":
      return wanted(model, action.order);
    case "model/recut":
      return recut(model, action.nLayers);
    case "model/retried":
      return retried(model);
    case "model/cancelled":
      return cancelled(model);
    case "model/failure_dismissed":
      return { ...model, failed: null };
    case "model/fetching":
      return next === null ? model : { ...model, next: { ...next, transfer: action.transfer } };
    case "model/fetched":
      return next === null ? model : { ...model, next: { ...next, fetched: action.fetched } };
    case "model/not_fetched":
      if (next === null) return model;
      return { ...model, next: null, failed: { failure: action.failure, order: next.order, fetched: null } };
    case "model/load_started":
      return loadStarted(model, action.fetched);
    case "model/load_progressed":
      return loadProgressed(model, action.event, action.at);
    case "model/loaded":
      if (loading === null) return model;
      return { ...model, current: loading.fetched, info: action.info, loading: null, failed: null };
    case "model/refused":
      return refused(model, action.failure);
    case "model/kept_listed":
      return { ...model, kept: action.kept };
  }
}

/** Update the progress. Times are milliseconds of `performance.now()`. */
function loadProgressed(model: ModelState, event: LoadEvent, at: number): ModelState {
  const { loading } = model;
  if (loading === null) return model;
  if (event.kind === "preparing") {
    return { ...model, loading: { ...loading, check: { nDone: event.n_done, nTotal: event.n_total } } };
  }
  const transfer: Transfer = {
    file: event.file,
    loadedBytes: event.loaded_bytes,
    totalBytes: event.total_bytes,
    startedAt: loading.transfer?.startedAt ?? at,
    at,
  };
  return { ...model, loading: { ...loading, transfer } };
}
