/** What follows from the state of several features: what can't be done now and why, and what a run would learn from. */

import type { Stamp } from "../features/explore/stamp";
import { isMissing } from "../features/model/state";
import { isReading, shownCorpus } from "../features/pairs/corpus";
import { modelFor } from "../features/runs/record";
import type { SavedRun } from "../features/runs/state";
import { areSameClasses, isActive, type RunLabels } from "../features/train/run";
import { text } from "../text";
import type { State } from "./state";

/** What a run can learn from, and be shown by, whatever pairs come after. */
export function labelsOf({ model, pairs }: State): RunLabels {
  const info = shownCorpus(pairs.corpus)?.info;
  const classes = info?.classes ?? [];
  const hasOwnHead = areSameClasses(model.info?.head_classes ?? [], classes);
  return { classes, hasScores: (info?.n_scored ?? 0) > 0, hasOwnHead };
}

/** What embeddings would be computed with now; null if they can't be. */
export function stampOf({ compute, model, pairs, train: { run }, embeddings }: State): Stamp | null {
  if (compute.worker.status !== "ready" || model.info === null) return null;
  return {
    modelVersion: embeddings.modelVersion,
    modelName: model.info.name,
    pairs: shownCorpus(pairs.corpus)?.pairs ?? null,
    runKey: run?.key ?? null,
    nStepsDone: run?.nStepsDone ?? 0,
  };
}

/** Why no run can be started; null if worker, model and pairs permit one. */
export function trainBlocker(state: State): string | null {
  return writingReason(state) ?? exportBlocker(state) ?? pairsReason(state);
}

/** Why the saved run can't be resumed; null if it can. A crashed worker is started again for it. */
export function resumeBlocker(state: State, { about }: Pick<SavedRun, "about">): string | null {
  if (isActive(state.train.run)) return text.reasons.runUnderWay;
  if (modelFor(state.model, about) !== null) return writingReason(state);
  return writingReason(state) ?? text.reasons.loadFirst(about.model.name);
}

/** Why the model can't be exported; null if it can. */
export function exportBlocker({ compute, model, train }: State): string | null {
  if (compute.worker.status === "crashed") return text.reasons.workerStopped;
  if (isActive(train.run)) return text.reasons.runUnderWay;
  if (isMissing(model)) return text.reasons.noModel;
  return model.info === null || model.loading !== null ? text.reasons.awaitsModel : null;
}

/** Why there are no pairs to train on; null if there are. */
export function pairsReason({ pairs: { corpus, pairImport } }: State): string | null {
  const isFailed = corpus.status === "none" && pairImport?.status === "failed";
  if (isFailed || corpus.status === "failed") return text.reasons.noPairs;
  if (isReading(pairImport)) return text.reasons.awaitsFile;
  return corpus.status === "loaded" ? null : text.reasons.awaitsPairs;
}

function writingReason({ runs }: State): string | null {
  return runs.fileExport.status === "writing" ? text.reasons.writing : null;
}
