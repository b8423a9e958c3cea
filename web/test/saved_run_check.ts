/** What has to be so of whatever a visitor opens as the file of a saved run. */

import assert from "node:assert/strict";
import { runOf } from "../src/features/runs/record";
import { readRunFile, runFileName, writeRunFile } from "../src/features/runs/run_file";
import { curveOf, emptyCurve } from "../src/features/train/curve";
import { formOfOrder } from "../src/features/train/form";
import { bytesOf, sizeOf } from "../src/storage/content";
import type { RunFiles } from "../src/storage/run_record";
import { ABOUT_RUN } from "./fixtures";
import type { SavedRunSeed } from "./saved_run_mutations";

const NAME = "run.sbert-run.zip";

/** Longest time for a file of some kilobytes, on a machine that does other things too. */
const MAX_MILLIS = 2_000;

/** A message is read by a person. */
const MAX_MESSAGE_LENGTH = 400;

const SCORES = {
  n_pairs: 2,
  classification_loss: 1,
  regression_loss: null,
  accuracy: 0.5,
  macro_f1: null,
  confusion: {
    counts: [
      [1, 1],
      [0, 0],
    ],
  },
  correlation: { pearson: null, spearman: -0.5 },
};

/** Runs of every shape: under way, diverged, ended, of a random model, of the hub, of the first format. */
export function savedRunSeeds(): SavedRunSeed[] {
  const { plan, curves, report, model } = ABOUT_RUN;
  const { objectives: _, ...planOfOne } = plan;
  const { losses: __, ...reportOfOne } = report ?? assert.fail();
  const { classification } = curves;
  const end = { stopped: true, nStepsDone: 4, elapsedSecs: 6.5, trainingSecs: 4.25 };
  const change = { score: "accuracy", change: -0.25, interval: [-0.5, 0.125] };
  const abouts = [
    ABOUT_RUN,
    {
      ...ABOUT_RUN,
      report: { ...report, loss: null },
      curves: { classification: { ...classification, raw: [null, 1] } },
    },
    {
      ...ABOUT_RUN,
      checkpoint: { ...ABOUT_RUN.checkpoint, before: SCORES },
      after: SCORES,
      end: { ...end, changes: [change] },
    },
    { ...ABOUT_RUN, end, model: { ...model, isServed: false, hub: { id: "a/b", revision: "main" }, nLayers: 2 } },
    {
      ...ABOUT_RUN,
      model: { ...model, random: { n_layers: 2, d_model: 8, n_heads: 2, d_ff: 16, max_positions: 32, seed: 42 } },
      pairs: { ...ABOUT_RUN.pairs, plan: null },
      report: null,
    },
    {
      ...ABOUT_RUN,
      ...curves,
      format: 1,
      plan: planOfOne,
      report: { ...reportOfOne, classification_loss: 1, regression_loss: null },
    },
  ];
  const ofSize = (nBytes: number) => new Uint8Array(nBytes).fill(7);
  const { checkpoint, pairs } = ABOUT_RUN;
  return abouts.map((about) => ({ about, checkpoint: ofSize(checkpoint.nBytes), pairs: ofSize(pairs.nBytes) }));
}

const PROTOTYPE_KEYS = Object.getOwnPropertyNames(Object.prototype).length;

/** Read a file. Returns whether it is taken; throws if anything is not as it has to be. */
export async function isTakenRightly(bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const start = performance.now();
  const { files, failure } = await readRunFile(new File([bytes], NAME));
  assert(performance.now() - start < MAX_MILLIS, "it takes too long");
  assert.equal(Object.getOwnPropertyNames(Object.prototype).length, PROTOTYPE_KEYS, "every object has another key now");
  if (failure !== null) {
    assert(
      failure.message.startsWith(NAME) && failure.message.length < MAX_MESSAGE_LENGTH,
      failure.message.slice(0, 1000),
    );
    assert.notEqual(failure.remedy, "");
    return false;
  }
  await checkFiles(files);
  return true;
}

async function checkFiles(files: RunFiles): Promise<void> {
  const { about } = files;
  expectPlain(about, []);
  assert.deepEqual([sizeOf(files.checkpoint), sizeOf(files.pairs)], [about.checkpoint.nBytes, about.pairs.nBytes]);
  assert(about.checkpoint.step >= 1 && about.checkpoint.step <= about.plan.nSteps);
  for (const { steps, raw, smooth } of Object.values(about.curves)) {
    assert.deepEqual([raw.length, smooth.length], [steps.length, steps.length]);
    assert(
      steps.every((step, idx) => idx === 0 || step > Number(steps[idx - 1])),
      "steps of a curve go back",
    );
  }
  for (const scores of [about.checkpoint.before, about.after]) {
    const counts = scores?.confusion?.counts ?? [];
    assert(counts.every((row) => row.length === counts.length));
    assert(counts.length === 0 || counts.length === about.labels.classes.length);
  }
  // The page can resume it, and draws what it has.
  const { nBytes: _, ...facts } = about.checkpoint;
  const run = runOf(about, { ...facts, bytes: await bytesOf(files.checkpoint) }, 1, 0);
  formOfOrder(about.order);
  for (const { name } of about.plan.objectives)
    assert(Array.isArray((curveOf(run.curves, name) ?? emptyCurve).steps), name);
  assert(Object.values(run.curves).every(({ steps }) => (steps.at(-1) ?? 0) <= about.checkpoint.step));
  assert(runFileName(about).length < 200);
  const again = await readRunFile(new File([await writeRunFile(files)], NAME));
  assert.equal(again.failure?.message, undefined, "what was taken once is not taken again");
  assert.equal(JSON.stringify(again.files?.about), JSON.stringify(about));
}

/** JSON of the worker has null for these, and the page NaN. */
const MAY_BE_NAN = new Set([
  "loss",
  "learning_rate",
  "head_learning_rate",
  "gradient_norm",
  "raw",
  "smooth",
  "weightedSum",
]);

/** Everything that is counted or measured from zero. */
const NEVER_NEGATIVE = new Set([
  ...["savedAt", "nBytes", "step", "steps", "nSteps", "n_steps", "nPairs", "n_pairs", "nTruncated", "counts", "epoch"],
  ...["embeddings", "layers", "head", "total", "elapsed_secs", "training_secs", "nStepsDone", "elapsedSecs"],
  ...["trainingSecs", "nWorkers", "nLayers", "n_layers", "d_model", "n_heads", "d_ff", "max_positions", "sentence_a"],
]);

/** Finite numbers where there has to be one, counts that are none below zero, and no object but a plain one. */
function expectPlain(value: unknown, path: readonly string[]): void {
  // Values of a list have the name of the list.
  const name = path.findLast((key) => !/^\d+$/.test(key)) ?? "";
  if (typeof value === "number") {
    const isKnown = Number.isFinite(value) || (Number.isNaN(value) && MAY_BE_NAN.has(name) && path[0] !== "order");
    assert(isKnown, `${path.join(".")} is ${value}`);
    assert(!(value < 0 && NEVER_NEGATIVE.has(name) && !path.includes("config")), `${path.join(".")} is ${value}`);
  } else if (typeof value === "object" && value !== null) {
    const prototype = Array.isArray(value) ? Array.prototype : Object.prototype;
    assert.equal(Object.getPrototypeOf(value), prototype, `${path.join(".")} has another prototype`);
    for (const [key, child] of Object.entries(value)) expectPlain(child, [...path, key]);
  }
}
