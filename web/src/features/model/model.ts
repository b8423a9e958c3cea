/** The model: what the visitor wants, what is being fetched for it, and what the worker has. */

import type { Failure, HubModel, ModelInfo, RandomModel, SourceFile, Event as WorkerEvent } from "../../protocol";
import type { Progress } from "../../ui/progress";
import { isComplete, type Transfer } from "../../ui/transfer";
import { isActive, isOfOtherModel, type Run } from "../train/run";
import type { LocalFile } from "./local_files";

/** Where a model is to come from. Files are opaque here: nothing reads them. */
export type ModelOrigin =
  | { kind: "served" }
  | { kind: "hub"; model: HubModel }
  | { kind: "files"; name: string; files: readonly LocalFile[] }
  | { kind: "kept"; key: string; name: string };

/** What the visitor asks for. */
export interface ModelOrder {
  origin: ModelOrigin;
  /** Take the first so many layers; none takes all. */
  nLayers: number | null;
  /** Take the tokenizer only, and draw a model of this size. */
  random: RandomModel | null;
  /** The stored files are bad: download them again. */
  isRefetch?: boolean;
}

/** An order with the files for it: all that a worker needs, so that the next one can load the same. */
export interface FetchedModel {
  order: ModelOrder;
  name: string;
  hub: HubModel | null;
  files: readonly SourceFile[];
  /** Its key in storage; null if it isn't kept. */
  keptKey: string | null;
}

/** What is to take the current model's place. */
export interface NextModel {
  /** Numbers the attempts, so that a late result of a cancelled one is ignored. */
  attempt: number;
  order: ModelOrder;
  transfer: Transfer | null;
  /** None while files are being fetched; after that it waits for the worker. */
  fetched: FetchedModel | null;
}

/** What the worker is reading. */
export interface LoadingModel {
  request: number;
  fetched: FetchedModel;
  transfer: Transfer | null;
  /** How far the device's check at the model's width is. */
  check: Progress | null;
  isCancelled: boolean;
}

/** What could not be had, and how. */
export interface FailedModel {
  failure: Failure;
  order: ModelOrder;
  /** The files, where the worker has refused them. */
  fetched: FetchedModel | null;
}

export interface ModelState {
  /** The worker's, or what the next worker has to load first. */
  current: FetchedModel | null;
  /** What the worker says of it; null while it hasn't loaded it. */
  info: ModelInfo | null;
  next: NextModel | null;
  loading: LoadingModel | null;
  failed: FailedModel | null;
  nAttempts: number;
}

export const SERVED: ModelOrder = { origin: { kind: "served" }, nLayers: null, random: null };

/** The name of what an order asks for. */
export function orderName({ origin, random }: ModelOrder): string {
  if (random !== null) return "the tokenizer";
  switch (origin.kind) {
    case "served":
      return "the model";
    case "hub":
      return origin.model.id;
    default:
      return origin.name;
  }
}

/** A first visit begins with the model that lies beside the page. */
export const firstModel: ModelState = wanted(
  { current: null, info: null, next: null, loading: null, failed: null, nAttempts: 0 },
  SERVED,
);

/** The visitor wants another model. What is loaded stays until that is. */
export function wanted(model: ModelState, order: ModelOrder, fetched: FetchedModel | null = null): ModelState {
  const attempt = model.nAttempts + 1;
  return { ...model, nAttempts: attempt, failed: null, next: { attempt, order, transfer: null, fetched } };
}

/** The current model once more, with another depth: its files are here. */
export function recut(model: ModelState, nLayers: number | null): ModelState {
  const { current } = model;
  if (current === null) return model;
  const order = { ...current.order, nLayers };
  return wanted(model, order, { ...current, order });
}

/** Try again what has failed. Files that the worker has refused are downloaded again if they have a source. */
export function retried(model: ModelState): ModelState {
  if (model.failed === null) return wanted(model, SERVED);
  const { order, fetched, failure } = model.failed;
  if (fetched === null) return wanted(model, order);
  const canBeFetched = order.origin.kind !== "files";
  const isOfFiles = failure.kind === "file" || failure.kind === "model";
  return canBeFetched && isOfFiles ? wanted(model, { ...order, isRefetch: true }) : wanted(model, order, fetched);
}

export function withTransfer(model: ModelState, attempt: number, transfer: Transfer): ModelState {
  return model.next?.attempt === attempt ? { ...model, next: { ...model.next, transfer } } : model;
}

export function withFiles(model: ModelState, attempt: number, fetched: FetchedModel): ModelState {
  return model.next?.attempt === attempt ? { ...model, next: { ...model.next, fetched } } : model;
}

export function withoutFiles(model: ModelState, attempt: number, failure: Failure): ModelState {
  if (model.next?.attempt !== attempt) return model;
  return { ...model, next: null, failed: { failure, order: model.next.order, fetched: null } };
}

/** The visitor gives it up: a fetch ends at once, a load when the worker says so. */
export function cancelled(model: ModelState): ModelState {
  return { ...model, next: null, loading: model.loading && { ...model.loading, isCancelled: true } };
}

/** The worker has been asked for `fetched`. */
export function requested(model: ModelState, request: number, fetched: FetchedModel): ModelState {
  const next = model.next?.fetched === fetched ? null : model.next;
  return { ...model, next, loading: { request, fetched, transfer: null, check: null, isCancelled: false } };
}

/** The worker has it. */
export function loaded(model: ModelState, info: ModelInfo): ModelState {
  return model.loading === null
    ? model
    : { ...model, current: model.loading.fetched, info, loading: null, failed: null };
}

/** The worker has refused it, or has given it up as it was told; what it had before it still has. */
export function refused(model: ModelState, failure: Failure): ModelState {
  if (model.loading === null) return model;
  const { fetched } = model.loading;
  const failed = failure.kind === "cancelled" ? model.failed : { failure, order: fetched.order, fetched };
  // What can't be loaded again is not asked for again and again.
  const current = fetched === model.current ? null : model.current;
  return { ...model, current, loading: null, failed };
}

/** The worker is gone. The next loads the same again, or what this one was about to. */
export function withoutWorker(model: ModelState): ModelState {
  const { loading, next } = model;
  const isNew = loading !== null && !loading.isCancelled && loading.fetched !== model.current;
  const again = isNew ? wanted(model, loading.fetched.order, loading.fetched) : model;
  return { ...again, next: next ?? again.next, info: null, loading: null };
}

/** The worker has crashed, perhaps over what it was loading: the next one begins with what was loaded before, if there is any. */
export function crashedWhileLoading(model: ModelState, failure: Failure): ModelState {
  if (model.loading === null) return model;
  const { fetched } = model.loading;
  if (model.current === null) return { ...wanted(model, fetched.order, fetched), loading: null };
  const failed = fetched === model.current ? model.failed : { failure, order: fetched.order, fetched };
  return { ...model, loading: null, failed };
}

/**
 * What the worker is to be asked for now; null if nothing is. A run keeps its model: another waits until it is over, and a
 * run that is to be recovered gets the model that it had.
 */
export function toLoad(model: ModelState, run: Run | null): FetchedModel | null {
  if (model.loading !== null) return null;
  const { info, current } = model;
  const isRunWaiting = isActive(run) && run.id === null;
  if (info === null && current !== null && (isRunWaiting || model.next?.fetched == null)) return current;
  const isNextForRun = isRunWaiting && (info === null || isOfOtherModel(run, info.fingerprint));
  return isActive(run) && !isNextForRun ? null : (model.next?.fetched ?? null);
}

/** True while nothing is there, nothing is coming, and something has failed. */
export function isMissing({ info, next, loading, failed, current }: ModelState): boolean {
  return info === null && next === null && loading === null && (failed !== null || current === null);
}

/** True while the worker checks the model on its device: all of its bytes are read. */
export function isBeingChecked({ loading }: ModelState): boolean {
  return loading !== null && loading.transfer !== null && isComplete(loading.transfer);
}

export type ActionOfModel =
  | { type: "model_wanted"; order: ModelOrder }
  | { type: "model_recut"; nLayers: number | null }
  | { type: "model_retried" }
  | { type: "model_cancelled" }
  | { type: "model_failure_dismissed" }
  | { type: "model_fetching"; attempt: number; transfer: Transfer }
  | { type: "model_fetched"; attempt: number; fetched: FetchedModel }
  | { type: "model_not_fetched"; attempt: number; failure: Failure };

/** A run keeps its model: nothing is asked for while one is active, but what is on its way comes. */
export function reduceModel(model: ModelState, action: ActionOfModel, run: Run | null): ModelState {
  switch (action.type) {
    case "model_wanted":
      return isActive(run) ? model : wanted(model, action.order);
    case "model_recut":
      return isActive(run) ? model : recut(model, action.nLayers);
    case "model_retried":
      // A run that is to be recovered and has no model needs just this.
      return isActive(run) && run.id !== null ? model : retried(model);
    case "model_cancelled":
      return cancelled(model);
    case "model_failure_dismissed":
      return { ...model, failed: null };
    case "model_fetching":
      return withTransfer(model, action.attempt, action.transfer);
    case "model_fetched":
      return withFiles(model, action.attempt, action.fetched);
    case "model_not_fetched":
      return withoutFiles(model, action.attempt, action.failure);
  }
}

type LoadEvent = Extract<WorkerEvent, { kind: "loading" | "preparing" }>;

/** Take in how far the worker is, if it is with this model. Times are milliseconds of the page's clock. */
export function withLoadEvent(model: ModelState, event: LoadEvent, at: number): ModelState {
  const { loading } = model;
  if (loading === null || loading.request !== event.request) return model;
  if (event.kind === "preparing") {
    return { ...model, loading: { ...loading, check: { nDone: event.n_done, nTotal: event.n_total } } };
  }
  const transfer: Transfer = {
    file: event.file,
    loadedBytes: event.loaded_bytes,
    keptBytes: 0,
    totalBytes: event.total_bytes,
    startedAt: loading.transfer?.startedAt ?? at,
    at,
  };
  return { ...model, loading: { ...loading, transfer } };
}
