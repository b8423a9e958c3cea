import assert from "node:assert/strict";
import { test } from "node:test";
import { RUN_FORMAT, readAbout } from "../src/storage/run_record";
import { ABOUT_RUN, CONFIG, OBJECTIVES } from "./fixtures";

const SCORES = {
  n_pairs: 2,
  classification_loss: 1,
  regression_loss: null,
  accuracy: 0.5,
  macro_f1: 0.5,
  confusion: {
    counts: [
      [1, 1],
      [0, 0],
    ],
  },
  correlation: { pearson: null, spearman: 0.5 },
};

test("a record is read back as it was, a run that has diverged too", () => {
  const json = (about: unknown) => JSON.parse(JSON.stringify(about));
  const { report, curves } = ABOUT_RUN;
  const { classification } = curves;
  assert(report && classification);
  const diverged = {
    ...ABOUT_RUN,
    report: { ...report, loss: Number.NaN },
    curves: { ...curves, classification: { ...classification, raw: classification.raw.map(() => Number.NaN) } },
  };
  assert.deepEqual(readAbout(json(ABOUT_RUN)).about, ABOUT_RUN);
  const scored = { ...ABOUT_RUN, after: SCORES };
  assert.deepEqual(readAbout(json(scored)).about, scored);
  assert.deepEqual(readAbout(json(diverged)).about, diverged);
});

test("a record of the first format, with two objectives in fields of their own, is read as one of today", () => {
  const { plan, curves, report, ...rest } = ABOUT_RUN;
  const { objectives: _, ...planOfOne } = plan;
  const { losses: __, ...reportOfOne } = report ?? assert.fail();
  const one = {
    ...rest,
    ...curves,
    format: 1,
    plan: planOfOne,
    report: { ...reportOfOne, classification_loss: 1, regression_loss: null },
  };
  const { about } = readAbout(JSON.parse(JSON.stringify(one)));
  assert.deepEqual({ ...about, plan: planOfOne }, { ...ABOUT_RUN, plan: planOfOne });
  assert.deepEqual(
    about?.plan.objectives.map(({ name, label }) => [name, label]),
    OBJECTIVES.map(({ name, label }) => [name, label]),
  );
});

test("every field of a record is looked at, and the fault names it", () => {
  const cases: [unknown, RegExp][] = [
    [null, /no record/],
    [[], /format is missing/],
    [{ ...ABOUT_RUN, format: RUN_FORMAT + 1 }, /format 3, and this page reads format 2/],
    [{ ...ABOUT_RUN, savedAt: 1e300 }, /^savedAt is not/],
    [{ ...ABOUT_RUN, labels: { ...ABOUT_RUN.labels, classes: ["one"] }, after: SCORES }, /not of 1 classes/],
    [{ ...ABOUT_RUN, curves: { ["k".repeat(5000)]: null } }, /^curves\.k{50,80} is not/],
    [
      { ...ABOUT_RUN, curves: { classification: { ...ABOUT_RUN.curves.classification, steps: [4, 2] } } },
      /^curves\.classification is not/,
    ],
    [{ ...ABOUT_RUN, plan: { ...ABOUT_RUN.plan, nPairs: 2 ** 53 } }, /^plan\.nPairs is not/],
    [{ ...ABOUT_RUN, model: undefined }, /^model is missing/],
    [{ ...ABOUT_RUN, model: { ...ABOUT_RUN.model, hub: { id: 5, revision: "main" } } }, /^model\.hub\.id is not/],
    [{ ...ABOUT_RUN, order: { config: {}, nWorkers: null } }, /^order\.config\.freeze is missing/],
    [{ ...ABOUT_RUN, order: { config: { ...CONFIG, epochs: "3" }, nWorkers: null } }, /^order\.config\.epochs is not/],
    [{ ...ABOUT_RUN, checkpoint: { ...ABOUT_RUN.checkpoint, step: 0 } }, /^checkpoint\.step is not/],
    [{ ...ABOUT_RUN, checkpoint: { ...ABOUT_RUN.checkpoint, step: 11 } }, /at step 11 of a run of 10/],
    [
      { ...ABOUT_RUN, curves: { regression: { ...ABOUT_RUN.curves.regression, raw: [1] } } },
      /^curves\.regression is not/,
    ],
    [{ ...ABOUT_RUN, pairs: { ...ABOUT_RUN.pairs, plan: { classes: [] } } }, /^pairs\.plan\.\w+ is missing/],
    [{ ...ABOUT_RUN, labels: { ...ABOUT_RUN.labels, classes: [1] } }, /^labels\.classes\.0 is not/],
  ];
  for (const [json, fault] of cases) assert.match(readAbout(json).fault ?? "", fault);
});

test("no number of a record is infinite, although JSON can say so", () => {
  const scored = {
    ...ABOUT_RUN,
    after: { ...SCORES, regression_loss: 1, correlation: { pearson: 0.5, spearman: 0.5 } },
  };
  const ended = {
    ...scored,
    end: {
      stopped: false,
      nStepsDone: 4,
      elapsedSecs: 1,
      trainingSecs: 1,
      changes: [{ score: "accuracy", change: 0.5, interval: [0.25, 0.75] }],
    },
    model: { ...ABOUT_RUN.model, random: { n_layers: 1, d_model: 1, n_heads: 1, d_ff: 1, max_positions: 1, seed: 1 } },
    pairs: {
      ...ABOUT_RUN.pairs,
      plan: { ...ABOUT_RUN.pairs.plan, held_out: { kind: "fraction", fraction: 0.5, seed: 1 } },
    },
  };
  const json = JSON.stringify(ended);
  assert.equal(readAbout(JSON.parse(json)).fault, null);
  const numbers = [...json.matchAll(/(?<=[:[,])-?\d[\d.e+-]*/g)];
  assert(numbers.length > 60);
  for (const { 0: number, index } of numbers) {
    for (const infinite of ["1e999", "-1e999"]) {
      const wrong = json.slice(0, index) + infinite + json.slice(index + number.length);
      assert.notEqual(readAbout(JSON.parse(wrong)).fault, null, wrong.slice(index - 40, index + 10));
    }
  }
});

test("keys that would change every object are no part of a record", () => {
  const json = JSON.stringify(ABOUT_RUN).replace('"curves":{', '"curves":{"__proto__":{"steps":[]},');
  const { about } = readAbout(JSON.parse(json));
  assert.deepEqual(about, ABOUT_RUN);
  assert.equal("steps" in {}, false);
});
