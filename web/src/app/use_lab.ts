/** Ties the state to the worker: what the state asks for is posted, what the worker says is reduced. */

import { type Dispatch, useEffect, useLayoutEffect, useReducer } from "preact/hooks";
import { orderFor } from "../features/compute/compute";
import { readPreferences, storePreferences } from "../features/compute/preferences";
import { useWorker } from "../features/compute/use_worker";
import { millisUntilAsking } from "../features/explore/comparison";
import { toLoad } from "../features/model/model";
import { type ModelStorage, useModels } from "../features/model/use_models";
import { usePairs } from "../features/pairs/use_pairs";
import { type SavedRuns, useSavedRun } from "../features/runs/use_saved_run";
import type { RunOrder } from "../features/train/form";
import { checkpointOf, isActive } from "../features/train/run";
import type { ExportKind } from "../protocol";
import { saveFile } from "../ui/save_file";
import { type ActionOfVisitor, initialStateFor, reduce, type State } from "./state";
import { canContinue } from "./waiting_run";

/** What the views can do besides plain actions: what goes to the worker. */
export interface Lab {
  state: State;
  dispatch: Dispatch<ActionOfVisitor>;
  train(order: RunOrder): void;
  pause(): void;
  resume(): void;
  stop(): void;
  /** Give up the model that is being fetched or loaded. */
  cancelModel(): void;
  kept: ModelStorage;
  savedRuns: SavedRuns;
  /** Have a file written to take away. */
  exportFile(what: ExportKind): void;
}

export function useLab(): Lab {
  const [state, dispatch] = useReducer(reduce, null, () => initialStateFor(readPreferences()));
  const client = useWorker(state, dispatch);
  const { compute, worker, model, run, comparison, fileExport } = state;
  const isReady = worker.status === "ready";

  const { choice, onLoss } = compute;
  useEffect(() => storePreferences({ choice, onLoss }), [choice, onLoss]);

  const kept = useModels(state, dispatch);

  // A model whose files are here is asked for as soon as the worker listens and has nothing else to do.
  const modelToLoad = toLoad(model, run);
  useEffect(() => {
    if (!isReady || modelToLoad === null || client.current === null) return;
    const { generation } = client.current;
    const request = client.current.loadModel(modelToLoad);
    dispatch({ type: "model_requested", generation, request, fetched: modelToLoad });
  }, [isReady, modelToLoad]);

  usePairs(state, client, dispatch);
  const savedRuns = useSavedRun(state, dispatch);

  // What the worker has written is handed to the browser, and then let go.
  useEffect(() => {
    if (fileExport.status !== "written") return;
    saveFile(fileExport.name, fileExport.bytes);
    dispatch({ type: "export_saved" });
  }, [fileExport]);

  // A run that was lost with its worker goes on as soon as another has what it needs.
  const isToContinue = canContinue(state);
  useEffect(() => {
    if (!isToContinue || run === null || client.current === null) return;
    const { generation } = client.current;
    const checkpoint = checkpointOf(run);
    const order = orderFor(compute, run.order);
    const request =
      checkpoint === null ? client.current.train(order) : client.current.continueRun(checkpoint, order.nWorkers);
    dispatch({ type: "run_continued", generation, request });
  }, [isToContinue]);

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

  const canCompare = isReady && model.info !== null;
  useEffect(() => {
    const millis = canCompare ? millisUntilAsking(comparison, isActive(run), performance.now()) : null;
    if (millis === null) return;
    const timer = window.setTimeout(() => {
      if (client.current === null) return;
      const { generation } = client.current;
      const { sentenceA, sentenceB, revision } = comparison;
      const request = client.current.compare(sentenceA, sentenceB);
      const asked = { sentenceA, sentenceB, revision, at: performance.now() };
      dispatch({ type: "comparison_requested", generation, request, asked });
    }, millis);
    return () => window.clearTimeout(timer);
  }, [canCompare, comparison, run]);

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
    cancelModel: () => {
      if (model.loading !== null) client.current?.cancel(model.loading.request);
      dispatch({ type: "model_cancelled" });
    },
    kept,
    savedRuns,
    exportFile: (what) => {
      if (client.current === null) return;
      const { generation } = client.current;
      dispatch({ type: "export_requested", generation, request: client.current.exportFile(what), what: what.kind });
    },
  };
}
