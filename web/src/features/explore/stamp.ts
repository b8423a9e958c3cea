/** What embeddings were computed with, and whether that is still so. */

import type { PairRecord } from "../../protocol";
import { text } from "../../text";

export interface Stamp {
  /** Incremented with each model that is loaded, the same one again included: what was trained is then lost. */
  modelVersion: number;
  modelName: string;
  /** Null before they are loaded. */
  pairs: readonly PairRecord[] | null;
  /** The run of this tab; null before the first. */
  runKey: number | null;
  /** Steps that it had done. */
  nStepsDone: number;
}

/** True if both have the same models, before and after. */
export function isSameModels(some: Stamp, others: Stamp): boolean {
  const { modelVersion, runKey, nStepsDone } = some;
  return modelVersion === others.modelVersion && runKey === others.runKey && nStepsDone === others.nStepsDone;
}

/** Why what was computed is not what would be computed now; null if it is. */
export function staleness(then: Stamp, now: Stamp, isOfPairs: boolean): string | null {
  const { stale } = text.explore;
  if (then.modelVersion !== now.modelVersion) {
    return then.modelName === now.modelName ? stale.loadedAgain(stepOf(then)) : stale.otherModel(then.modelName);
  }
  if (!isSameModels(then, now)) return stale.changed(stepOf(then));
  return isOfPairs && then.pairs !== now.pairs ? stale.otherPairs : null;
}

/** Steps that the trained model had learnt. */
export function stepOf({ runKey, nStepsDone }: Stamp): number {
  return runKey === null ? 0 : nStepsDone;
}
