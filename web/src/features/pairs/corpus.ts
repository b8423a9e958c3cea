/** The pairs that the worker has, and a file that is being brought in to take their place. */

import type { CorpusInfo, Failure, ImportPlan, Inspection, PairFile, PairInfo } from "../../protocol";
import type { Transfer } from "../../ui/transfer";
import type { ProgressOf } from "../../worker/client";

/** A file of pairs and how it is understood. No plan: it says so itself, as the demo's does. */
export interface PairSource {
  file: PairFile;
  plan: ImportPlan | null;
}

/** A corpus as it is shown, and where it came from, so that another worker can be given it. */
export interface Corpus {
  source: PairSource;
  info: CorpusInfo;
  /** In file order. Never changed, only replaced, so that identity tells whether to draw them again. */
  pairs: readonly PairInfo[];
}

export type CorpusState =
  /** There has been none yet. */
  | { status: "none" }
  /** A new worker is to be given it again, or is reading it. */
  | { status: "waiting"; value: Corpus }
  | { status: "loaded"; value: Corpus }
  /** It could not be given to the worker again, such as a file that is gone from the disk. */
  | { status: "failed"; value: Corpus; failure: Failure };

/** How far the worker is with a file. Times are milliseconds of the page's clock. */
export interface Reading {
  nRows: number;
  /** Of the file's bytes, 0 to 1. */
  fraction: number;
  /** When the first report came, and which fraction was read by then. */
  startedAt: number;
  startFraction: number;
  at: number;
}

/** A file that has been looked through, with what the visitor makes of it. */
export interface PairDraft {
  file: PairFile;
  inspection: Inspection;
  plan: ImportPlan;
}

/** A file that is being imported. It is requested from the worker as soon as that is ready. */
export type PairImport =
  /** The demo, which the page fetches. */
  | { status: "fetching"; transfer: Transfer | null }
  | { status: "inspecting"; file: PairFile; reading: Reading | null }
  /** The visitor is asked what the columns are; `failure` is of the last attempt. */
  | { status: "confirming"; draft: PairDraft; failure: Failure | null }
  | {
      status: "loading";
      source: PairSource;
      /** What to go back to; null where nothing was asked. */
      draft: PairDraft | null;
      reading: Reading | null;
      /** Rows that have come, message by message. */
      chunks: readonly PairInfo[][];
      /** The visitor has cancelled it. The reply of the worker is awaited, since the two may have crossed. */
      isCancelling: boolean;
    }
  /** The demo can be tried again; a file of the visitor's is brought again by the visitor. */
  | { status: "failed"; failure: Failure; isDemo: boolean };

/** The demo, which a first visit begins with. */
export const fetchingDemo: PairImport = { status: "fetching", transfer: null };

/** A file that the visitor has brought. */
export function inspecting(file: PairFile): PairImport {
  return { status: "inspecting", file, reading: null };
}

/** A file that is to be read whole. */
export function loadingFrom(source: PairSource, draft: PairDraft | null): PairImport {
  return { status: "loading", source, draft, reading: null, chunks: [], isCancelling: false };
}

/** True if the worker reads a file, or is about to: no run can start meanwhile. */
export function isReading(pairImport: PairImport | null): boolean {
  const status = pairImport?.status;
  return status === "fetching" || status === "inspecting" || status === "loading";
}

/** What the visitor sees; null before the first pairs are read. */
export function shownCorpus(corpus: CorpusState): Corpus | null {
  return corpus.status === "none" ? null : corpus.value;
}

/** Cancelled by the visitor: at once unless the worker, if it is ready, has to stop reading first. */
export function importCancelled(pairImport: PairImport | null, isReady: boolean): PairImport | null {
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
      return isCancelled ? null : { status: "failed", failure, isDemo: false };
    case "fetching":
      return { status: "failed", failure, isDemo: true };
    default:
      return pairImport ?? null;
  }
}

/** The import as another worker finds it: what the last one was asked is asked again. */
export function importForNewWorker(pairImport: PairImport | null): PairImport | null {
  switch (pairImport?.status) {
    case "inspecting":
      return inspecting(pairImport.file);
    case "loading":
      // To stop was all that was wanted of the last one, and it has stopped.
      if (pairImport.isCancelling) return backToDraft(pairImport, null);
      return loadingFrom(pairImport.source, pairImport.draft);
    default:
      return pairImport ?? null;
  }
}

/** Take in how far the worker is with the file, or the rows it has read. */
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

/** Seconds until a file is read at its mean speed so far; null while that is a wild guess. */
export function readingSecsLeft({ fraction, startedAt, startFraction, at }: Reading): number | null {
  const secs = (at - startedAt) / 1000;
  if (secs < 0.5 || fraction <= startFraction) return null;
  return ((1 - fraction) * secs) / (fraction - startFraction);
}

type Loading = Extract<PairImport, { status: "loading" }>;

function backToDraft({ source, draft }: Loading, failure: Failure | null): PairImport | null {
  if (draft !== null) return { status: "confirming", draft, failure };
  return failure && { status: "failed", failure, isDemo: source.plan === null };
}

function readingAfter(
  last: Reading | null,
  { n_rows: nRows, fraction }: ProgressOf<"inspect_pairs">,
  at: number,
): Reading {
  const { startedAt, startFraction } = last ?? { startedAt: at, startFraction: fraction };
  return { nRows, fraction, startedAt, startFraction, at };
}
