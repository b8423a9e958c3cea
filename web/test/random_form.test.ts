import assert from "node:assert/strict";
import { test } from "node:test";
import { randomFormOf, readRandom } from "../src/features/model/random_form";
import { RANDOM_MODEL } from "../src/settings";

const FORM = randomFormOf(RANDOM_MODEL);

test("the size as offered is one that can be drawn", () => {
  assert.deepEqual(readRandom(FORM), { model: RANDOM_MODEL, faults: {} });
});

test("what can't be drawn is said at its field", () => {
  assert.match(readRandom({ ...FORM, n_layers: "two" }).faults.n_layers ?? "", /whole number/);
  assert.match(readRandom({ ...FORM, n_layers: "" }).faults.n_layers ?? "", /whole number/);
  assert.match(readRandom({ ...FORM, d_ff: "1e9" }).faults.d_ff ?? "", /4 to 4096/);
  assert.match(readRandom({ ...FORM, d_model: "100", n_heads: "3" }).faults.n_heads ?? "", /divide the width, 100/);
  assert.equal(readRandom({ ...FORM, seed: "0" }).model?.seed, 0);
});
