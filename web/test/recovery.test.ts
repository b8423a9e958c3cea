import assert from "node:assert/strict";
import { test } from "node:test";
import { type Action, initialState, initialStateFor, type State } from "../src/app/state";
import { workedSecs } from "../src/features/train/clock";
import { type Curves, curveOf, upTo, withPoints } from "../src/features/train/curve";
import { checkpointOf, isWaiting } from "../src/features/train/run";
import { MAX_GPU_RETRIES } from "../src/settings";
import {
  after,
  begun,
  checkpointed,
  crash,
  deviceFailed,
  ended,
  FAILURE,
  HARDWARE,
  handshake,
  loadStarted,
  ON_CPU,
  ON_GPU,
  reloading,
  reported,
  runAfter,
  runningOnGpu,
  started,
  stepped,
  steps,
} from "./fixtures";

/** Five steps are done, four of them saved. */
const fiveSteps: State = after(runningOnGpu, ...steps(4), checkpointed(4), stepped(5, 5000));

/** The next worker has all it needs and is asked to continue the run. */
const continued: Action[] = [...handshake(ON_CPU), ...reloading, { type: "train/continued" }];

test("a GPU that fails before it is ready leaves the page on the CPU, with the reason", () => {
  const preparing = after(initialState, { type: "compute/probed", probe: HARDWARE });
  const [hello] = handshake(ON_GPU);
  assert(hello);
  const failures = [[crash], [hello, crash], [hello, deviceFailed()]];
  for (const actions of failures) {
    const state = after(preparing, ...actions);
    assert.equal(state.compute.worker.status, "starting");
    assert.deepEqual([state.compute.plan?.module, state.compute.plan?.backend], ["cpu", "flex"]);
    assert.match(state.compute.plan?.refusal?.kind ?? "", /^device_/);
    assert.notEqual(state.compute.plan?.refusal?.detail, null);
    assert.equal(state.compute.recovery, null);
  }
});

test("a lost GPU is tried again only where that is wanted, and not for ever", () => {
  let state = initialStateFor({ choice: "automatic", onLoss: "gpu" });
  for (let nLosses = 0; nLosses <= MAX_GPU_RETRIES; nLosses += 1) {
    assert.equal(state.compute.worker.status, "probing");
    state = after(state, ...started(HARDWARE, ON_GPU), deviceFailed());
  }
  assert.equal(state.compute.plan?.module, "cpu");
  assert.equal(state.compute.plan?.refusal?.kind, "device_lost");
  assert.equal(after(state, { type: "worker/chosen", choice: "automatic" }).compute.nGpuRetries, 0);
});

test("a GPU whose results can't be trusted is not tried again", () => {
  const state = after(runningOnGpu, { type: "compute/on_loss_chosen", onLoss: "gpu" }, deviceFailed("device_failed"));
  assert.equal(state.compute.plan?.module, "cpu");
  assert.equal(state.compute.recovery?.target, "cpu");
});

test("a run continues from its last checkpoint on the CPU, and says so until that is read", () => {
  const lost = after(fiveSteps, deviceFailed());
  assert(lost.train.run);
  assert.equal(lost.train.run.phase, "recovering");
  assert.equal(isWaiting(lost.train.run), true);
  assert.equal(checkpointOf(lost.train.run)?.step, 4);
  assert.deepEqual(lost.train.run.curves.classification?.steps, [1, 2, 3, 4]);
  assert.equal(lost.train.run.report?.step, 4);
  assert.equal(workedSecs(lost.train.run.clock), 6);
  assert.deepEqual(lost.compute.recovery?.run, { step: 4, wasFinished: false });
  assert.equal(lost.comparison.sentenceA, fiveSteps.comparison.sentenceA);

  const asked = after(lost, ...continued);
  assert.equal(isWaiting(asked.train.run), false);
  const going = after(asked, begun(4, 60_000), stepped(5, 62_000));
  assert(going.train.run);
  assert.equal(going.train.run.phase, "training");
  assert.deepEqual(going.train.run.curves.classification?.steps, [1, 2, 3, 4, 5]);
  assert.equal(workedSecs(going.train.run.clock), 8);
  assert.equal(going.train.run.key, fiveSteps.train.run?.key);
  assert.equal(going.compute.recovery?.target, "cpu");
  const done = after(going, ended(70_000, false));
  assert.equal(done.train.run?.phase, "finished");
  assert.notEqual(done.compute.recovery, null);
  assert.equal(after(done, { type: "compute/recovery_dismissed" }).compute.recovery, null);
});

test("a run that nothing was saved of starts again with its settings", () => {
  const lost = after(runningOnGpu, ...steps(2), crash);
  assert(lost.train.run);
  assert.equal(lost.train.run.phase, "recovering");
  assert.equal(checkpointOf(lost.train.run), null);
  assert.deepEqual(lost.train.run.curves.classification?.steps, []);
  assert.equal(lost.train.run.nStepsDone, 0);
  assert.equal(lost.train.run.report, null);
  assert.deepEqual(lost.compute.recovery?.run, { step: 0, wasFinished: false });
  assert.equal(lost.compute.recovery?.refusal.kind, "device_failed");
});

test("what the visitor wanted of the run is wanted of the next worker too", () => {
  const paused = after(fiveSteps, { type: "train/pause_wanted" }, reported({ kind: "paused" }, 5000), deviceFailed());
  assert.equal(paused.train.run?.hold, "pausing");
  const held = after(paused, ...continued, begun(4), reported({ kind: "paused" }));
  assert.equal(held.train.run?.hold, "paused");
  const stopping = after(fiveSteps, { type: "train/stop_wanted" }, deviceFailed(), ...continued);
  assert.equal(stopping.train.run?.isStopping, true);
});

test("a GPU that is lost twice costs no more than once", () => {
  const again = after(fiveSteps, { type: "compute/on_loss_chosen", onLoss: "gpu" }, deviceFailed());
  assert.equal(again.compute.worker.status, "probing");
  assert.equal(again.compute.recovery?.target, "gpu");
  const twice = after(again, ...started(HARDWARE, ON_GPU), deviceFailed());
  assert(twice.train.run);
  assert.equal(checkpointOf(twice.train.run)?.step, 4);
  const onCpu = after(twice, { type: "compute/probed", probe: { kind: "no_adapter", detail: null } }, ...continued);
  assert.equal(isWaiting(onCpu.train.run), false);
  assert.equal(onCpu.compute.recovery?.target, "cpu");
});

test("what a finished run has trained comes back, and a stopped one is not trained on", () => {
  const finished = after(fiveSteps, checkpointed(10), ended(9000, true), deviceFailed());
  assert(finished.train.run);
  assert.equal(finished.train.run.phase, "recovering");
  assert.equal(finished.train.run.isStopping, true);
  assert.deepEqual(finished.compute.recovery?.run, { step: 10, wasFinished: true });
  // Without a checkpoint there is nothing to bring back, and the run stays as it ended.
  const kept = after(runningOnGpu, ended(9000), deviceFailed());
  assert.equal(kept.train.run?.phase, "finished");
  assert.equal(kept.compute.recovery?.run, null);
});

test("checkpoints are kept until another run starts or another worker is wanted", () => {
  const finished = after(fiveSteps, ended(9000));
  assert.notEqual(finished.train.run?.saved, null);
  assert.equal(runAfter(finished, { type: "worker/chosen", choice: "flex" })?.saved, null);
});

test("a run that can't continue without its model can be ended", () => {
  const stranded = after(fiveSteps, deviceFailed(), ...handshake(ON_CPU), loadStarted(), {
    type: "model/refused",
    failure: FAILURE,
  });
  assert.equal(stranded.train.run?.phase, "recovering");
  assert.equal(runAfter(stranded, { type: "train/stop_wanted" })?.phase, "failed");
});

test("compiling shaders is not work of the run", () => {
  const state = after(
    runningOnGpu,
    reported({ kind: "warming_up", n_done: 0, n_total: 2 }, 1000),
    reported({ kind: "warming_up", n_done: 1, n_total: 2 }, 20_000),
  );
  assert(state.train.run);
  assert.equal(state.train.run.phase, "warming_up");
  assert.equal(workedSecs(state.train.run.clock), 0);
  const scoring = reported({ kind: "evaluating", moment: "before", n_done: 1, n_total: 2 }, 40_000);
  const training = after(state, scoring, stepped(1, 42_000));
  assert(training.train.run);
  assert.equal(workedSecs(training.train.run.clock), 2);
});

test("a curve that is cut back continues as if it had never been longer", () => {
  const values = [3, 1, 4, 1, 5];
  const add = (curves: Curves, value: number, idx: number) => withPoints(curves, idx + 1, { loss: value });
  const curve = (n: number): Curves => values.slice(0, n).reduce(add, {});
  const cut = upTo(curve(5), 3);
  assert.deepEqual(cut.loss?.raw, curve(3).loss?.raw);
  const [next, expected] = [withPoints(cut, 4, { loss: 1 }), curve(4)];
  assert(Math.abs((next.loss?.smooth.at(-1) ?? 0) - (expected.loss?.smooth.at(-1) ?? 1)) < 1e-12);
  assert.deepEqual(upTo(curve(2), 0).loss?.steps, []);
});

test("an objective that is named as something that every object has is an objective as any other", () => {
  assert.equal(curveOf({}, "toString"), undefined);
  assert.deepEqual(curveOf(withPoints({}, 1, { toString: 2 }), "toString")?.raw, [2]);
});
