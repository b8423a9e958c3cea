/** The pairs that the worker has, and the import that replaces them. */

import type { CorpusInfo, Failure, ImportPlan, Inspection, PairFile, PairRecord, TextEncoding } from "../../protocol";
import type { Transfer } from "../../ui/progress";
import type { ProgressOf } from "../../worker/client";

/** A file of pairs and its import plan; null if its own columns say it, as in the demo. */
export interface PairSource {
  file: PairFile;
  plan: ImportPlan | null;
}

/** A corpus as it is shown, with its source, so that another worker can load it. */
export interface Corpus {
  source: PairSource;
  info: CorpusInfo;
  /** In file order. Never changed, only replaced, so that identity tells whether to draw them again. */
  pairs: readonly PairRecord[];
}

export type CorpusState =
  /** Nothing was loaded yet. */
  | { status: "none" }
  /** A new worker has to load it again, or is loading it. */
  | { status: "waiting"; value: Corpus }
  | { status: "loaded"; value: Corpus }
  /** The worker could not load it again, such as a file that was deleted. */
  | { status: "failed"; value: Corpus; failure: Failure };

/** The progress of reading a file. Times are milliseconds of `performance.now()`. */
export interface Reading {
  nRows: number;
  /** Of the file's bytes, 0 to 1. */
  fraction: number;
  /** When the first report came, and which fraction was read by then. */
  startedAt: number;
  startFraction: number;
  at: number;
}

/** A plan as the worker has answered it, and why it can't be carried out; null if it can. */
export type PlanRevision = Pick<Inspection, "plan" | "problem">;

/** An inspected file with its import plan. */
export interface PairDraft {
  file: PairFile;
  inspection: Inspection;
  /** With the last change of the visitor; the worker is asked what follows from it unless this is the plan of `revision`. */
  plan: ImportPlan;
  revision: PlanRevision;
}

/** A file that is being imported. It is requested from the worker as soon as that is ready. */
export type PairImport =
  /** The demo, which the page fetches. */
  | { status: "fetching"; transfer: Transfer | null }
  | {
      status: "inspecting";
      file: PairFile;
      /** Chosen by the visitor; null to have it guessed. */
      encoding: TextEncoding | null;
      /** Shown again if this fails or is cancelled; null for a file that was just brought. */
      draft: PairDraft | null;
      reading: Reading | null;
    }
  /** The visitor is asked what the columns are; `failure` is of the last attempt. */
  | { status: "confirming"; draft: PairDraft; failure: Failure | null }
  | {
      status: "loading";
      source: PairSource;
      /** Shown again if this fails or is cancelled; null if the visitor was not asked. */
      draft: PairDraft | null;
      reading: Reading | null;
      /** Rows received so far, message by message. */
      chunks: readonly PairRecord[][];
      /** The visitor has cancelled it. The reply of the worker is awaited, since the two may have crossed. */
      isCancelling: boolean;
    }
  /** The demo can be tried again; another file has to be brought again. */
  | { status: "failed"; failure: Failure; isDemo: boolean };

/** The demo, with which a first visit begins. */
export const fetchingDemo: PairImport = { status: "fetching", transfer: null };

/** A file that the visitor has brought. */
export function inspecting(file: PairFile): PairImport {
  return { status: "inspecting", file, encoding: null, draft: null, reading: null };
}

/** The same file in another encoding: it has other names and values then. */
export function inspectingAs(encoding: TextEncoding, draft: PairDraft): PairImport {
  return { status: "inspecting", file: draft.file, encoding, draft, reading: null };
}

/** A file to be imported. */
export function loadingFrom(source: PairSource, draft: PairDraft | null): PairImport {
  return { status: "loading", source, draft, reading: null, chunks: [], isCancelling: false };
}

/** True if the worker reads a file, or will: no run can start meanwhile. */
export function isReading(pairImport: PairImport | null): boolean {
  const status = pairImport?.status;
  return status === "fetching" || status === "inspecting" || status === "loading";
}

/** The shown corpus; null before the first pairs are loaded. */
export function shownCorpus(corpus: CorpusState): Corpus | null {
  return corpus.status === "none" ? null : corpus.value;
}

/** The pairs that a run is scored on, in their order, and the scale of their similarities. */
export function heldOutOf({ pairs, info }: Corpus): { pairs: readonly PairRecord[]; scoreRange: [number, number] } {
  return { pairs: pairs.filter(({ split }) => split === "held_out"), scoreRange: info.score_range };
}

/** Cancelled by the visitor: at once unless the worker, if it is ready, has to stop reading first. */
export function importCancelled(pairImport: PairImport | null, isReady: boolean): PairImport | null {
  if (pairImport?.status === "inspecting" && pairImport.draft !== null) return confirming(pairImport.draft, null);
  if (pairImport?.status !== "loading") return null;
  return isReady ? { ...pairImport, isCancelling: true } : backToDraft(pairImport, null);
}

/** The worker could not do it, or was cancelled. */
export function importFailed(pairImport: PairImport | null, failure: Failure): PairImport | null {
  const isCancelled = failure.kind === "cancelled";
  switch (pairImport?.status) {
    case "loading":
      return backToDraft(pairImport, isCancelled ? null : failure);
    case "inspecting":
      if (pairImport.draft !== null) return confirming(pairImport.draft, isCancelled ? null : failure);
      return isCancelled ? null : { status: "failed", failure, isDemo: false };
    case "fetching":
      return { status: "failed", failure, isDemo: true };
    case "confirming":
      return { ...pairImport, failure };
    default:
      return pairImport ?? null;
  }
}

/** The import for another worker: the requests to the last one are repeated. */
export function importForNewWorker(pairImport: PairImport | null): PairImport | null {
  switch (pairImport?.status) {
    case "inspecting":
      return { ...pairImport, reading: null };
    case "loading":
      // Cancelled: the last worker has stopped.
      if (pairImport.isCancelling) return backToDraft(pairImport, null);
      return loadingFrom(pairImport.source, pairImport.draft);
    default:
      return pairImport ?? null;
  }
}

/** Take in the progress, or the rows that were read. */
export function importProgressed(
  pairImport: PairImport | null,
  event: ProgressOf<"load_corpus">,
  at: number,
): PairImport | null {
  if (pairImport?.status !== "inspecting" && pairImport?.status !== "loading") return pairImport;
  if (event.kind === "reading_rows") return { ...pairImport, reading: readingAfter(pairImport.reading, event, at) };
  if (pairImport.status !== "loading") return pairImport;
  return { ...pairImport, chunks: [...pairImport.chunks, event.pairs] };
}

/** Seconds until a file is read at its mean speed; null before there is a useful estimate. */
export function readingSecsLeft({ fraction, startedAt, startFraction, at }: Reading): number | null {
  const secs = (at - startedAt) / 1000;
  if (secs < 0.5 || fraction <= startFraction) return null;
  return ((1 - fraction) * secs) / (fraction - startFraction);
}

type Loading = Extract<PairImport, { status: "loading" }>;

function backToDraft({ source, draft }: Loading, failure: Failure | null): PairImport | null {
  if (draft !== null) return confirming(draft, failure);
  return failure && { status: "failed", failure, isDemo: source.plan === null };
}

function confirming(draft: PairDraft, failure: Failure | null): PairImport {
  return { status: "confirming", draft, failure };
}

function readingAfter(
  last: Reading | null,
  { n_rows: nRows, fraction }: ProgressOf<"inspect_pairs">,
  at: number,
): Reading {
  const { startedAt, startFraction } = last ?? { startedAt: at, startFraction: fraction };
  return { nRows, fraction, startedAt, startFraction, at };
}
