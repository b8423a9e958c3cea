/** Starts runs, continues those that wait for a worker, and tells the worker what the visitor wants of them. */

import type { RefObject } from "preact";
import { type Dispatch, useLayoutEffect, useRef } from "preact/hooks";
import type { RunEvent, RunHandle, RunRequest, WorkerClient } from "../../worker/client";
import type { RunOrder } from "./form";
import { checkpointOf, type Run, type RunLabels } from "./run";
import type { TrainAction } from "./state";

/**
 * @param canContinue The worker has all that the waiting run needs.
 * @param orderFor What to ask of this worker for an order.
 * @returns Starts a run on pairs with these labels.
 */
export function useRun(
  run: Run | null,
  canContinue: boolean,
  orderFor: (order: RunOrder) => RunOrder,
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<TrainAction>,
): (order: RunOrder, labels: RunLabels) => void {
  const handle = useRef<RunHandle | null>(null);

  const send = (client: WorkerClient, request: RunRequest) => {
    const onEvent = (event: RunEvent) => dispatch({ type: "train/reported", event, at: performance.now() });
    handle.current = client.run(request, onEvent);
    handle.current.ended.then(onEvent, (failure) => dispatch({ type: "train/failed", failure }));
  };

  useLayoutEffect(() => {
    if (!canContinue || run === null || worker.current === null) return;
    const checkpoint = checkpointOf(run);
    const { config, nWorkers: n_workers } = orderFor(run.order);
    send(
      worker.current,
      checkpoint === null
        ? { kind: "train", config, n_workers }
        : { kind: "continue", checkpoint, n_workers, is_over: run.isStopping },
    );
    dispatch({ type: "train/continued" });
  }, [canContinue]);

  // Also told to the next worker, if it has to continue the run.
  const key = run === null || run.isWaiting ? null : run.key;
  const hold = run?.hold;
  const isStopping = run?.isStopping ?? false;
  useLayoutEffect(() => {
    if (key === null) return;
    if (hold === "pausing") handle.current?.pause();
    if (hold === "resuming") handle.current?.resume();
  }, [key, hold]);
  useLayoutEffect(() => {
    if (key !== null && isStopping) handle.current?.stop();
  }, [key, isStopping]);

  return (order, labels) => {
    if (worker.current === null) return;
    const { config, nWorkers: n_workers } = orderFor(order);
    send(worker.current, { kind: "train", config, n_workers });
    dispatch({ type: "train/started", order, labels, at: performance.now() });
  };
}
