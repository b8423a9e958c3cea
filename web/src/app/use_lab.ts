/** The state and everything that acts on it: the worker, and the effects of each feature. */

import { useMemo, useReducer } from "preact/hooks";
import { useCompare } from "../features/compare/use_compare";
import { readPreferences } from "../features/compute/preferences";
import { isOnGpu } from "../features/compute/state";
import { useWorker } from "../features/compute/use_worker";
import { useComparison } from "../features/explore/use_comparison";
import { useEmbeddings } from "../features/explore/use_embeddings";
import { isBeingChecked, toLoad } from "../features/model/state";
import { useModel } from "../features/model/use_model";
import { shownCorpus } from "../features/pairs/corpus";
import { usePairs } from "../features/pairs/use_pairs";
import { ownSavedId } from "../features/runs/state";
import { useRuns } from "../features/runs/use_runs";
import { type RunOrder, readForm, type Settings } from "../features/train/form";
import { isActive, isComputing } from "../features/train/run";
import { orderFor } from "../features/train/state";
import { useEstimates } from "../features/train/use_estimates";
import { useRun } from "../features/train/use_run";
import { useWakeLock } from "../features/train/use_wake_lock";
import { reduce } from "./reducer";
import { labelsOf, stampOf, trainBlocker } from "./selectors";
import { initialStateFor, type State } from "./state";
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
  const settings = useSettings(state);
  const backend = isReady ? (compute.actual?.backend ?? null) : null;
  const pairs = shownCorpus(state.pairs.corpus)?.info ?? null;
  const estimates = useEstimates(settings, backend, model.info, pairs, train.run, worker);
  const stamp = stampOf(state);
  const isTraining = isActive(train.run);
  const explore = useEmbeddings(state.embeddings, stamp, comparison.revision, isTraining, worker, dispatch);
  const startRun = (wanted: RunOrder) => start(wanted, labelsOf(state));
  const savedId = ownSavedId(state.runs, train.run);
  const compare = useCompare(state, savedId, trainBlocker(state) === null ? startRun : null, worker, dispatch);
  return { state, dispatch, settings, estimates, startRun, removeModel, runs, compare, explore };
}

/** Null before the worker is ready. */
function useSettings({ compute, train: { form, offer } }: State): Settings | null {
  const isGpu = isOnGpu(compute);
  return useMemo(() => {
    if (form === null || offer === null) return null;
    const ofRun = { ...offer, isOnGpu: isGpu };
    return { form, offer: ofRun, read: readForm(form, ofRun) };
  }, [form, offer, isGpu]);
}
