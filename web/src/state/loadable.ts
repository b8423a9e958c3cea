/** Something that is fetched: the model, the corpus. */

import type { Event, Failure } from "../protocol";
import type { Progress } from "./progress";

/** `waiting` means that nobody has asked yet; the page asks as soon as the worker is ready. */
export type Loadable<T> =
  | { status: "waiting" }
  | { status: "loading"; request: number; transfer: Transfer | null; check: Progress | null }
  | { status: "loaded"; value: T }
  | { status: "failed"; failure: Failure };

/** How far a download is. Times are milliseconds of the page's clock. */
export interface Transfer {
  file: string;
  loadedBytes: number;
  totalBytes: number | null;
  startedAt: number;
  at: number;
}

/** Take in a progress report, if it belongs to this download. */
export function withProgress<T>(
  loadable: Loadable<T>,
  event: Extract<Event, { kind: "loading" }>,
  at: number,
): Loadable<T> {
  if (loadable.status !== "loading" || loadable.request !== event.request) return loadable;
  const transfer = {
    file: event.file,
    loadedBytes: event.loaded_bytes,
    totalBytes: event.total_bytes,
    startedAt: loadable.transfer?.startedAt ?? at,
    at,
  };
  return { ...loadable, transfer };
}

/** A download that has been asked for. */
export function beingLoaded(request: number): Extract<Loadable<never>, { status: "loading" }> {
  return { status: "loading", request, transfer: null, check: null };
}

/** Take in how far the device's check is that belongs to this download: of a model, before it goes to the GPU. */
export function withCheck<T>(loadable: Loadable<T>, event: Extract<Event, { kind: "preparing" }>): Loadable<T> {
  if (loadable.status !== "loading" || loadable.request !== event.request) return loadable;
  return { ...loadable, check: { nDone: event.n_done, nTotal: event.n_total } };
}

/** True if all bytes are here. */
export function isComplete({ loadedBytes, totalBytes }: Transfer): boolean {
  return totalBytes !== null && loadedBytes >= totalBytes;
}

/** True if `request` is the one this waits for. */
export function awaits<T>(loadable: Loadable<T>, request: number | null): boolean {
  return loadable.status === "loading" && loadable.request === request;
}

/** The value, once there is one. */
export function loadedValue<T>(loadable: Loadable<T>): T | null {
  return loadable.status === "loaded" ? loadable.value : null;
}

/** Seconds until a download is complete at its mean speed so far; none while that is a wild guess. */
export function transferSecsLeft(transfer: Transfer): number | null {
  const secs = (transfer.at - transfer.startedAt) / 1000;
  if (transfer.totalBytes === null || secs < 0.5 || transfer.loadedBytes === 0) return null;
  return ((transfer.totalBytes - transfer.loadedBytes) * secs) / transfer.loadedBytes;
}
