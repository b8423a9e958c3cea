/** Ties the state to the worker: what the state asks for is posted, what the worker says is reduced. */

import { type Dispatch, useEffect, useReducer, useRef } from "preact/hooks";
import type { TrainConfig } from "./protocol";
import { corpusUrl, modelUrl } from "./settings";
import { type Action, initialState, reduce, type State } from "./state";
import { millisUntilAsking } from "./state/compare";
import { isActive } from "./state/run";
import { WorkerClient } from "./worker_client";

/** What the views can do besides plain actions: the commands that go to the worker. */
export interface Lab {
  state: State;
  dispatch: Dispatch<Action>;
  train(config: TrainConfig): void;
  pause(): void;
  resume(): void;
  stop(): void;
}

export function useLab(): Lab {
  const [state, dispatch] = useReducer(reduce, initialState);
  const client = useRef<WorkerClient | null>(null);
  const { generation, worker, model, corpus, run, trial } = state;

  // A new generation is a new worker; the old one is ended with all that it held.
  useEffect(() => {
    const opened = new WorkerClient({
      onEvent: (event) => dispatch({ type: "worker_said", event, at: performance.now() }),
      onSlow: () => dispatch({ type: "worker_slow" }),
      onCrash: (failure) => dispatch({ type: "worker_crashed", failure }),
    });
    client.current = opened;
    return () => opened.close();
  }, [generation]);

  // What is wanted and not yet asked for is asked for as soon as the worker listens.
  useEffect(() => {
    if (worker.status !== "ready" || client.current === null) return;
    if (model.status === "waiting") {
      dispatch({ type: "model_requested", request: client.current.loadModel(modelUrl()) });
    }
    if (corpus.status === "waiting") {
      dispatch({ type: "corpus_requested", request: client.current.loadCorpus(corpusUrl()) });
    }
  }, [worker.status, model.status, corpus.status]);

  const canCompare = worker.status === "ready" && model.status === "loaded";
  useEffect(() => {
    const millis = canCompare ? millisUntilAsking(trial, isActive(run), performance.now()) : null;
    if (millis === null) return;
    const timer = window.setTimeout(() => {
      const { sentenceA, sentenceB, revision } = trial;
      const request = client.current?.compare(sentenceA, sentenceB);
      if (request === undefined) return;
      dispatch({
        type: "comparison_requested",
        request,
        asked: { sentenceA, sentenceB, revision, at: performance.now() },
      });
    }, millis);
    return () => window.clearTimeout(timer);
  }, [canCompare, trial, run]);

  return {
    state,
    dispatch,
    train: (config) => {
      const request = client.current?.train(config);
      if (request !== undefined) dispatch({ type: "run_requested", request, config, at: performance.now() });
    },
    pause: () => {
      if (run === null) return;
      client.current?.pause(run.id);
      dispatch({ type: "pause_asked" });
    },
    resume: () => {
      if (run === null) return;
      client.current?.resume(run.id);
      dispatch({ type: "resume_asked" });
    },
    stop: () => {
      if (run === null) return;
      client.current?.stop(run.id);
      dispatch({ type: "stop_asked" });
    },
  };
}
