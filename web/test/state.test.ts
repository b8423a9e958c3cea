import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState } from "../src/app/state";
import { toLoad } from "../src/features/model/model";
import { workedSecs } from "../src/features/train/clock";
import { pairsPerSec, trainingSecsLeft } from "../src/features/train/run";
import {
  after,
  demoFetched,
  did,
  ended,
  FAILURE,
  FETCHED,
  handshake,
  loaded,
  MAX_WORKERS,
  modelRequested,
  NO_ADAPTER,
  ON_CPU,
  ready,
  running,
  said,
  stepped,
} from "./fixtures";

test("the form shows the library's defaults, and a restart keeps what was typed", () => {
  assert.equal(initialState.form, null);
  assert.equal(ready.form?.numbers.learning_rate, "1e-4");
  const form = { ...ready.form, numbers: { ...ready.form?.numbers, epochs: "7" } } as typeof ready.form;
  assert(form);
  const again = after(
    ready,
    { type: "form_changed", form },
    did({ type: "worker_crashed", message: "unreachable" }),
    { type: "worker_restarted" },
    did({ type: "probed", probe: NO_ADAPTER }, 1),
    ...handshake(ON_CPU, 1),
  );
  assert.equal(again.form?.numbers.epochs, "7");
  assert.equal(again.generation, 1);
  assert.equal(after(again, { type: "form_reset" }).form?.numbers.epochs, "3");
  assert.equal(ready.form?.numbers.n_workers, "");
  assert.deepEqual([initialState.maxWorkers, ready.maxWorkers], [1, MAX_WORKERS]);
});

test("progress and answers count only for the request that is awaited", () => {
  const loading = after(ready, modelRequested(5));
  const late = said({ kind: "loading", request: 4, file: "old", loaded_bytes: 1, total_bytes: 2 });
  assert.deepEqual(after(loading, late), loading);
  const now = after(
    loading,
    said({ kind: "loading", request: 5, file: "config.json", loaded_bytes: 10, total_bytes: 40 }, 7),
  );
  assert.equal(now.model.loading?.transfer?.totalBytes, 40);
});

test("a failure goes to what asked for it", () => {
  const failure = (request: number | null) => said({ kind: "failed", request, failure: FAILURE });
  assert.equal(after(ready, modelRequested(5), failure(5)).model.failed?.failure, FAILURE);
  const reading = after(ready, demoFetched, did({ type: "import_requested", request: 6 }));
  assert.equal(after(reading, failure(6)).pairImport?.status, "failed");
  const failed = after(running, failure(3));
  assert.equal(failed.run?.phase, "failed");
  assert.equal(failed.notice, null);
  assert.equal(after(running, failure(null)).notice, FAILURE);
  assert.equal(after(running, failure(null)).run?.phase, "starting");
});

test("a run collects points and ends", () => {
  const state = after(running, stepped(1, 1000), stepped(2, 2000, { regression_loss: null }), ended(3000));
  assert.deepEqual(state.run?.classification.steps, [1, 2]);
  assert.deepEqual(state.run?.regression.steps, [1]);
  assert.equal(state.run?.phase, "finished");
  assert.equal(state.run?.end?.elapsedSecs, 12);
});

test("events of another run, and those after the end, change nothing", () => {
  assert.equal(after(running, stepped(1, 1000, {}, 99)), running);
  const done = after(running, ended(1000));
  assert.equal(after(done, stepped(1, 2000)), done);
});

test("pauses count neither as work nor towards the time left", () => {
  const paused = after(
    running,
    stepped(1, 1000),
    stepped(2, 2000),
    { type: "pause_asked" },
    said({ kind: "paused", run: 3 }, 2000),
  );
  assert(paused.run);
  assert.equal(paused.run.hold, "paused");
  const resumed = after(paused, said({ kind: "resumed", run: 3 }, 60_000), stepped(3, 61_000));
  assert(resumed.run);
  assert.equal(workedSecs(resumed.run.clock), 3);
  assert(Math.abs((trainingSecsLeft(resumed.run) ?? 0) - 7) < 1e-9);
  assert(Math.abs((pairsPerSec(resumed.run) ?? 0) - 12) < 1e-9);
});

test("a crash fails the run and what was loading, and keeps what is there", () => {
  const crash = did({ type: "worker_crashed", message: "unreachable" });
  const state = after(running, stepped(1, 1000), crash);
  assert.equal(state.run?.phase, "failed");
  assert.equal(state.run?.classification.steps.length, 1);
  assert.notEqual(state.model.info, null);
  assert.equal(after(ready, modelRequested(5), crash).model.loading, null);
  const again = after(state, { type: "worker_restarted" });
  assert.equal(again.model.info, null);
  assert.equal(toLoad(again.model, again.run), FETCHED);
  assert.equal(again.comparison.sentenceA, loaded.comparison.sentenceA);
});
