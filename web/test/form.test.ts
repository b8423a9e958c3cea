import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_CURVE_POINTS } from "../src/settings";
import { emptyCurve, withPoint } from "../src/state/curve";
import { type FieldName, formOf, readForm } from "../src/state/form";
import { CONFIG } from "./fixtures";

test("a config survives the form, whatever it freezes", () => {
  for (const freeze of [CONFIG.freeze, { kind: "all_but_last", n_layers: 4 } as const]) {
    assert.deepEqual(readForm(formOf({ ...CONFIG, freeze })).config, { ...CONFIG, freeze });
  }
});

test("each bad value is named at its field", () => {
  const cases: [FieldName, string][] = [
    ["epochs", "0"],
    ["epochs", "1.5"],
    ["batch_size", ""],
    ["learning_rate", "fast"],
    ["head_learning_rate", "Infinity"],
    ["warmup_fraction", "1.1"],
    ["dropout", "1"],
    ["seed", "4294967296"],
    ["weight_decay", "-0.1"],
  ];
  for (const [name, text] of cases) {
    const form = formOf(CONFIG);
    const read = readForm({ ...form, numbers: { ...form.numbers, [name]: text } });
    assert.equal(read.config, null, `${name} = ${text}`);
    assert.deepEqual(Object.keys(read.faults), [name]);
  }
});

test("at least one objective needs a weight", () => {
  const read = readForm(formOf({ ...CONFIG, classification_weight: 0, regression_weight: 0 }));
  assert.deepEqual(Object.keys(read.faults).sort(), ["classification_weight", "regression_weight"]);
});

test("a constant loss is smoothed to itself from the first step, and a long curve is thinned", () => {
  let curve = emptyCurve;
  for (let step = 1; step <= MAX_CURVE_POINTS + 1; step += 1) curve = withPoint(curve, step, 2);
  assert(curve.smooth.every((value) => Math.abs(value - 2) < 1e-9));
  assert.equal(curve.steps.length, MAX_CURVE_POINTS / 2 + 1);
  assert.equal(curve.steps.at(-1), MAX_CURVE_POINTS + 1);
  assert.equal(curve.steps.at(-2), MAX_CURVE_POINTS);
  assert.equal(withPoint(curve, 9, null), curve);
});
