import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, initialStateFor, type State } from "../src/app/state";
import { workedSecs } from "../src/features/train/clock";
import { emptyCurve, upTo, withPoint } from "../src/features/train/curve";
import { checkpointOf } from "../src/features/train/run";
import { MAX_GPU_RETRIES } from "../src/settings";
import {
  after,
  checkpointed,
  deviceFailed,
  did,
  ended,
  FAILURE,
  HARDWARE,
  handshake,
  loading,
  modelRequested,
  ON_CPU,
  ON_GPU,
  runningOnGpu,
  said,
  started,
  stepped,
} from "./fixtures";

const crash = did({ type: "worker_crashed", message: "unreachable" });
const steps = (n: number) => Array.from({ length: n }, (_, idx) => stepped(idx + 1, (idx + 1) * 1000));

/** Five steps are done, four of them saved. */
const fiveSteps: State = after(runningOnGpu, ...steps(4), checkpointed(4), stepped(5, 5000));

/** The next worker has all it needs and is asked to go on with the run as run 9. */
const resume = (generation = 1) => [
  ...handshake(ON_CPU, generation),
  ...loading(generation),
  did({ type: "run_continued", request: 9 }, generation),
];

test("a GPU that fails before it is ready leaves the page on the CPU, with the reason", () => {
  const preparing = after(initialState, did({ type: "probed", probe: HARDWARE }));
  const [hello, asked] = handshake(ON_GPU);
  assert(hello && asked);
  const failures = [
    [crash],
    [hello, asked, crash],
    [hello, asked, deviceFailed(true)],
    [hello, asked, said({ kind: "failed", request: 1, failure: FAILURE })],
  ];
  for (const actions of failures) {
    const state = after(preparing, ...actions);
    assert.equal(state.generation, 1);
    assert.equal(state.worker.status, "starting");
    assert.deepEqual([state.compute.plan?.module, state.compute.plan?.backend], ["cpu", "flex"]);
    assert.match(state.compute.plan?.refusal?.kind ?? "", /^device_/);
    assert.notEqual(state.compute.plan?.refusal?.detail, null);
    assert.equal(state.recovery, null);
  }
});

test("a lost GPU is tried again only where that is wanted, and not for ever", () => {
  let state = initialStateFor({ choice: "automatic", onLoss: "gpu" });
  for (let nLosses = 0; nLosses <= MAX_GPU_RETRIES; nLosses += 1) {
    assert.equal(state.worker.status, "probing");
    const { generation } = state;
    state = after(
      state,
      did({ type: "probed", probe: HARDWARE }, generation),
      ...handshake(ON_GPU, generation),
      deviceFailed(true, generation),
    );
  }
  assert.equal(state.compute.plan?.module, "cpu");
  assert.equal(state.compute.plan?.refusal?.kind, "device_lost");
  assert.equal(after(state, { type: "choice_made", choice: "automatic" }).compute.nGpuRetries, 0);
});

test("a GPU whose results can't be trusted is not tried again", () => {
  const state = after(runningOnGpu, { type: "on_loss_chosen", onLoss: "gpu" }, deviceFailed(false));
  assert.equal(state.compute.plan?.module, "cpu");
  assert.equal(state.recovery?.target, "cpu");
});

test("a run goes on from its last checkpoint on the CPU, and says so until that is read", () => {
  const lost = after(fiveSteps, deviceFailed(true));
  assert(lost.run);
  assert.equal(lost.run.phase, "recovering");
  assert.equal(lost.run.id, null);
  assert.equal(checkpointOf(lost.run)?.step, 4);
  assert.deepEqual(lost.run.classification.steps, [1, 2, 3, 4]);
  assert.equal(lost.run.report?.step, 4);
  assert.equal(workedSecs(lost.run.clock), 6);
  assert.deepEqual(lost.recovery?.run, { step: 4, wasFinished: false });
  assert.equal(lost.comparison.sentenceA, fiveSteps.comparison.sentenceA);

  const asked = after(lost, ...resume());
  assert.equal(asked.run?.id, 9);
  const going = after(asked, started(4, 9, 1, 60_000), stepped(5, 62_000, {}, 9, 1));
  assert(going.run);
  assert.equal(going.run.phase, "training");
  assert.deepEqual(going.run.classification.steps, [1, 2, 3, 4, 5]);
  assert.equal(workedSecs(going.run.clock), 8);
  assert.equal(going.run.key, 3);
  assert.equal(going.recovery?.target, "cpu");
  const done = after(going, ended(70_000, false, 9, 1));
  assert.equal(done.run?.phase, "finished");
  assert.notEqual(done.recovery, null);
  assert.equal(after(done, { type: "recovery_dismissed" }).recovery, null);
});

test("what the dead worker says late changes nothing", () => {
  const lost = after(fiveSteps, deviceFailed(true));
  assert.equal(after(lost, stepped(6, 6000), crash, modelRequested(5)), lost);
});

test("a run that nothing was saved of starts again with its settings", () => {
  const lost = after(runningOnGpu, ...steps(2), crash);
  assert(lost.run);
  assert.equal(lost.run.phase, "recovering");
  assert.equal(checkpointOf(lost.run), null);
  assert.equal(lost.run.classification.steps.length, 0);
  assert.equal(lost.run.nStepsDone, 0);
  assert.equal(lost.run.report, null);
  assert.deepEqual(lost.recovery?.run, { step: 0, wasFinished: false });
  assert.equal(lost.recovery?.refusal.kind, "device_failed");
});

test("what the visitor wanted of the run is wanted of the next worker too", () => {
  const paused = after(fiveSteps, { type: "pause_asked" }, said({ kind: "paused", run: 3 }, 5000), deviceFailed(true));
  assert.equal(paused.run?.hold, "pausing");
  const held = after(paused, ...resume(), started(4, 9, 1), said({ kind: "paused", run: 9 }, 0, 1));
  assert.equal(held.run?.hold, "paused");
  const stopping = after(fiveSteps, { type: "stop_asked" }, deviceFailed(true), ...resume());
  assert.equal(stopping.run?.isStopping, true);
});

test("a GPU that is lost twice costs no more than once", () => {
  const again = after(fiveSteps, { type: "on_loss_chosen", onLoss: "gpu" }, deviceFailed(true));
  assert.equal(again.worker.status, "probing");
  assert.equal(again.recovery?.target, "gpu");
  const twice = after(
    again,
    did({ type: "probed", probe: HARDWARE }, 1),
    ...handshake(ON_GPU, 1),
    deviceFailed(true, 1),
  );
  assert(twice.run);
  assert.equal(checkpointOf(twice.run)?.step, 4);
  const onCpu = after(twice, did({ type: "probed", probe: { kind: "no_adapter", detail: null } }, 2), ...resume(2));
  assert.equal(onCpu.run?.id, 9);
  assert.equal(onCpu.recovery?.target, "cpu");
});

test("what a finished run has trained comes back, and a stopped one is not trained on", () => {
  const finished = after(fiveSteps, checkpointed(10), ended(9000, true), deviceFailed(true));
  assert(finished.run);
  assert.equal(finished.run.phase, "recovering");
  assert.equal(finished.run.isStopping, true);
  assert.deepEqual(finished.recovery?.run, { step: 10, wasFinished: true });
  // Without a checkpoint there is nothing to bring back, and the run stays as it ended.
  const kept = after(runningOnGpu, ended(9000), deviceFailed(true));
  assert.equal(kept.run?.phase, "finished");
  assert.equal(kept.recovery?.run, null);
});

test("checkpoints are kept until another run starts or another worker is wanted", () => {
  const finished = after(fiveSteps, ended(9000));
  assert.notEqual(finished.run?.saved, null);
  assert.equal(after(finished, { type: "choice_made", choice: "flex" }).run?.saved, null);
});

test("a run that can't go on for want of its model can be ended", () => {
  const stranded = after(
    fiveSteps,
    deviceFailed(true),
    ...handshake(ON_CPU, 1),
    modelRequested(5, 1),
    said({ kind: "failed", request: 5, failure: FAILURE }, 0, 1),
  );
  assert.equal(stranded.run?.phase, "recovering");
  assert.equal(after(stranded, { type: "stop_asked" }).run?.phase, "failed");
});

test("compiling shaders is not work of the run", () => {
  const state = after(
    runningOnGpu,
    said({ kind: "warming_up", run: 3, n_done: 0, n_total: 2 }, 1000),
    said({ kind: "warming_up", run: 3, n_done: 1, n_total: 2 }, 20_000),
  );
  assert(state.run);
  assert.equal(state.run.phase, "warming_up");
  assert.equal(workedSecs(state.run.clock), 0);
  const scoring = said({ kind: "evaluating", run: 3, moment: "before", n_done: 1, n_total: 2 }, 40_000);
  const training = after(state, scoring, stepped(1, 42_000));
  assert(training.run);
  assert.equal(workedSecs(training.run.clock), 2);
});

test("a curve cut back goes on as if it had never been longer", () => {
  const values = [3, 1, 4, 1, 5];
  const curve = (n: number) =>
    values.slice(0, n).reduce((sum, value, idx) => withPoint(sum, idx + 1, value), emptyCurve);
  const cut = upTo(curve(5), 3);
  assert.deepEqual(cut.raw, curve(3).raw);
  const [next, expected] = [withPoint(cut, 4, 1), curve(4)];
  assert(Math.abs((next.smooth.at(-1) ?? 0) - (expected.smooth.at(-1) ?? 1)) < 1e-12);
  assert.deepEqual(upTo(curve(2), 0).steps, []);
});
