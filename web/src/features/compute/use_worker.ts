/** The life of the worker: the browser is asked for a GPU, a worker is started, and told its backend. */

import type { RefObject } from "preact";
import { type Dispatch, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { PREPARING_LIMIT_MILLIS, PROBE_LIMIT_AFTER_LOSS_MILLIS, PROBE_LIMIT_MILLIS, workerUrl } from "../../settings";
import { text } from "../../text";
import { WorkerClient } from "../../worker/client";
import { awakeLimit } from "./awake_limit";
import { browserGpu, probeGpu } from "./gpu";
import { storePreferences } from "./preferences";
import { type ComputeAction, type ComputeState, isOnGpu, type WorkerAction } from "./state";

/**
 * The worker, null while there is none. It is opened and closed in a layout effect, and whoever calls it does so in one
 * too: these run before the next event arrives, so that a worker that was replaced is neither asked nor listened to.
 *
 * @param modelCheck Another object after each report of a model's check on the GPU; null while no model is checked.
 */
export function useWorker(
  compute: ComputeState,
  modelCheck: object | null,
  dispatch: Dispatch<ComputeAction | WorkerAction>,
): RefObject<WorkerClient | null> {
  const client = useRef<WorkerClient | null>(null);
  const { choice, onLoss, worker, plan, nGpuRetries } = compute;
  useEffect(() => storePreferences({ choice, onLoss }), [choice, onLoss]);

  const isProbing = worker.status === "probing";
  const probeLimitMillis = nGpuRetries > 0 ? PROBE_LIMIT_AFTER_LOSS_MILLIS : PROBE_LIMIT_MILLIS;
  useLayoutEffect(() => {
    if (!isProbing) return;
    let isWanted = true;
    probeGpu(browserGpu(), window.isSecureContext, probeLimitMillis).then(
      (probe) => isWanted && dispatch({ type: "compute/probed", probe }),
    );
    return () => {
      isWanted = false;
    };
  }, [isProbing, probeLimitMillis]);

  // Every worker has a plan of its own: a crashed one is never used again.
  useLayoutEffect(() => {
    if (plan === null) return;
    const opened = new WorkerClient(new Worker(workerUrl(plan.module), { type: "module" }), {
      onReady: (offer) => {
        dispatch({ type: "worker/started", offer });
        const onProgress = (report: { n_done: number; n_total: number }) =>
          dispatch({ type: "compute/preparing", progress: { nDone: report.n_done, nTotal: report.n_total } });
        opened.call({ kind: "use_backend", backend: plan.backend }, { onProgress }).then(
          ({ backend, refusal }) => dispatch({ type: "compute/ready", backend, refusal }),
          (failure) => opened.crash(failure.message),
        );
      },
      onBackendChanged: ({ backend, refusal }) => dispatch({ type: "compute/ready", backend, refusal }),
      onDeviceFailed: ({ lost, message }) =>
        dispatch({
          type: "worker/device_failed",
          refusal: { kind: lost ? "device_lost" : "device_failed", detail: message },
        }),
      onFailure: (failure) => dispatch({ type: "worker/failed", failure }),
      onSlow: () => dispatch({ type: "compute/starts_slowly" }),
      onCrash: (message) => dispatch({ type: "worker/crashed", message }),
    });
    client.current = opened;
    return () => {
      opened.close();
      client.current = null;
    };
  }, [plan]);

  // While the GPU is checked, before a model is loaded or at its width, each report gives it time for the next.
  const lastReport = !isOnGpu(compute) ? null : worker.status === "preparing" ? worker : modelCheck;
  useLayoutEffect(() => {
    if (lastReport === null) return;
    const crash = () => client.current?.crash(text.compute.gpuNotReady(PREPARING_LIMIT_MILLIS / 1000));
    return awakeLimit(crash, PREPARING_LIMIT_MILLIS);
  }, [lastReport]);

  return client;
}
