import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { orderFor } from "../src/features/compute/compute";
import { workedSecs } from "../src/features/train/clock";
import {
  after,
  checkpointed,
  deviceFailed,
  did,
  FAILURE,
  handshake,
  loaded,
  loading,
  ON_CPU,
  ORDER,
  runningOnGpu,
  runRequested,
  said,
  started,
  startingWorkers,
  stepped,
} from "./fixtures";

const starting = after(loaded, runRequested, startingWorkers(0, 500), startingWorkers(2, 2000));

test("starting workers is a phase of its own with its progress, and belongs to its run", () => {
  assert.equal(starting.run?.phase, "starting_workers");
  assert.deepEqual(starting.run?.setUp, { nDone: 2, nTotal: 3 });
  assert.match(announcement(starting), /^Workers/);
  assert.equal(after(starting, startingWorkers(3, 2500, 99)), starting);
  const run = after(starting, started()).run;
  assert.equal(run?.phase, "starting");
});

test("starting workers is not work of the run", () => {
  assert(starting.run);
  assert.equal(workedSecs(starting.run.clock), 0);
  const { run } = after(starting, started(0, 3, 0, 3000), stepped(1, 5000));
  assert(run);
  assert.equal(workedSecs(run.clock), 2);
});

test("a run that is paused while its workers start counts no time", () => {
  const { run } = after(
    starting,
    { type: "pause_asked" },
    started(0, 3, 0, 3000),
    said({ kind: "paused", run: 3 }, 3000),
    said({ kind: "resumed", run: 3 }, 60_000),
    stepped(1, 61_000),
  );
  assert(run);
  assert.equal(workedSecs(run.clock), 1);
});

test("a run says how many workers share it, why they aren't more, and what each keeps", () => {
  const alone = after(starting, started(0, 3, 0, 0, { workers_problem: "no memory" }));
  assert.equal(alone.run?.plan?.nWorkers, 1);
  assert.deepEqual(alone.run?.plan?.workersProblem, { kind: "missing", detail: "no memory" });
  assert.equal(alone.run?.plan?.keptBytes, null);
  const shared = after(starting, started(0, 3, 0, 0, { n_workers: 4, kept_bytes: 25e6 }));
  assert.equal(shared.run?.plan?.nWorkers, 4);
  assert.equal(shared.run?.plan?.workersProblem, null);
  assert.equal(shared.run?.plan?.keptBytes, 25e6);
});

test("a run that loses its other workers goes on with one and says so", () => {
  const shared = after(starting, started(0, 3, 0, 0, { n_workers: 2 }), stepped(1, 1000));
  const { run } = after(shared, said({ kind: "workers_lost", run: 3, problem: "no memory" }));
  assert.equal(run?.phase, "training");
  assert.equal(run?.plan?.nWorkers, 1);
  assert.deepEqual(run?.plan?.workersProblem, { kind: "lost", detail: "no memory" });
});

test("a run whose workers can't be started at all fails as any other does", () => {
  const failed = after(starting, said({ kind: "failed", request: 3, failure: FAILURE }));
  assert.equal(failed.run?.phase, "failed");
  assert.equal(failed.run?.failure, FAILURE);
  assert.equal(after(starting, did({ type: "worker_crashed", message: "unreachable" })).run?.phase, "failed");
});

test("a run that has lost its GPU is asked for again with the visitor's choice of workers", () => {
  assert.equal(orderFor(runningOnGpu.compute, ORDER).nWorkers, null);
  const lost = after(runningOnGpu, stepped(1, 1000), checkpointed(1), deviceFailed(true));
  assert.deepEqual(lost.run?.order, ORDER);
  const goingOn = after(
    lost,
    ...handshake(ON_CPU, 1),
    ...loading(1),
    did({ type: "run_continued", request: 9 }, 1),
    startingWorkers(1, 20_000, 9, 1),
  );
  assert.equal(goingOn.run?.phase, "starting_workers");
  assert.deepEqual(orderFor(goingOn.compute, ORDER), ORDER);
  const { run } = after(goingOn, started(1, 9, 1, 30_000, { n_workers: 2 }), stepped(2, 32_000, {}, 9, 1));
  assert(run);
  assert.equal(run.plan?.nWorkers, 2);
  // Three seconds were worked before the checkpoint, by a worker that is gone.
  assert.equal(workedSecs(run.clock), 5);
});
