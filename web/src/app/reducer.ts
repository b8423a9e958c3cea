/** The one pure function that changes the state: each feature's reducer, and what one feature means for another. */

import { reduceCompare } from "../features/compare/state";
import { reduceCompute } from "../features/compute/state";
import { reduceEmbeddings, withOtherModel } from "../features/explore/embedding_state";
import { isComparisonAction, reduceComparison, revised } from "../features/explore/state";
import { reduceModel } from "../features/model/state";
import { heldOutOf, shownCorpus } from "../features/pairs/corpus";
import { reducePairs } from "../features/pairs/state";
import { reduceRuns } from "../features/runs/state";
import { failRun, isActive, isWaiting, withOtherInputs } from "../features/train/run";
import { reduceTrain, withOffer } from "../features/train/state";
import type { ModelInfo } from "../protocol";
import { crashed, gpuFailed, restarted } from "./replace_worker";
import type { Action, State } from "./state";
import { isStranded, resumed, withoutItsModel, withoutItsPairs } from "./waiting_run";

export function reduce(before: State, action: Action): State {
  if (isLocked(before, action)) return before;
  const state = withFeature(before, action);
  switch (action.type) {
    case "worker/started": {
      const compute = reduceCompute(state.compute, { type: "compute/preparing", progress: null });
      return { ...state, compute, train: withOffer(state.train, action.offer) };
    }
    case "worker/crashed":
      return crashed(state, action.message);
    case "worker/device_failed":
      return gpuFailed(state, action.refusal);
    case "worker/failed":
      return { ...state, notice: action.failure };
    case "worker/restarted":
      return restarted(state, state.compute.choice);
    case "worker/chosen":
      return restarted(state, action.choice);
    case "notice_dismissed":
      return { ...state, notice: null };
    case "model/loaded":
      return withoutItsModel(withNewModel(state, action.info, before.model.current), action.info);
    case "pairs/imported":
      return compareAgain(withRun(state, withOtherInputs(state.train.run)));
    case "pairs/restored":
      return compareAgain(state);
    case "pairs/import_failed":
      return withRun(state, withoutItsPairs(state.train.run, action.failure));
    case "train/started":
      return { ...state, compute: { ...state.compute, nGpuRetries: 0 } };
    case "train/stop_wanted":
      return isStranded(state) ? withRun(state, state.train.run && failRun(state.train.run, null)) : state;
    case "train/reported":
      return action.event.kind === "evaluated"
        ? withHeldOut(state)
        : action.event.kind === "stepped" || action.event.kind === "run_ended"
          ? compareAgain(state)
          : state;
    case "saved_run_opened":
      return resumed(state, action.opened, action.at);
    default:
      return state;
  }
}

/** While a run is active, its worker, its model and its pairs can't be replaced. */
function isLocked({ train: { run } }: State, action: Action): boolean {
  switch (action.type) {
    case "worker/chosen":
    case "model/wanted":
    case "model/recut":
    case "pairs/demo_wanted":
    case "pairs/brought":
    case "pairs/not_brought":
    case "pairs/plan_confirmed":
      return isActive(run);
    case "model/retried":
      // A run that waits for its model needs this.
      return isActive(run) && !isWaiting(run);
    default:
      return false;
  }
}

type Feature = "compute" | "model" | "pairs" | "train" | "runs" | "compare" | "explore";
type ActionOf<F extends Feature> = Extract<Action, { type: `${F}/${string}` }>;

function withFeature(state: State, action: Action): State {
  const isOf = <F extends Feature>(feature: F, some: Action): some is ActionOf<F> =>
    some.type.startsWith(`${feature}/`);
  if (isOf("compute", action)) return { ...state, compute: reduceCompute(state.compute, action) };
  if (isOf("model", action)) return { ...state, model: reduceModel(state.model, action) };
  if (isOf("pairs", action)) return { ...state, pairs: reducePairs(state.pairs, action) };
  if (isOf("train", action)) return { ...state, train: reduceTrain(state.train, action) };
  if (isOf("runs", action)) return { ...state, runs: reduceRuns(state.runs, action) };
  if (isOf("compare", action)) return { ...state, compare: reduceCompare(state.compare, action) };
  if (isOf("explore", action)) {
    return isComparisonAction(action)
      ? { ...state, comparison: reduceComparison(state.comparison, action) }
      : { ...state, embeddings: reduceEmbeddings(state.embeddings, action) };
  }
  return state;
}

/** The same files, loaded again, are the same model. The form's number of layers is limited to that of the model. */
function withNewModel(state: State, info: ModelInfo, last: State["model"]["current"]): State {
  const { form, run } = state.train;
  const train = {
    ...state.train,
    run: state.model.current === last ? run : withOtherInputs(run),
    form: form && { ...form, nLast: Math.min(form.nLast, info.n_layers) },
  };
  return compareAgain({ ...state, train, embeddings: withOtherModel(state.embeddings) });
}

function withRun(state: State, run: State["train"]["run"]): State {
  return { ...state, train: { ...state.train, run } };
}

/** The pairs that were just scored: other pairs may be loaded when they are looked at. */
function withHeldOut(state: State): State {
  const [{ run }, corpus] = [state.train, shownCorpus(state.pairs.corpus)];
  return isActive(run) && corpus !== null ? withRun(state, { ...run, heldOut: heldOutOf(corpus) }) : state;
}

/** The weights or the classes have changed. */
function compareAgain(state: State): State {
  return { ...state, comparison: revised(state.comparison) };
}
