/** How pairs come in: the demo is fetched, or a file of the visitor's is looked through, confirmed and read. */

import type { State } from "../../app/state";
import type { Failure, ImportPlan, PairFile, Event as WorkerEvent } from "../../protocol";
import type { Transfer } from "../../ui/transfer";
import { isActive, withOtherInputs } from "../train/run";
import {
  fetchingDemo,
  importAwaits,
  importCancelled,
  importFailed,
  importForNewWorker,
  importProgressed,
  importRequested,
  inspecting,
  loadingFrom,
} from "./corpus";

/** What happens to pairs besides what the worker says. */
export type ActionOfPairs =
  | { type: "demo_wanted" }
  | { type: "demo_progressed"; transfer: Transfer }
  | { type: "demo_fetched"; file: PairFile }
  | { type: "demo_failed"; failure: Failure }
  /** A file was dropped, chosen or pasted. */
  | { type: "pairs_brought"; file: PairFile }
  /** What was dropped or pasted can't be a file of pairs. */
  | { type: "pairs_refused"; failure: Failure }
  | { type: "plan_changed"; plan: ImportPlan }
  | { type: "plan_confirmed" }
  | { type: "import_cancelled" }
  /** The pairs that a new worker could not be given are to be given it once more. */
  | { type: "corpus_retried" };

export function reducePairs(state: State, action: ActionOfPairs): State {
  const { pairImport } = state;
  switch (action.type) {
    case "demo_wanted":
      return canBring(state) ? { ...state, pairImport: fetchingDemo } : state;
    case "demo_progressed":
      if (pairImport?.status !== "fetching") return state;
      return { ...state, pairImport: { status: "fetching", transfer: action.transfer } };
    case "demo_fetched":
      if (pairImport?.status !== "fetching") return state;
      return { ...state, pairImport: loadingFrom({ file: action.file, plan: null }, null) };
    case "demo_failed":
      return pairImport?.status === "fetching" ? withFailedImport(state, action.failure) : state;
    case "pairs_brought":
      return canBring(state) ? { ...state, pairImport: inspecting(action.file) } : state;
    case "pairs_refused":
      if (!canBring(state)) return state;
      return { ...state, pairImport: { status: "failed", failure: action.failure, isDemo: false } };
    case "plan_changed": {
      if (pairImport?.status !== "confirming") return state;
      return { ...state, pairImport: { ...pairImport, draft: { ...pairImport.draft, plan: action.plan } } };
    }
    case "plan_confirmed": {
      if (pairImport?.status !== "confirming" || isActive(state.run)) return state;
      const { draft } = pairImport;
      return { ...state, pairImport: loadingFrom({ file: draft.file, plan: draft.plan }, draft) };
    }
    case "import_cancelled":
      return { ...state, pairImport: importCancelled(pairImport) };
    case "corpus_retried":
      if (state.corpus.status !== "failed") return state;
      return { ...state, corpus: { status: "waiting", value: state.corpus.value } };
  }
}

/** True unless a run needs the pairs it has, or others are being read already. */
export function canBring({ run, pairImport }: State): boolean {
  return !isActive(run) && pairImport?.status !== "loading";
}

/** The worker was asked to read the import's file. */
export function withImportRequest(state: State, request: number): State {
  return { ...state, pairImport: importRequested(state.pairImport, request) };
}

/** The worker was asked for the pairs that the last one had. */
export function withCorpusRequest(state: State, request: number): State {
  if (state.corpus.status !== "waiting") return state;
  return { ...state, corpus: { status: "loading", value: state.corpus.value, request } };
}

/** Take in how far a file is read, or its rows. */
export function withReading(
  state: State,
  event: Extract<WorkerEvent, { kind: "reading_rows" | "corpus_rows" | "pairs_inspected" }>,
  at: number,
): State {
  if (!importAwaits(state.pairImport, event.request)) return state;
  return { ...state, pairImport: importProgressed(state.pairImport, event, at) };
}

/** The worker has new pairs, or those that the last one had; null if it is neither that was asked for. */
export function withCorpus(state: State, event: Extract<WorkerEvent, { kind: "corpus_loaded" }>): State | null {
  const { corpus, pairImport, run } = state;
  if (pairImport?.status === "loading" && pairImport.request === event.request) {
    const { source, chunks } = pairImport;
    return {
      ...state,
      corpus: { status: "loaded", value: { source, info: event.corpus, pairs: chunks.flat() } },
      pairImport: null,
      run: withOtherInputs(run),
    };
  }
  if (corpus.status !== "loading" || corpus.request !== event.request) return null;
  return { ...state, corpus: { status: "loaded", value: { ...corpus.value, info: event.corpus } } };
}

/** A failure of the pairs that were asked for; null if it is another's. */
export function withFailedPairs(state: State, request: number, failure: Failure): State | null {
  const { corpus } = state;
  if (importAwaits(state.pairImport, request)) return withFailedImport(state, failure);
  if (corpus.status !== "loading" || corpus.request !== request) return null;
  return { ...state, corpus: { status: "failed", value: corpus.value, failure } };
}

/** The worker is gone, and all pairs with it: the next one is to be given the same. */
export function withoutWorkersPairs({ corpus, pairImport }: State): Pick<State, "corpus" | "pairImport"> {
  return {
    corpus: corpus.status === "none" ? corpus : { status: "waiting", value: corpus.value },
    pairImport: importForNewWorker(pairImport),
  };
}

function withFailedImport(state: State, failure: Failure): State {
  return { ...state, pairImport: importFailed(state.pairImport, failure) };
}
