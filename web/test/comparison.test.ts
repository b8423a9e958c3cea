import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action, State } from "../src/app/state";
import { millisUntilAsking } from "../src/features/explore/state";
import { after, FAILURE, loaded, running, stepped } from "./fixtures";

const ask = (state: State, at: number) => {
  const { sentenceA, sentenceB, revision } = state.comparison;
  return after(state, { type: "explore/asked", asked: { sentenceA, sentenceB, revision, at } });
};
const answer: Action = {
  type: "explore/answered",
  answer: {
    sentenceA: loaded.comparison.sentenceA,
    sentenceB: loaded.comparison.sentenceB,
    classes: ["yes", "no"],
    before: { cosine: 0.5, probabilities: [0.4, 0.6] },
    after: null,
    truncated: false,
  },
};
const typed = (sentenceA: string) => ({ type: "explore/changed", sentenceA, sentenceB: "There is music." }) as const;

test("a loaded model is asked at once, one request at a time, and each thing once", () => {
  assert.equal(millisUntilAsking(loaded.comparison, false, 0), 0);
  const asked = ask(loaded, 0);
  assert.equal(millisUntilAsking(asked.comparison, false, 10), null);
  const answered = after(asked, answer);
  assert.equal(millisUntilAsking(answered.comparison, false, 20), null);
  assert.equal(answered.comparison.answer?.before.cosine, 0.5);
  assert.deepEqual(answered.comparison.answer?.classes, ["yes", "no"]);
});

test("what is typed is asked at once, also in mid-run, but one question at a time; blank sentences are not", () => {
  for (const [state, isTraining] of [
    [loaded, false],
    [running, true],
  ] as const) {
    const asked = after(ask(state, 1000), typed("Some one"));
    assert.equal(millisUntilAsking(asked.comparison, isTraining, 1010), null);
    assert.equal(millisUntilAsking(after(asked, answer).comparison, isTraining, 1020), 0);
    assert.equal(millisUntilAsking(after(state, typed("  ")).comparison, isTraining, 1020), null);
  }
});

test("in mid-run the same sentences are compared again, but not too often", () => {
  const answered = after(ask(running, 1000), answer, stepped(1, 1500));
  assert.equal(millisUntilAsking(answered.comparison, true, 1500), 1500);
  assert.equal(millisUntilAsking(answered.comparison, true, 9000), 0);
  assert.equal(millisUntilAsking(answered.comparison, false, 1500), 0);
});

test("what failed is not asked again by itself", () => {
  const failed = after(ask(loaded, 0), { type: "explore/failed", failure: FAILURE });
  assert.equal(failed.comparison.failure, FAILURE);
  assert.equal(millisUntilAsking(failed.comparison, false, 9000), null);
});
