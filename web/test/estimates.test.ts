import assert from "node:assert/strict";
import { test } from "node:test";
import { type Estimates, estimateText, measuredSpeed } from "../src/features/train/estimates";
import { newRun, type Run } from "../src/features/train/run";
import { ORDER } from "./fixtures";

const HEAD = { n_trained: 3_459, flop: 4e11, memory_bytes: 412e6, problem: null };

const estimates = (flopPerSec: number | null): Estimates => ({
  byStrategy: {
    backbone: HEAD,
    nothing: { ...HEAD, problem: "too many steps" },
    everything: { ...HEAD, n_trained: 0 },
  },
  flopPerSec,
});

test("an estimate has the time only where a speed was measured", () => {
  assert.equal(estimateText(estimates(null), "backbone"), "trains 3,459 parameters · 412.0 MB of memory");
  assert.equal(estimateText(estimates(3e10), "backbone"), "trains 3,459 parameters · 412.0 MB of memory · about 13 s");
  assert.equal(estimateText(estimates(3e10), "nothing"), "Not possible: too many steps");
  assert.match(estimateText(estimates(null), "everything") ?? "", /^trains nothing/);
  assert.equal(estimateText(estimates(3e10), "head"), null, "before the worker has answered");
});

test("the speed is that of whole runs that took long enough", () => {
  const run = newRun(1, ORDER, { classes: [], hasScores: true, hasOwnHead: false }, 0);
  const end = { stopped: false, nStepsDone: 10, elapsedSecs: 20, trainingSecs: 15, changes: [] };
  const speed = (changed: Partial<Run>) => measuredSpeed({ ...run, end, ...changed }, 4e11);
  assert.equal(speed({}), 2e10);
  assert.equal(speed({ end: null }), null);
  assert.equal(speed({ end: { ...end, stopped: true } }), null);
  assert.equal(speed({ end: { ...end, elapsedSecs: 0.2 } }), null);
  assert.equal(speed({ clock: { ...run.clock, carriedSecs: 5 } }), null);
});
