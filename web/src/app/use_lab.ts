/** The state and everything that acts on it: the worker, and the effects of each feature. */

import { useReducer } from "preact/hooks";
import { useCompare } from "../features/compare/use_compare";
import { readPreferences } from "../features/compute/preferences";
import { useWorker } from "../features/compute/use_worker";
import { useComparison } from "../features/explore/use_comparison";
import { isBeingChecked, toLoad } from "../features/model/state";
import { useModel } from "../features/model/use_model";
import { usePairs } from "../features/pairs/use_pairs";
import { ownSavedId } from "../features/runs/state";
import { useRuns } from "../features/runs/use_runs";
import type { RunOrder } from "../features/train/form";
import { isComputing } from "../features/train/run";
import { orderFor } from "../features/train/state";
import { useRun } from "../features/train/use_run";
import { useWakeLock } from "../features/train/use_wake_lock";
import { reduce } from "./reducer";
import { labelsOf, trainBlocker } from "./selectors";
import { initialStateFor } from "./state";
import { canContinue } from "./waiting_run";

export function useLab() {
  const [state, dispatch] = useReducer(reduce, null, () => initialStateFor(readPreferences()));
  const { compute, model, train, comparison } = state;
  const isReady = compute.worker.status === "ready";
  const worker = useWorker(compute, isBeingChecked(model) ? model.loading : null, dispatch);
  const removeModel = useModel(model, isReady ? toLoad(model, train.run) : null, worker, dispatch);
  usePairs(state.pairs, isReady, worker, dispatch);
  const runs = useRuns(state, worker, dispatch);
  const order = (wanted: RunOrder) => orderFor(compute, wanted);
  const start = useRun(train.run, canContinue(state), order, worker, dispatch);
  useWakeLock(isComputing(train.run));
  useComparison(comparison, train.run, isReady && model.info !== null, worker, dispatch);
  const startRun = (wanted: RunOrder) => start(wanted, labelsOf(state));
  const savedId = ownSavedId(state.runs, train.run);
  const compare = useCompare(state, savedId, trainBlocker(state) === null ? startRun : null, worker, dispatch);
  return { state, dispatch, startRun, removeModel, runs, compare };
}
