import assert from "node:assert/strict";
import { test } from "node:test";
import { type Curves, withPoints } from "../src/features/train/curve";
import { type FieldName, fieldsOf, formOf, type ReadForm, readForm, switchesOf } from "../src/features/train/form";
import type { Setting } from "../src/protocol";
import { MAX_CURVE_POINTS } from "../src/settings";
import { CONFIG, OFFER as ON_CPU } from "./fixtures";

const ON_GPU = { ...ON_CPU, isOnGpu: true };

/** The form with one text in the place of what it would show. */
function readWith(name: FieldName, text: string, offer = ON_CPU): ReadForm {
  const form = formOf(CONFIG);
  return readForm({ ...form, numbers: { ...form.numbers, [name]: text } }, offer);
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
    ["epochs", "5000000000"],
    ["batch_size", ""],
    ["batch_size", "268435456"],
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

test("a field says what the setting is, and its range where it ends", () => {
  const hints = Object.fromEntries(fieldsOf(ON_CPU).map(({ name, hint }) => [name, hint]));
  assert.equal(hints.epochs, "Passes over the training pairs. 1 to 1000.");
  assert.equal(hints.dropout, "Dropout probability in the trained encoder layers. 0 to below 1.");
  assert.equal(hints.learning_rate, "Peak learning rate of the encoder. 0 to 100.");
  for (const [name, hint] of Object.entries(hints)) assert.match(hint, /\d/, `${name} has no upper bound: ${hint}`);
  assert.equal(readWith("learning_rate", "1e39").faults.learning_rate, "Must be 100 or less.");
  assert.equal(readWith("epochs", "1001").faults.epochs, "Must be 1000 or less.");
  assert.equal(readWith("dropout", "1").faults.dropout, "Must be below 1.");
});

test("every setting of the worker is in the form, a new one too", () => {
  const other: Setting = {
    name: "other" as Setting["name"],
    label: "Other",
    help: "Another one.",
    range: { kind: "real", min: 0, max: 10, is_below_max: false },
    weight: null,
    is_common: false,
  };
  const onOff: Setting = { ...other, name: "on_off" as Setting["name"], range: { kind: "switch" } };
  const offer = {
    ...ON_CPU,
    settings: [...ON_CPU.settings, other, onOff],
    default_config: { ...CONFIG, other: 0.5, on_off: true },
  };
  const names = [...fieldsOf(offer), ...switchesOf(offer)].map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...offer.settings.map(({ name }) => name), "n_workers"].toSorted());
  // The form of a run that is older than the settings: they have their defaults.
  const form = formOf(CONFIG);
  assert.deepEqual(readForm(form, offer).order?.config, offer.default_config);
  const changed = { ...form, numbers: { ...form.numbers, other: "2" }, switches: { ...form.switches, on_off: false } };
  assert.deepEqual(readForm(changed, offer).order?.config, { ...offer.default_config, other: 2, on_off: false });
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
  const weights = ON_CPU.settings.filter(({ weight }) => weight !== null).map(({ name }) => name);
  assert(weights.includes("classification_weight") && weights.includes("regression_weight"));
  const form = formOf(CONFIG);
  const zeros = Object.fromEntries(weights.map((name) => [name, "0"]));
  const read = readForm({ ...form, numbers: { ...form.numbers, ...zeros } }, ON_CPU);
  assert.deepEqual(Object.keys(read.faults), weights);
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
