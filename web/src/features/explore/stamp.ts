/** What embeddings were computed with, and whether that is still so. */

import type { PairRecord } from "../../protocol";
import { formatCount } from "../../ui/format";

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
  if (then.modelVersion !== now.modelVersion) {
    return then.modelName === now.modelName
      ? `Computed ${whenText(then)}; the model has been loaded again since.`
      : `Computed with ${then.modelName}; another model has been loaded since.`;
  }
  if (!isSameModels(then, now)) return `Computed ${whenText(then)}; the model has changed since.`;
  return isOfPairs && then.pairs !== now.pairs ? "Computed of other pairs than those that are loaded now." : null;
}

/** "at step 40", "before training". */
export function whenText({ runKey, nStepsDone }: Stamp): string {
  return runKey === null || nStepsDone === 0 ? "before training" : `at step ${formatCount(nStepsDone)}`;
}
