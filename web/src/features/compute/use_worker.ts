/** The worker's life as the state wants it: the browser is asked for a GPU, a worker is started and told its backend. */

import type { RefObject } from "preact";
import { type Dispatch, useEffect, useRef } from "preact/hooks";
import type { Action, State } from "../../app/state";
import { PREPARING_LIMIT_MILLIS, PROBE_LIMIT_AFTER_LOSS_MILLIS, PROBE_LIMIT_MILLIS } from "../../settings";
import { WorkerClient } from "../../worker/client";
import { isBeingChecked } from "../model/model";
import { isOnGpu } from "./compute";
import { browserGpu, probeGpu } from "./gpu";

export function useWorker(state: State, dispatch: Dispatch<Action>): RefObject<WorkerClient | null> {
  const client = useRef<WorkerClient | null>(null);
  const { generation, worker, model } = state;
  const { plan, nGpuRetries } = state.compute;
  const probeLimitMillis = nGpuRetries > 0 ? PROBE_LIMIT_AFTER_LOSS_MILLIS : PROBE_LIMIT_MILLIS;

  const isProbing = worker.status === "probing";
  useEffect(() => {
    if (!isProbing) return;
    probeGpu(browserGpu(), window.isSecureContext, probeLimitMillis).then((probe) =>
      dispatch({ type: "probed", generation, probe }),
    );
  }, [generation, isProbing, probeLimitMillis]);

  // A new generation is a new worker; the old one is ended with all that it held.
  useEffect(() => {
    if (plan === null) return;
    const opened = new WorkerClient(generation, plan.module, {
      onEvent: (event) => dispatch({ type: "worker_said", generation, event, at: performance.now() }),
      onSlow: () => dispatch({ type: "worker_slow", generation }),
      onCrash: (message) => dispatch({ type: "worker_crashed", generation, message }),
    });
    client.current = opened;
    return () => opened.close();
  }, [generation, plan]);

  const isToBeTold = worker.status === "preparing" && worker.request === null;
  useEffect(() => {
    if (!isToBeTold || plan === null || client.current === null) return;
    const { generation } = client.current;
    dispatch({ type: "backend_requested", generation, request: client.current.useBackend(plan.backend) });
  }, [isToBeTold, plan]);

  // While the GPU is checked, before a model is loaded or at its width, each word of the worker gives it time for the
  // next.
  const checked = worker.status === "preparing" ? worker : isBeingChecked(model) ? model.loading : null;
  const lastReport = isOnGpu(state.compute) ? checked : null;
  useEffect(() => {
    if (lastReport === null) return;
    const timer = window.setTimeout(() => {
      client.current?.giveUp(`The GPU was not ready after ${PREPARING_LIMIT_MILLIS / 1000} s.`);
    }, PREPARING_LIMIT_MILLIS);
    return () => window.clearTimeout(timer);
  }, [lastReport]);

  return client;
}
