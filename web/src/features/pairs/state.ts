/** How pairs are imported: the demo is fetched, or a file of the visitor is inspected, confirmed and read. */

import type { CorpusInfo, Failure, ImportPlan, Inspection, PairFile, TextEncoding } from "../../protocol";
import type { Transfer } from "../../ui/progress";
import type { ProgressOf } from "../../worker/client";
import {
  type CorpusState,
  fetchingDemo,
  importCancelled,
  importFailed,
  importForNewWorker,
  importProgressed,
  inspecting,
  inspectingAs,
  loadingFrom,
  type PairImport,
  type PlanRevision,
} from "./corpus";

export interface PairsState {
  corpus: CorpusState;
  /** Pairs that are to replace the corpus; until they do, it stays. */
  pairImport: PairImport | null;
}

export const firstPairs: PairsState = { corpus: { status: "none" }, pairImport: fetchingDemo };

export type PairsAction =
  | { type: "pairs/demo_wanted" }
  | { type: "pairs/demo_progressed"; transfer: Transfer }
  | { type: "pairs/demo_fetched"; file: PairFile }
  /** A file was dropped, chosen or pasted. */
  | { type: "pairs/brought"; file: PairFile }
  /** What was dropped or pasted can't be a file of pairs. */
  | { type: "pairs/not_brought"; failure: Failure }
  | { type: "pairs/inspected"; inspection: Inspection }
  | { type: "pairs/plan_changed"; plan: ImportPlan }
  | { type: "pairs/encoding_chosen"; encoding: TextEncoding }
  | { type: "pairs/plan_revised"; revision: PlanRevision }
  | { type: "pairs/plan_confirmed" }
  | { type: "pairs/import_cancelled"; isReady: boolean }
  | { type: "pairs/import_progressed"; event: ProgressOf<"load_corpus">; at: number }
  | { type: "pairs/import_failed"; failure: Failure }
  | { type: "pairs/imported"; info: CorpusInfo }
  /** A new worker has loaded the pairs of the last one, or could not, or has to try again. */
  | { type: "pairs/restored"; info: CorpusInfo }
  | { type: "pairs/not_restored"; failure: Failure }
  | { type: "pairs/restore_wanted" };

export function reducePairs(pairs: PairsState, action: PairsAction): PairsState {
  const { corpus, pairImport } = pairs;
  const withImport = (next: PairImport | null): PairsState => ({ ...pairs, pairImport: next });
  switch (action.type) {
    case "pairs/demo_wanted":
      return canBring(pairs) ? withImport(fetchingDemo) : pairs;
    case "pairs/demo_progressed":
      return withImport({ status: "fetching", transfer: action.transfer });
    case "pairs/demo_fetched":
      return withImport(loadingFrom({ file: action.file, plan: null }, null));
    case "pairs/brought":
      return canBring(pairs) ? withImport(inspecting(action.file)) : pairs;
    case "pairs/not_brought":
      return canBring(pairs) ? withImport({ status: "failed", failure: action.failure, isDemo: false }) : pairs;
    case "pairs/inspected": {
      if (pairImport?.status !== "inspecting") return pairs;
      const { inspection } = action;
      const draft = { file: pairImport.file, inspection, plan: inspection.plan, revision: inspection };
      return withImport({ status: "confirming", draft, failure: null });
    }
    case "pairs/plan_changed": {
      if (pairImport?.status !== "confirming") return pairs;
      return withImport({ ...pairImport, draft: { ...pairImport.draft, plan: action.plan } });
    }
    case "pairs/encoding_chosen":
      return pairImport?.status === "confirming" ? withImport(inspectingAs(action.encoding, pairImport.draft)) : pairs;
    case "pairs/plan_revised": {
      if (pairImport?.status !== "confirming") return pairs;
      const { revision } = action;
      return withImport({ ...pairImport, draft: { ...pairImport.draft, plan: revision.plan, revision } });
    }
    case "pairs/plan_confirmed": {
      if (pairImport?.status !== "confirming") return pairs;
      const { draft } = pairImport;
      return withImport(loadingFrom({ file: draft.file, plan: draft.plan }, draft));
    }
    case "pairs/import_cancelled":
      return withImport(importCancelled(pairImport, action.isReady));
    case "pairs/import_progressed":
      return withImport(importProgressed(pairImport, action.event, action.at));
    case "pairs/import_failed":
      return withImport(importFailed(pairImport, action.failure));
    case "pairs/imported": {
      if (pairImport?.status !== "loading") return pairs;
      const { source, chunks } = pairImport;
      const value = { source, info: action.info, pairs: chunks.flat() };
      return { corpus: { status: "loaded", value }, pairImport: null };
    }
    case "pairs/restored":
      if (corpus.status !== "waiting") return pairs;
      return { ...pairs, corpus: { status: "loaded", value: { ...corpus.value, info: action.info } } };
    case "pairs/not_restored":
      if (corpus.status !== "waiting") return pairs;
      return { ...pairs, corpus: { status: "failed", value: corpus.value, failure: action.failure } };
    case "pairs/restore_wanted":
      return corpus.status === "failed" ? { ...pairs, corpus: { status: "waiting", value: corpus.value } } : pairs;
  }
}

/** True unless other pairs are being read already. */
function canBring({ pairImport }: PairsState): boolean {
  return pairImport?.status !== "loading";
}

/** The worker is lost with all pairs: the next one has to load the same. */
export function pairsWithoutWorker({ corpus, pairImport }: PairsState): PairsState {
  return {
    corpus: corpus.status === "none" ? corpus : { status: "waiting", value: corpus.value },
    pairImport: importForNewWorker(pairImport),
  };
}
