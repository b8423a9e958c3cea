/** Requests pairs from the worker: the demo is fetched, files are inspected and imported. */

import type { RefObject } from "preact";
import { type Dispatch, useLayoutEffect, useRef } from "preact/hooks";
import { corpusUrl } from "../../settings";
import type { ProgressOf, WorkerClient } from "../../worker/client";
import { fetchPairs } from "./fetch_pairs";
import type { PairsAction, PairsState } from "./state";

export function usePairs(
  { corpus, pairImport }: PairsState,
  isReady: boolean,
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<PairsAction>,
): void {
  const isFetching = pairImport?.status === "fetching";
  useLayoutEffect(() => {
    if (!isFetching) return;
    const { signal, tell, abort } = untilAborted(dispatch);
    fetchPairs(corpusUrl(), signal, (transfer) => tell({ type: "pairs/demo_progressed", transfer })).then(
      (file) => tell({ type: "pairs/demo_fetched", file }),
      (failure) => tell({ type: "pairs/import_failed", failure }),
    );
    return abort;
  }, [isFetching]);

  // A new worker loads the pairs of the last one first: a run may be waiting for them.
  const toRestore = corpus.status === "waiting" ? corpus.value.source : null;
  useLayoutEffect(() => {
    if (!isReady || toRestore === null || worker.current === null) return;
    worker.current.call({ kind: "load_corpus", ...toRestore }).then(
      ({ corpus: info }) => dispatch({ type: "pairs/restored", info }),
      (failure) => dispatch({ type: "pairs/not_restored", failure }),
    );
  }, [isReady, toRestore]);

  const toInspect = pairImport?.status === "inspecting" ? pairImport.file : null;
  const encoding = pairImport?.status === "inspecting" ? pairImport.encoding : null;
  useLayoutEffect(() => {
    if (!isReady || toInspect === null || worker.current === null) return;
    const { signal, tell, abort } = untilAborted(dispatch);
    const onProgress = (event: ProgressOf<"load_corpus">) => tell(progressed(event));
    worker.current.call({ kind: "inspect_pairs", file: toInspect, encoding }, { signal, onProgress }).then(
      ({ inspection }) => tell({ type: "pairs/inspected", inspection }),
      (failure) => tell({ type: "pairs/import_failed", failure }),
    );
    // Another file was brought, or the visitor has cancelled: later events of this one are ignored.
    return abort;
  }, [isReady, toInspect]);

  const draft = pairImport?.status === "confirming" ? pairImport.draft : null;
  useLayoutEffect(() => {
    if (!isReady || draft === null || draft.plan === draft.revision.plan || worker.current === null) return;
    const { signal, tell, abort } = untilAborted(dispatch);
    const { inspection, revision, plan } = draft;
    const { columns } = inspection;
    worker.current.call({ kind: "revise_plan", columns, last: revision.plan, plan }, { signal }).then(
      (revised) => tell({ type: "pairs/plan_revised", revision: revised }),
      (failure) => tell({ type: "pairs/import_failed", failure }),
    );
    // The visitor has changed it again: the next request says what has changed since the last answer.
    return abort;
  }, [isReady, draft?.plan]);

  const toLoad = pairImport?.status === "loading" ? pairImport.source : null;
  const loading = useRef(new AbortController());
  useLayoutEffect(() => {
    if (!isReady || toLoad === null || worker.current === null) return;
    loading.current = new AbortController();
    const { signal } = loading.current;
    const onProgress = (event: ProgressOf<"load_corpus">) => dispatch(progressed(event));
    worker.current.call({ kind: "load_corpus", ...toLoad }, { signal, onProgress }).then(
      ({ corpus: info }) => dispatch({ type: "pairs/imported", info }),
      (failure) => dispatch({ type: "pairs/import_failed", failure }),
    );
  }, [isReady, toLoad]);
  const isCancelling = pairImport?.status === "loading" && pairImport.isCancelling;
  useLayoutEffect(() => {
    if (isCancelling) loading.current.abort();
  }, [isCancelling]);
}

function progressed(event: ProgressOf<"load_corpus">): PairsAction {
  return { type: "pairs/import_progressed", event, at: performance.now() };
}

/** `tell` dispatches until `abort` is called. */
function untilAborted(dispatch: Dispatch<PairsAction>) {
  const controller = new AbortController();
  const { signal } = controller;
  return {
    signal,
    tell: (action: PairsAction) => signal.aborted || dispatch(action),
    abort: () => controller.abort(),
  };
}
