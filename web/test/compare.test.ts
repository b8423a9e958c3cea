import assert from "node:assert/strict";
import { test } from "node:test";
import { sortedBy } from "../src/features/compare/columns";
import { differingSettings } from "../src/features/compare/differing";
import { runsCsv } from "../src/features/compare/files";
import { labelPlaces, qualityPoints, ticksBetween } from "../src/features/compare/quality";
import { newQueue, plannedRuns, queueSecsLeft, withEnded } from "../src/features/compare/queue";
import { comparablePair, nothingCompared, reduceCompare } from "../src/features/compare/state";
import { fingerprintOf, summaryOf } from "../src/features/compare/summary";
import type { Predictions } from "../src/protocol";
import { MAX_PAST_CURVE_POINTS } from "../src/settings";
import { SCORE_ROWS, type ScoreRow } from "../src/ui/score_rows";
import { after, CONFIG, OBJECTIVES, OFFER, ORDER, PAIR, reported, running, stepped, steps } from "./fixtures";
import { pastRun, SUMMARY, scoresOf, tableOf } from "./past_runs";

const ACCURACY = SCORE_ROWS.find(({ id }) => id === "accuracy") as ScoreRow;

const ONE: Predictions = {
  n_classes: 2,
  cosines: [0.5],
  classes: [1],
  probabilities: [0.75],
  log_likelihoods: [-0.25],
};

test("a finished run has a summary with all that it is compared by", () => {
  const changes = [{ score: "accuracy" as const, change: 0.5, interval: null }];
  const done = after(
    running,
    reported({ kind: "evaluated", moment: "before", scores: scoresOf(0.5), predictions: ONE }),
    ...steps(10),
    reported({ kind: "evaluated", moment: "after", scores: scoresOf(1), predictions: { ...ONE, cosines: [0.75] } }),
    reported({ kind: "run_ended", stopped: false, n_steps_done: 10, elapsed_secs: 12, training_secs: 10, changes }),
  );
  assert.equal(summaryOf(running, 1, 0), null);
  const { summary, predictions } = summaryOf(done, 3, 7) ?? assert.fail();
  assert.equal(summary.name, `Run 3, ${summary.frozen.toLowerCase()} frozen`);
  assert.deepEqual([summary.number, summary.finishedAt, summary.elapsedSecs], [3, 7, 12]);
  assert.deepEqual(summary.order, ORDER);
  assert.deepEqual([summary.before?.accuracy, summary.after?.accuracy, summary.changes], [0.5, 1, changes]);
  assert.deepEqual(
    summary.curves.map(({ name, steps, values }) => [name, steps.at(-1), values.length]),
    OBJECTIVES.map(({ name }) => [name, 10, 10]),
  );
  assert.deepEqual([summary.pairs.nHeldOut, summary.pairs.hasPredictions], [1, true]);
  assert.deepEqual(predictions, tableOf([[1, 0.75, 0.75, 1, -0.25]]));
});

test("a long curve is thinned, to its end", () => {
  const many = Array.from({ length: 3 * MAX_PAST_CURVE_POINTS + 1 }, (_, idx) => stepped(idx + 1, idx));
  const end = reported({
    kind: "run_ended",
    stopped: true,
    n_steps_done: many.length,
    elapsed_secs: 1,
    training_secs: 1,
    changes: [],
  });
  const [curve] = summaryOf(after(running, ...many, end), 1, 0)?.summary.curves ?? [];
  assert.equal(curve?.steps.length, MAX_PAST_CURVE_POINTS);
  assert.equal(curve?.steps.at(-1), many.length);
});

test("the fingerprint is of sentences, labels, order and classes", () => {
  const other = { ...PAIR, sentence_b: "A plant grows." };
  const prints = [
    fingerprintOf([PAIR, other], ["yes", "no"]),
    fingerprintOf([other, PAIR], ["yes", "no"]),
    fingerprintOf([PAIR, other], ["no", "yes"]),
    fingerprintOf([PAIR], ["yes", "no"]),
    fingerprintOf([{ ...PAIR, label: null }, other], ["yes", "no"]),
    fingerprintOf([{ ...PAIR, score: 0.5 }, other], ["yes", "no"]),
  ];
  assert.equal(new Set(prints).size, prints.length);
  assert.equal(fingerprintOf([{ ...PAIR, id: "9" }, other], ["yes", "no"]), prints[0]);
});

test("runs are sorted by any column, and those without a value are the last either way", () => {
  const runs = [
    pastRun("a", { name: "Run 10", after: scoresOf(0.5) }),
    pastRun("b", { name: "Run 9", after: scoresOf(0.75) }),
    pastRun("c", { name: "other", before: null, after: null }),
  ];
  const order = (column: "name" | "accuracy", isDescending: boolean) =>
    sortedBy(runs, { column, isDescending }).map(({ id }) => id);
  assert.deepEqual(order("name", false), ["c", "b", "a"]);
  assert.deepEqual(order("name", true), ["a", "b", "c"]);
  assert.deepEqual(order("accuracy", false), ["a", "b", "c"]);
  assert.deepEqual(order("accuracy", true), ["b", "a", "c"]);
  const once = reduceCompare(nothingCompared, { type: "compare/sorted", column: "accuracy" });
  const twice = reduceCompare(once, { type: "compare/sorted", column: "accuracy" });
  assert.deepEqual([once.sort.isDescending, twice.sort.isDescending], [false, true]);
});

test("a list replaces what is known, unless it is not whole", () => {
  const [a, b] = [pastRun("a"), pastRun("b", { finishedAt: 1 })];
  const known = { ...nothingCompared, runs: [a, b], selected: ["b", "a"] };
  const listed = (problem: string | null) =>
    reduceCompare(known, {
      type: "compare/listed",
      list: { runs: [{ ...a, name: "mine" }], nUnusable: 0, problem },
      refusal: null,
    });
  assert.deepEqual([listed(null).runs.map(({ name }) => name), listed(null).selected], [["mine"], ["a"]]);
  assert.deepEqual(
    [listed("full").runs.map(({ id }) => id), listed("full").selected],
    [
      ["a", "b"],
      ["b", "a"],
    ],
  );
});

test("two runs are compared pair by pair if both were scored on the same pairs, and what was said is kept", () => {
  const [a, b] = [pastRun("a"), pastRun("b")];
  const { pairs } = SUMMARY;
  assert.deepEqual(comparablePair([b, a]), [b, a]);
  assert.equal(comparablePair([a]), null);
  assert.equal(comparablePair([a, b, a]), null);
  assert.equal(comparablePair([a, pastRun("c", { pairs: { ...pairs, heldOutFingerprint: "beef" } })]), null);
  assert.equal(comparablePair([a, pastRun("c", { pairs: { ...pairs, hasPredictions: false } })]), null);
});

test("what differs is listed, and nothing else", () => {
  const { order } = SUMMARY;
  const other = pastRun("b", { order: { ...order, config: { ...CONFIG, freeze: { kind: "nothing" }, seed: 7 } } });
  const differing = differingSettings([pastRun("a"), { ...other, frozen: "Nothing" }], OFFER.settings);
  assert.deepEqual(differing, [
    { label: "Frozen", values: ["Backbone", "Nothing"] },
    { label: "Seed", values: [String(CONFIG.seed), "7"] },
  ]);
  assert.deepEqual(differingSettings([pastRun("a"), pastRun("b")], OFFER.settings), []);
});

test("a queue has every strategy with every seed", () => {
  const strategies = OFFER.freeze_strategies.filter(({ kind }) => kind === "backbone" || kind === "all_but_last");
  const planned = plannedRuns({ ...ORDER, config: { ...CONFIG, seed: 2 ** 32 - 2 } }, strategies, 2, 6, 3);
  assert.deepEqual(
    planned.map(({ order, frozen }) => [frozen, order.config.seed]),
    [2 ** 32 - 2, 2 ** 32 - 1, 0].flatMap((seed) => [
      ["Backbone", seed],
      ["All but the last 2 layers", seed],
    ]),
  );
  assert.deepEqual(planned[1]?.order.config.freeze, { kind: "all_but_last", n_layers: 2 });
  assert(planned.every(({ order }) => order.config.epochs === CONFIG.epochs && order.nWorkers === ORDER.nWorkers));
});

test("the time that is left follows from what the runs before have taken, by their cost", () => {
  const planned = [1 / 3, 1, 1].map((cost) => ({ order: ORDER, frozen: "", cost }));
  const queue = newQueue(planned, { model: "abc", pairs: [] });
  assert.equal(queueSecsLeft({ ...queue, runKey: 1 }, running.train.run), null);
  const one = withEnded({ ...queue, runKey: 1 }, pastRun("a", { elapsedSecs: 10 }));
  assert.equal(Math.round(queueSecsLeft(one, null) ?? 0), 60);
  // The second is half done after four seconds of steps.
  const { run } = after(running, ...steps(5)).train;
  const left = queueSecsLeft({ ...one, runKey: run?.key ?? null }, run) ?? 0;
  assert(left > 5 && left < 60, String(left));
});

test("a queue leaves out what has failed, and ends when the visitor stops a run", () => {
  const planned = ["a", "b", "c"].map((frozen) => ({ order: ORDER, frozen, cost: 1 }));
  let queue = { ...newQueue(planned, { model: "abc", pairs: [] }), runKey: 1 };
  queue = { ...withEnded(queue, null, "it diverged"), runKey: 2 };
  assert.deepEqual([queue.failed, queue.outcome], [[{ frozen: "a", reason: "it diverged" }], null]);
  const stopped = withEnded(queue, pastRun("x", { stopped: true }));
  assert.deepEqual([stopped.finished, stopped.outcome], [["x"], "stopped"]);
  const done = withEnded({ ...withEnded(queue, pastRun("x")), runKey: 3 }, pastRun("y"));
  assert.deepEqual([done.finished, done.outcome], [["x", "y"], "done"]);
});

test("runs that differ in their seed alone are one point with a range", () => {
  const { order } = SUMMARY;
  const withSeed = (id: string, seed: number, accuracy: number, trainingSecs: number) =>
    pastRun(id, { order: { ...order, config: { ...order.config, seed } }, after: scoresOf(accuracy), trainingSecs });
  const config = { ...CONFIG, freeze: { kind: "nothing" as const } };
  const nothing = { order: { ...order, config }, frozen: "Nothing", after: scoresOf(1), trainingSecs: 9 };
  const points = qualityPoints([withSeed("a", 1, 0.25, 2), withSeed("b", 2, 0.75, 4), pastRun("c", nothing)], ACCURACY);
  assert.deepEqual(points, [
    {
      id: "a",
      label: "Backbone",
      nRuns: 2,
      quality: { mean: 0.5, low: 0.25, high: 0.75 },
      secs: { mean: 3, low: 2, high: 4 },
    },
    { id: "c", label: "Nothing", nRuns: 1, quality: { mean: 1, low: 1, high: 1 }, secs: { mean: 9, low: 9, high: 9 } },
  ]);
});

test("marks of an axis are round, and labels do not overlap", () => {
  assert.deepEqual(ticksBetween(0.61, 0.93, 5), [0.7, 0.8, 0.9]);
  assert.deepEqual(ticksBetween(0, 30, 4), [0, 10, 20, 30]);
  const mark = { x: 10, y: 50, width: 60 };
  const places = labelPlaces([mark, mark, mark, { ...mark, x: 290 }], 300, 15);
  assert.deepEqual(
    places.map(({ y, anchor }) => [y, anchor]),
    [
      [50, "start"],
      [35, "start"],
      [65, "start"],
      [50, "end"],
    ],
  );
  // The label of the first would lie on the second's mark.
  const [first] = labelPlaces([mark, { ...mark, x: 40 }], 300, 15);
  assert.equal(first?.y, 35);
});

test("a spreadsheet gets a row for each run, and no formula", () => {
  const text = runsCsv([pastRun("a", { name: '=HYPERLINK("x")' }), pastRun("b", { name: "two,\nlines", after: null })]);
  const [head = "", ...rest] = text.split("\r\n");
  assert.match(head, /^name,finished,freeze,.*\bseed\b.*accuracy_after/);
  assert.match(rest[0] ?? "", /^"'=HYPERLINK\(""x""\)",2026-/);
  assert.match(rest[1] ?? "", /^"two,\nlines",/);
});
