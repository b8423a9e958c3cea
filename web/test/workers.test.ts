import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { workedSecs } from "../src/features/train/clock";
import { orderFor } from "../src/features/train/state";
import {
  after,
  begun,
  checkpointed,
  crash,
  deviceFailed,
  FAILURE,
  handshake,
  loaded,
  ON_CPU,
  ORDER,
  reloading,
  reported,
  runAfter,
  runningOnGpu,
  runStarted,
  startingWorkers,
  stepped,
} from "./fixtures";

const starting = after(loaded, runStarted, startingWorkers(0, 500), startingWorkers(2, 2000));

test("starting workers is a phase of its own with its progress, and is announced", () => {
  assert.equal(starting.train.run?.phase, "starting_workers");
  assert.deepEqual(starting.train.run?.setUp, { nDone: 2, nTotal: 3 });
  assert.match(announcement(starting), /^Workers/);
  const run = runAfter(starting, begun());
  assert.equal(run?.phase, "starting");
});

test("starting workers is not work of the run", () => {
  assert(starting.train.run);
  assert.equal(workedSecs(starting.train.run.clock), 0);
  const run = runAfter(starting, begun(0, 3000), stepped(1, 5000));
  assert(run);
  assert.equal(workedSecs(run.clock), 2);
});

test("a run that is paused while its workers start counts no time", () => {
  const run = runAfter(
    starting,
    { type: "train/pause_wanted" },
    begun(0, 3000),
    reported({ kind: "paused" }, 3000),
    reported({ kind: "resumed" }, 60_000),
    stepped(1, 61_000),
  );
  assert(run);
  assert.equal(workedSecs(run.clock), 1);
});

test("a run says how many workers share it, why they aren't more, and what each keeps", () => {
  const alone = after(starting, begun(0, 0, { workers_problem: "no memory" }));
  assert.equal(alone.train.run?.plan?.nWorkers, 1);
  assert.deepEqual(alone.train.run?.plan?.workersProblem, { kind: "missing", detail: "no memory" });
  assert.equal(alone.train.run?.plan?.keptBytes, null);
  const shared = after(starting, begun(0, 0, { n_workers: 4, kept_bytes: 25e6 }));
  assert.equal(shared.train.run?.plan?.nWorkers, 4);
  assert.equal(shared.train.run?.plan?.workersProblem, null);
  assert.equal(shared.train.run?.plan?.keptBytes, 25e6);
});

test("a run that loses its other workers continues with one and says so", () => {
  const shared = after(starting, begun(0, 0, { n_workers: 2 }), stepped(1, 1000));
  const run = runAfter(shared, reported({ kind: "workers_lost", problem: "no memory" }));
  assert.equal(run?.phase, "training");
  assert.equal(run?.plan?.nWorkers, 1);
  assert.deepEqual(run?.plan?.workersProblem, { kind: "lost", detail: "no memory" });
});

test("a run whose workers can't be started at all fails as any other does", () => {
  const failed = after(starting, { type: "train/failed", failure: FAILURE });
  assert.equal(failed.train.run?.phase, "failed");
  assert.equal(failed.train.run?.failure, FAILURE);
  assert.equal(runAfter(starting, crash)?.phase, "failed");
});

test("a run that has lost its GPU is asked for again with the visitor's choice of workers", () => {
  assert.equal(orderFor(runningOnGpu.compute, ORDER).nWorkers, null);
  const lost = after(runningOnGpu, stepped(1, 1000), checkpointed(1), deviceFailed());
  assert.deepEqual(lost.train.run?.order, ORDER);
  const continued = after(
    lost,
    ...handshake(ON_CPU),
    ...reloading,
    { type: "train/continued" },
    startingWorkers(1, 20_000),
  );
  assert.equal(continued.train.run?.phase, "starting_workers");
  assert.deepEqual(orderFor(continued.compute, ORDER), ORDER);
  const run = runAfter(continued, begun(1, 30_000, { n_workers: 2 }), stepped(2, 32_000));
  assert(run);
  assert.equal(run.plan?.nWorkers, 2);
  // Three seconds were worked before the checkpoint, by a worker that is gone.
  assert.equal(workedSecs(run.clock), 5);
});
