/** The state of the page: that of every feature. */

import { type CompareAction, type CompareState, nothingCompared } from "../features/compare/state";
import {
  type ComputeAction,
  type ComputeState,
  newCompute,
  type Preferences,
  type WorkerAction,
} from "../features/compute/state";
import { type EmbeddingAction, type EmbeddingState, nothingEncoded } from "../features/explore/embedding_state";
import { type ComparisonAction, type ComparisonState, newComparison } from "../features/explore/state";
import { firstModel, type ModelAction, type ModelState } from "../features/model/state";
import { firstPairs, type PairsAction, type PairsState } from "../features/pairs/state";
import { noRuns, type OpenedRun, type RunsAction, type RunsState } from "../features/runs/state";
import { noTraining, type TrainAction, type TrainState } from "../features/train/state";
import type { Failure } from "../protocol";
import { text } from "../text";

export interface State {
  compute: ComputeState;
  model: ModelState;
  pairs: PairsState;
  train: TrainState;
  runs: RunsState;
  compare: CompareState;
  comparison: ComparisonState;
  embeddings: EmbeddingState;
  /** A failure that belongs to no request. */
  notice: Failure | null;
}

/** Times `at` are milliseconds of `performance.now()`: reducers have no clock. */
export type Action =
  | WorkerAction
  | { type: "saved_run_opened"; opened: OpenedRun; at: number }
  | { type: "notice_dismissed" }
  | ComputeAction
  | ModelAction
  | PairsAction
  | TrainAction
  | RunsAction
  | CompareAction
  | ComparisonAction
  | EmbeddingAction;

export const initialState: State = initialStateFor({ choice: "automatic", onLoss: "cpu" });

export function initialStateFor(preferences: Preferences): State {
  const [first] = text.explore.examples;
  return {
    compute: newCompute(preferences),
    model: firstModel,
    pairs: firstPairs,
    train: noTraining,
    runs: noRuns,
    compare: nothingCompared,
    comparison: newComparison(first.sentenceA, first.sentenceB),
    embeddings: nothingEncoded,
    notice: null,
  };
}
