import assert from "node:assert/strict";
import { test } from "node:test";
import {
  calibrationError,
  classRows,
  inOrder,
  type JudgedPair,
  judgedPairs,
  reliability,
} from "../src/features/analysis/judged_pairs";
import type { PairRecord, Predictions } from "../src/protocol";

const pair = (id: string, label: number | null, score: number | null): PairRecord => ({
  id,
  split: "held_out",
  sentence_a: `${id} a`,
  sentence_b: `${id} b`,
  label,
  score,
});

const PAIRS = [pair("right", 0, 0.5), pair("wrong", 1, 0.9), pair("bare", null, null), pair("low", 0, 0.1)];

const AFTER: Predictions = {
  n_classes: 2,
  cosines: [0.5, 0.4, 0.9, 0.8],
  classes: [0, 0, 1, 0],
  probabilities: [0.9, 0.75, 0.6, 0.95],
  log_likelihoods: [Math.log(0.9), Math.log(0.25), 0, Math.log(0.95)],
};
const BEFORE: Predictions = { ...AFTER, cosines: [0.5, 0.5, 0.1, 0.75] };

const ids = (judged: JudgedPair[]) => judged.map((each) => each.pair.id);

test("pairs are ordered by what is wrong with them, and those of which nothing can be said are left out", () => {
  const judged = judgedPairs(PAIRS, { before: BEFORE, after: AFTER }, "after");
  assert.deepEqual(ids(inOrder(judged, "class")), ["wrong", "right", "low"]);
  assert.deepEqual(ids(inOrder(judged, "too_high")), ["low", "right", "wrong"]);
  assert.deepEqual(ids(inOrder(judged, "too_low")), ["wrong", "right", "low"]);
  assert.deepEqual(ids(inOrder(judged, "change"))[0], "bare");
  assert.deepEqual(inOrder(judgedPairs(PAIRS, { before: BEFORE, after: null }, "before"), "change"), []);
});

test("predictions of other pairs judge none", () => {
  assert.deepEqual(judgedPairs(PAIRS.slice(1), { before: BEFORE, after: AFTER }, "after"), []);
  assert.deepEqual(judgedPairs(PAIRS, { before: null, after: null }, "after"), []);
});

test("precision, recall and F1 are those of scikit-learn's precision_recall_fscore_support", () => {
  // y_true 0 0 1 1 1 2, y_pred 0 1 1 1 2 2, of four classes; scikit-learn 1.9.1.
  const rows = classRows([
    [1, 1, 0, 0],
    [0, 2, 1, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
  const rounded = rows.map(({ precision, recall, f1 }) => [precision, recall, f1].map((value) => value?.toFixed(4)));
  assert.deepEqual(rounded, [
    ["1.0000", "0.5000", "0.6667"],
    ["0.6667", "0.6667", "0.6667"],
    ["0.5000", "1.0000", "0.6667"],
    [undefined, undefined, undefined],
  ]);
});

test("a model that is right as often as it is sure is reliable", () => {
  const bins = reliability(judgedPairs(PAIRS, { before: BEFORE, after: AFTER }, "after"));
  assert.deepEqual(
    bins.map(({ nPairs, accuracy }) => [nPairs, accuracy]),
    [
      [1, 0],
      [2, 1],
    ],
  );
  // |0 − 0.75| / 3 + |1 − 0.925| · 2/3
  assert.equal(calibrationError(bins)?.toFixed(4), "0.3000");
  assert.equal(calibrationError([]), null);
});
