import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState } from "../src/app/state";
import { canContinue } from "../src/app/waiting_run";
import { toLoad } from "../src/features/model/state";
import { workedSecs } from "../src/features/train/clock";
import { pairsPerSec, trainingSecsLeft } from "../src/features/train/run";
import {
  after,
  begun,
  checkpointed,
  crash,
  demoFetched,
  ended,
  FAILURE,
  FETCHED,
  loaded,
  loadStarted,
  NO_ADAPTER,
  OFFER,
  ON_CPU,
  ready,
  reported,
  running,
  runStarted,
  started,
  stepped,
  steps,
} from "./fixtures";

test("the form shows the library's defaults, and a restart keeps what was typed", () => {
  assert.equal(initialState.train.form, null);
  assert.equal(ready.train.form?.numbers.learning_rate, "1e-4");
  const form = {
    ...ready.train.form,
    numbers: { ...ready.train.form?.numbers, epochs: "7" },
  } as typeof ready.train.form;
  assert(form);
  const again = after(
    ready,
    { type: "train/form_changed", form },
    crash,
    { type: "worker/restarted" },
    ...started(NO_ADAPTER, ON_CPU),
  );
  assert.equal(again.train.form?.numbers.epochs, "7");
  assert.equal(after(again, { type: "train/form_reset" }).train.form?.numbers.epochs, "3");
  assert.equal(ready.train.form?.numbers.n_workers, "");
  assert.deepEqual([initialState.train.offer, ready.train.offer], [null, OFFER]);
});

test("what the worker reads of a model is its progress", () => {
  const event = { kind: "loading", request: 0, file: "config.json", loaded_bytes: 10, total_bytes: 40 } as const;
  const now = after(ready, loadStarted(), { type: "model/load_progressed", event, at: 7 });
  assert.equal(now.model.loading?.transfer?.totalBytes, 40);
});

test("a failure goes to what asked for it", () => {
  const { failed } = after(ready, loadStarted(), { type: "model/refused", failure: FAILURE }).model;
  assert.equal(failed?.failure, FAILURE);
  const reading = after(ready, demoFetched, { type: "pairs/import_failed", failure: FAILURE });
  assert.equal(reading.pairs.pairImport?.status, "failed");
  const run = after(running, { type: "train/failed", failure: FAILURE });
  assert.equal(run.train.run?.phase, "failed");
  assert.equal(run.notice, null);
  const nobody = after(running, { type: "worker/failed", failure: FAILURE });
  assert.equal(nobody.notice, FAILURE);
  assert.equal(nobody.train.run?.phase, "starting");
});

test("a run collects points and ends", () => {
  const state = after(running, stepped(1, 1000), stepped(2, 2000, { losses: { classification: 1 } }), ended(3000));
  assert.deepEqual(state.train.run?.curves.classification?.steps, [1, 2]);
  assert.deepEqual(state.train.run?.curves.regression?.steps, [1]);
  assert.equal(state.train.run?.phase, "finished");
  assert.equal(state.train.run?.end?.elapsedSecs, 12);
});

test("a run that diverged can be kept as of its last checkpoint", () => {
  const failure = { ...FAILURE, kind: "diverged" } as const;
  const failed = after(running, ...steps(5), checkpointed(5), stepped(6, 6000), { type: "train/failed", failure });
  const kept = after(failed, { type: "train/keep_wanted" });
  assert.equal(canContinue(kept), true);
  const { run } = kept.train;
  assert.deepEqual([run?.isStopping, run?.nStepsDone, run?.failure], [true, 5, null]);
  assert.deepEqual(run?.curves.classification?.steps, [1, 2, 3, 4, 5]);
  const over = after(kept, { type: "train/continued" }, begun(5), ended(7000, true));
  assert.equal(over.train.run?.end?.stopped, true);
  // Nothing is saved, or the run has failed in another way: it can't be kept.
  const unsaved = after(running, ...steps(5), { type: "train/failed", failure });
  const other = after(running, ...steps(5), checkpointed(5), { type: "train/failed", failure: FAILURE });
  for (const { train, ...rest } of [unsaved, other]) {
    assert.equal(after({ train, ...rest }, { type: "train/keep_wanted" }).train.run, train.run);
  }
});

test("a run that is stopped before it has begun leaves nothing", () => {
  const state = after(loaded, runStarted, reported({ kind: "tokenizing", n_done: 10, n_total: 20 }, 100));
  assert.deepEqual(state.train.run?.setUp, { nDone: 10, nTotal: 20 });
  const failure = { ...FAILURE, kind: "cancelled" } as const;
  assert.equal(after(state, { type: "train/stop_wanted" }, { type: "train/failed", failure }).train.run, null);
});

test("what is reported after the end of a run changes nothing of it", () => {
  const done = after(running, ended(1000));
  assert.equal(after(done, stepped(1, 2000)).train.run, done.train.run);
});

test("pauses count neither as work nor towards the time left", () => {
  const paused = after(
    running,
    stepped(1, 1000),
    stepped(2, 2000),
    { type: "train/pause_wanted" },
    reported({ kind: "paused" }, 2000),
  );
  assert(paused.train.run);
  assert.equal(paused.train.run.hold, "paused");
  const resumed = after(paused, reported({ kind: "resumed" }, 60_000), stepped(3, 61_000));
  assert(resumed.train.run);
  assert.equal(workedSecs(resumed.train.run.clock), 3);
  assert(Math.abs((trainingSecsLeft(resumed.train.run) ?? 0) - 7) < 1e-9);
  assert(Math.abs((pairsPerSec(resumed.train.run) ?? 0) - 12) < 1e-9);
});

test("a crash fails the run and what was loading, and keeps what is there", () => {
  const state = after(running, stepped(1, 1000), crash);
  assert.equal(state.train.run?.phase, "failed");
  assert.equal(state.train.run?.curves.classification?.steps.length, 1);
  assert.notEqual(state.model.info, null);
  assert.equal(after(ready, loadStarted(), crash).model.loading, null);
  const again = after(state, { type: "worker/restarted" });
  assert.equal(again.model.info, null);
  assert.equal(toLoad(again.model, again.train.run), FETCHED);
  assert.equal(again.comparison.sentenceA, loaded.comparison.sentenceA);
});
