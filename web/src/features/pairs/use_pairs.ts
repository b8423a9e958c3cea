/** Brings pairs to the worker as the state wants it: the demo is fetched, files are looked through and read. */

import type { RefObject } from "preact";
import { type Dispatch, useEffect } from "preact/hooks";
import type { Action, State } from "../../app/state";
import { corpusUrl } from "../../settings";
import type { WorkerClient } from "../../worker/client";
import { fetchPairs } from "./fetch_pairs";

export function usePairs(
  { worker, corpus, pairImport }: State,
  client: RefObject<WorkerClient | null>,
  dispatch: Dispatch<Action>,
): void {
  const isReady = worker.status === "ready";

  const isFetching = pairImport?.status === "fetching";
  useEffect(() => {
    if (!isFetching) return;
    const controller = new AbortController();
    fetchPairs(corpusUrl(), controller.signal, (transfer) => dispatch({ type: "demo_progressed", transfer })).then(
      (answer) => {
        if (answer === null) return;
        dispatch("blob" in answer ? { type: "demo_fetched", file: answer } : { type: "demo_failed", failure: answer });
      },
    );
    return () => controller.abort();
  }, [isFetching]);

  // A new worker is given the pairs of the last one first: a run may be waiting for them.
  useEffect(() => {
    if (!isReady || client.current === null || corpus.status !== "waiting") return;
    const { generation } = client.current;
    dispatch({ type: "corpus_requested", generation, request: client.current.loadCorpus(corpus.value.source) });
  }, [isReady, corpus.status]);

  // What is being looked through or read, and has not been asked for.
  const isUnasked = pairImport !== null && "request" in pairImport && pairImport.request === null;
  useEffect(() => {
    if (!isReady || client.current === null || !isUnasked) return;
    const { generation } = client.current;
    const request =
      pairImport.status === "inspecting"
        ? client.current.inspectPairs(pairImport.file)
        : client.current.loadCorpus(pairImport.source);
    dispatch({ type: "import_requested", generation, request });
  }, [isReady, isUnasked]);

  // The worker is told that a file isn't wanted any more: another was brought in its place, or the visitor gave it up. A
  // file that it has just done with is none that it could stop.
  const inspectRequest = pairImport?.status === "inspecting" ? pairImport.request : null;
  useEffect(() => {
    const asked = client.current;
    if (inspectRequest === null || asked === null) return;
    return () => asked.cancel(inspectRequest);
  }, [inspectRequest]);
  const cancelledRequest = pairImport?.status === "loading" && pairImport.isCancelling ? pairImport.request : null;
  useEffect(() => {
    if (cancelledRequest !== null) client.current?.cancel(cancelledRequest);
  }, [cancelledRequest]);
}
