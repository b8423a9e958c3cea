import assert from "node:assert/strict";
import { test } from "node:test";
import { type Curves, withPoints } from "../src/features/train/curve";
import { type FieldName, fieldsOf, formOf, type ReadForm, readForm, type Sharing } from "../src/features/train/form";
import { MAX_CURVE_POINTS } from "../src/settings";
import { CONFIG, MAX_WORKERS } from "./fixtures";

const ON_CPU: Sharing = { maxWorkers: MAX_WORKERS, isOnGpu: false };
const ON_GPU: Sharing = { maxWorkers: MAX_WORKERS, isOnGpu: true };

/** The form with one text in the place of what it would show. */
function readWith(name: FieldName, text: string, sharing = ON_CPU): ReadForm {
  const form = formOf(CONFIG);
  return readForm({ ...form, numbers: { ...form.numbers, [name]: text } }, sharing);
}

test("a config survives the form, whatever it freezes", () => {
  for (const freeze of [CONFIG.freeze, { kind: "all_but_last", n_layers: 4 } as const]) {
    const { order } = readForm(formOf({ ...CONFIG, freeze }), ON_CPU);
    assert.deepEqual(order, { config: { ...CONFIG, freeze }, nWorkers: null });
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
    ["n_workers", "0"],
    ["n_workers", "1.5"],
    ["n_workers", "all"],
    ["n_workers", "5"],
  ];
  for (const [name, text] of cases) {
    const read = readWith(name, text);
    assert.equal(read.order, null, `${name} = ${text}`);
    assert.deepEqual(Object.keys(read.faults), [name]);
  }
});

test("workers are as many as the worker can have, or left to it where nothing is typed", () => {
  const cases: [string, number | null][] = [
    ["", null],
    ["  ", null],
    ["1", 1],
    [" 4 ", 4],
  ];
  for (const [text, nWorkers] of cases) {
    assert.deepEqual(readWith("n_workers", text).order, { config: CONFIG, nWorkers }, `"${text}"`);
  }
  assert.equal(readWith("n_workers", "5").faults.n_workers, "Must be 4 or less.");
  assert.equal(readWith("n_workers", "0").faults.n_workers, "Must be 1 or more.");
  assert.equal(readWith("n_workers", "two").faults.n_workers, "Type a whole number, or leave it empty.");
});

test("where no worker can help, their number is no fault, and one that was typed before is kept", () => {
  const field = fieldsOf(ON_GPU).find(({ name }) => name === "n_workers");
  assert.equal(field?.isOff, true);
  assert.match(field?.hint ?? "", /WebGPU/);
  assert.equal(readWith("n_workers", "99", ON_GPU).order?.nWorkers, null);
  assert.equal(readWith("n_workers", "2", ON_GPU).order?.nWorkers, 2);
  assert.equal(fieldsOf(ON_CPU).find(({ name }) => name === "n_workers")?.isOff, false);
});

test("at least one objective needs a weight", () => {
  const read = readForm(formOf({ ...CONFIG, classification_weight: 0, regression_weight: 0 }), ON_CPU);
  assert.deepEqual(Object.keys(read.faults).sort(), ["classification_weight", "regression_weight"]);
});

test("a constant loss is smoothed to itself from the first step, and a long curve is thinned", () => {
  let curves: Curves = {};
  for (let step = 1; step <= MAX_CURVE_POINTS + 1; step += 1) curves = withPoints(curves, step, { loss: 2 });
  const { loss: curve } = curves;
  assert(curve);
  assert(curve.smooth.every((value) => Math.abs(value - 2) < 1e-9));
  assert.equal(curve.steps.length, MAX_CURVE_POINTS / 2 + 1);
  assert.equal(curve.steps.at(-1), MAX_CURVE_POINTS + 1);
  assert.equal(curve.steps.at(-2), MAX_CURVE_POINTS);
  assert.equal(withPoints(curves, 9, {}).loss, curve);
});
