import assert from "node:assert/strict";
import { test } from "node:test";
import { plannedRuns } from "../src/features/compare/queue";
import type { Command } from "../src/protocol";
import { Device } from "./device";
import { FakePage } from "./fake_page";
import { CORPUS, FAILURE, MODEL, OBJECTIVES, OFFER, ORDER, PAIR } from "./fixtures";
import { PREDICTIONS, scoresOf, tableOf } from "./past_runs";

const HELD_OUT = { ...PAIR, split: "held_out" as const };

async function opened(device = new Device()): Promise<FakePage> {
  const page = new FakePage({ tab: device.tab() });
  await page.startWorker();
  await page.loadModel();
  await page.answer("load_corpus", (request) => ({
    kind: "corpus_rows",
    request,
    pairs: [PAIR, HELD_OUT, { ...HELD_OUT, label: null }],
  }));
  await page.answer("load_corpus", (request) => ({ kind: "corpus_loaded", request, corpus: CORPUS }));
  await page.until(() => page.state.compare.isListed);
  return page;
}

/** The run that was asked for last begins. */
async function begin(page: FakePage): Promise<void> {
  await page.answer("train", (run) => ({
    kind: "run_started",
    run,
    n_steps_done: 0,
    trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 },
    objectives: OBJECTIVES,
    n_steps: 1,
    n_pairs: 1,
    n_truncated: 0,
    n_workers: 1,
    workers_problem: null,
    kept_bytes: null,
    is_saved: false,
  }));
}

/** It ends, and is remembered. */
async function end(page: FakePage, accuracy: number, stopped = false): Promise<void> {
  const { length } = page.state.compare.runs;
  await page.answer("train", (run) => ({
    kind: "evaluated",
    run,
    moment: "after",
    scores: scoresOf(accuracy),
    predictions: PREDICTIONS,
  }));
  const secs = { elapsed_secs: 2, training_secs: 1 };
  await page.answer("train", (run) => ({ kind: "run_ended", run, stopped, n_steps_done: 1, ...secs, changes: [] }));
  await page.until(() => page.state.compare.runs.length > length);
}

async function train(page: FakePage, accuracy: number): Promise<void> {
  page.lab.startRun(ORDER);
  await begin(page);
  await end(page, accuracy);
}

function trained(page: FakePage): Extract<Command, { kind: "train" }>[] {
  return page.worker.posted.filter((command) => command.kind === "train");
}

const STRATEGIES = OFFER.freeze_strategies.filter(({ kind }) => kind === "backbone" || kind === "nothing");

test("a finished run is there after a reload, in any tab, until it is deleted", async () => {
  const device = new Device();
  const page = await opened(device);
  await train(page, 0.5);
  await train(page, 0.75);
  const names = page.state.compare.runs.map(({ name }) => name);
  assert.deepEqual(
    names.map((name) => name.split(",")[0]),
    ["Run 2", "Run 1"],
  );
  const [second, first] = page.state.compare.runs;
  page.lab.compare.rename(first?.id ?? "", "mine");
  page.lab.compare.delete(second?.id ?? "");
  await page.until(() => page.state.compare.runs.length === 1);
  page.close();

  const later = await opened(device);
  assert.deepEqual(
    later.state.compare.runs.map(({ name, after }) => [name, after?.accuracy]),
    [["mine", 0.5]],
  );
  later.close();
});

test("a queue trains each strategy with each seed, then compares all of them", async () => {
  const page = await opened();
  const planned = plannedRuns(ORDER, STRATEGIES, 1, 6, 3);
  page.lab.compare.start(planned);
  await page.settle();
  for (const [idx, { order }] of planned.entries()) {
    assert.equal(trained(page).length, idx + 1);
    assert.deepEqual(trained(page).at(-1)?.config, order.config);
    await begin(page);
    assert.equal(page.state.compare.queue?.outcome, null);
    await end(page, idx / 10);
  }
  const { queue, selected, runs } = page.state.compare;
  assert.equal(trained(page).length, 6);
  assert.equal(queue?.outcome, "done");
  assert.deepEqual(
    [...selected].reverse(),
    runs.map(({ id }) => id),
  );
  page.close();
});

test("a queue that is stopped stops its run and starts no other", async () => {
  const page = await opened();
  page.lab.compare.start(plannedRuns(ORDER, STRATEGIES, 1, 6, 1));
  await page.settle();
  await begin(page);
  page.lab.compare.stop();
  await page.settle();
  assert.equal(page.asked().at(-1), "stop");
  await end(page, 0.5, true);
  assert.equal(trained(page).length, 1);
  assert.equal(page.state.compare.queue?.outcome, "stopped");
  assert.equal(page.state.compare.selected.length, 1);
  page.close();
});

test("a run that is stopped before it has begun ends the queue, and one that fails does not", async () => {
  const page = await opened();
  page.lab.compare.start(plannedRuns(ORDER, STRATEGIES, 1, 6, 1));
  await page.settle();
  await page.answer("train", (request) => ({ kind: "failed", request, failure: FAILURE }));
  assert.equal(trained(page).length, 2);
  assert.deepEqual(page.state.compare.queue?.failed, [{ frozen: "Backbone", reason: FAILURE.message }]);
  const failure = { ...FAILURE, kind: "cancelled" as const };
  await page.answer("train", (request) => ({ kind: "failed", request, failure }));
  assert.equal(page.state.compare.queue?.outcome, "stopped");
  assert.equal(trained(page).length, 2);
  page.close();
});

test("a queue waits for a worker, and does not go on with another model", async () => {
  for (const fingerprint of [MODEL.fingerprint, "other"]) {
    const page = await opened();
    page.lab.compare.start(plannedRuns(ORDER, STRATEGIES, 1, 6, 1));
    await page.settle();
    await begin(page);
    page.worker.fail("unreachable");
    await page.settle();
    assert.equal(page.state.compare.queue?.failed.length, 1);
    page.lab.dispatch({ type: "worker/restarted" });
    await page.startWorker();
    const model = { ...MODEL, fingerprint };
    await page.answer("load_model", (request) => ({ kind: "model_loaded", request, model }));
    assert.equal(trained(page).length, 0);
    await page.loadPairs();
    const isSame = fingerprint === MODEL.fingerprint;
    assert.equal(page.state.compare.queue?.outcome, isSame ? null : "other_inputs");
    assert.equal(trained(page).length, isSame ? 1 : 0);
    page.close();
  }
});

test("two runs that are selected are compared by the worker, once what they said is stored", async () => {
  const page = await opened();
  await train(page, 0.5);
  await train(page, 0.75);
  const [second, first] = page.state.compare.runs.map(({ id }) => id);
  for (const id of [first, second]) page.lab.dispatch({ type: "compare/selected", id: id ?? "", isSelected: true });
  await page.until(() => page.asked().includes("compare_predictions"));
  const asked = page.worker.posted.find((command) => command.kind === "compare_predictions");
  const table = tableOf([
    [0, 0.75, 0.5, 0, -0.25],
    [Number.NaN, 0.75, 0.25, 1, -0.75],
  ]);
  assert.deepEqual(asked, {
    kind: "compare_predictions",
    request: asked?.request,
    first: table,
    second: table,
  });
  const changes = [{ score: "accuracy" as const, change: 0.25, interval: null }];
  await page.answer("compare_predictions", (request) => ({ kind: "predictions_compared", request, changes }));
  assert.deepEqual(page.state.compare.difference, { first, second, changes, failure: null });

  // The other way round it is another question.
  page.lab.dispatch({ type: "compare/selection_cleared" });
  for (const id of [second, first]) page.lab.dispatch({ type: "compare/selected", id: id ?? "", isSelected: true });
  await page.until(() => page.asked().filter((kind) => kind === "compare_predictions").length === 2);
  assert.equal(page.state.compare.difference?.changes, null);
  await page.answer("compare_predictions", (request) => ({ kind: "failed", request, failure: FAILURE }));
  assert.equal(page.state.compare.difference?.failure, FAILURE);
  page.close();
});
