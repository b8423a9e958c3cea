/** Ties the state to the worker: what the state asks for is posted, what the worker says is reduced. */

import { type Dispatch, useEffect, useLayoutEffect, useReducer } from "preact/hooks";
import { readPreferences, storePreferences } from "./preferences";
import { corpusUrl, modelUrl } from "./settings";
import { type ActionOfVisitor, initialStateFor, reduce, type State } from "./state";
import { millisUntilAsking } from "./state/compare";
import { orderFor } from "./state/compute";
import type { RunOrder } from "./state/form";
import { checkpointOf, isActive } from "./state/run";
import { useWorker } from "./use_worker";

/** What the views can do besides plain actions: what goes to the worker. */
export interface Lab {
  state: State;
  dispatch: Dispatch<ActionOfVisitor>;
  train(order: RunOrder): void;
  pause(): void;
  resume(): void;
  stop(): void;
}

export function useLab(): Lab {
  const [state, dispatch] = useReducer(reduce, null, () => initialStateFor(readPreferences()));
  const client = useWorker(state, dispatch);
  const { compute, worker, model, corpus, run, trial } = state;
  const isReady = worker.status === "ready";

  const { choice, onLoss } = compute;
  useEffect(() => storePreferences({ choice, onLoss }), [choice, onLoss]);

  // What is wanted and not yet asked for is asked for as soon as the worker listens.
  useEffect(() => {
    if (!isReady || client.current === null) return;
    const { generation } = client.current;
    if (model.status === "waiting") {
      dispatch({ type: "model_requested", generation, request: client.current.loadModel(modelUrl()) });
    }
    if (corpus.status === "waiting") {
      dispatch({ type: "corpus_requested", generation, request: client.current.loadCorpus(corpusUrl()) });
    }
  }, [isReady, model.status, corpus.status]);

  // A run that was lost with its worker goes on as soon as another has what it needs.
  const hasAll = isReady && model.status === "loaded" && corpus.status === "loaded";
  const canGoOn = hasAll && run?.phase === "recovering" && run.id === null;
  useEffect(() => {
    if (!canGoOn || run === null || client.current === null) return;
    const { generation } = client.current;
    const checkpoint = checkpointOf(run);
    const order = orderFor(compute, run.order);
    const request = checkpoint === null ? client.current.train(order) : client.current.goOn(checkpoint, order.nWorkers);
    dispatch({ type: "run_continued", generation, request });
  }, [canGoOn]);

  // What the visitor wants of the run is told to whoever has the run, at once: to the next worker too, where one has to
  // go on with it.
  const id = run?.id ?? null;
  const hold = run?.hold;
  const isStopping = run?.isStopping ?? false;
  useLayoutEffect(() => {
    if (id === null) return;
    if (hold === "pausing") client.current?.pause(id);
    if (hold === "resuming") client.current?.resume(id);
  }, [id, hold]);
  useLayoutEffect(() => {
    if (id !== null && isStopping) client.current?.stop(id);
  }, [id, isStopping]);

  const canCompare = isReady && model.status === "loaded";
  useEffect(() => {
    const millis = canCompare ? millisUntilAsking(trial, isActive(run), performance.now()) : null;
    if (millis === null) return;
    const timer = window.setTimeout(() => {
      if (client.current === null) return;
      const { generation } = client.current;
      const { sentenceA, sentenceB, revision } = trial;
      const request = client.current.compare(sentenceA, sentenceB);
      const asked = { sentenceA, sentenceB, revision, at: performance.now() };
      dispatch({ type: "comparison_requested", generation, request, asked });
    }, millis);
    return () => window.clearTimeout(timer);
  }, [canCompare, trial, run]);

  return {
    state,
    dispatch,
    train: (order) => {
      if (client.current === null) return;
      const { generation } = client.current;
      const request = client.current.train(orderFor(compute, order));
      dispatch({ type: "run_requested", generation, request, order, at: performance.now() });
    },
    pause: () => dispatch({ type: "pause_asked" }),
    resume: () => dispatch({ type: "resume_asked" }),
    stop: () => dispatch({ type: "stop_asked" }),
  };
}
