/** Finished runs, for tests of what compares them. */

import type { Predictions, Scores } from "../src/protocol";
import type { PastRun, RunSummary } from "../src/storage/run_history";
import { CONFIG, MODEL } from "./fixtures";

export function scoresOf(accuracy: number | null, spearman: number | null = null): Scores {
  return {
    n_pairs: 2,
    classification_loss: accuracy === null ? null : 1,
    regression_loss: spearman === null ? null : 0.5,
    accuracy,
    macro_f1: accuracy,
    confusion: null,
    correlation: spearman === null ? null : { pearson: spearman, spearman },
  };
}

export const SUMMARY: RunSummary = {
  format: 1,
  name: "Run 1, backbone frozen",
  number: 1,
  finishedAt: 1_790_000_000_000,
  model: { name: "tiny", fingerprint: MODEL.fingerprint, nLayers: 6 },
  pairs: { name: "few.tsv", nTrain: 1, nHeldOut: 2, heldOutFingerprint: "feed", hasPredictions: true },
  backend: { kind: "flex", adapter: null },
  order: { config: { ...CONFIG, freeze: { kind: "backbone" } }, nWorkers: null },
  frozen: "Backbone",
  nWorkers: 1,
  trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 },
  nSteps: 10,
  nStepsDone: 10,
  stopped: false,
  elapsedSecs: 12,
  trainingSecs: 10,
  before: scoresOf(0.5, 0.25),
  after: scoresOf(0.75, 0.25),
  changes: [{ score: "accuracy", change: 0.25, interval: [0, 0.5] }],
  curves: [{ name: "classification", title: "Classes", unit: "nats", steps: [5, 10], values: [2, 1] }],
};

export function pastRun(id: string, change: Partial<RunSummary> = {}): PastRun {
  return { ...SUMMARY, ...change, id };
}

export const PREDICTIONS: Predictions = {
  n_classes: 2,
  cosines: [0.5, 0.25],
  classes: [0, 1],
  probabilities: [0.75, 0.5],
  log_likelihoods: [-0.25, -0.75],
};

/** What the worker gets of them: an own class of 0 and no score, then no class and a score of 0.5. */
export const TABLE = tableOf([
  [0, Number.NaN, 0.5, 0, -0.25],
  [Number.NaN, 0.5, 0.25, 1, -0.75],
]);

/** Rows of class, score, cosine, chosen class and log-likelihood. */
export function tableOf(rows: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Float32Array(rows.flat()).buffer);
}
