/** The GPU is lost at each event of a run: the next worker continues it, and it ends as if nothing had happened. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "../src/features/train/run";
import type { Command, Moment, RunCheckpoint, Scores, Event as WorkerEvent } from "../src/protocol";
import type { AboutRun } from "../src/storage/run_record";
import type { RunEvent } from "../src/worker/client";
import { Device } from "./device";
import { FakePage } from "./fake_page";
import { FAILURE, MODEL, NO_PREDICTIONS, ORDER, RUN_STARTED } from "./fixtures";

type WithoutRun<T> = T extends unknown ? Omit<T, "run"> : never;
/** What the worker reports of the run, or what the visitor wants of it. */
type Move = WithoutRun<RunEvent> | { wish: "pause" | "resume" | "stop" };

const N_STEPS = 6;

const scores = (accuracy: number): Scores => ({
  n_pairs: 2,
  classification_loss: 1,
  regression_loss: null,
  accuracy,
  macro_f1: null,
  confusion: null,
  correlation: null,
});

const started = (step: number): Move => ({ ...RUN_STARTED, n_steps_done: step, n_steps: N_STEPS });

const stepped = (step: number): Move => ({
  kind: "stepped",
  step_secs: 1,
  report: {
    step,
    n_steps: N_STEPS,
    epoch: 1,
    losses: { classification: 1 / step, regression: 1 / (step * step) },
    loss: 2 / step,
    learning_rate: 1 / (N_STEPS - step + 1),
    head_learning_rate: 1,
    gradient_norm: 1 + step,
    fraction_done: step / N_STEPS,
  },
});

/** No two have the same bytes. */
const checkpointOf = (step: number): RunCheckpoint => ({
  step,
  elapsed_secs: step + 1,
  training_secs: step,
  model: MODEL.fingerprint,
  before: scores(0.25),
  bytes: new Uint8Array(100).fill(step),
});

const checkpointed = (step: number): Move => ({ kind: "checkpointed", checkpoint: checkpointOf(step) });

const scored = (moment: Moment): Move[] => [
  { kind: "evaluating", moment, n_done: 1, n_total: 2 },
  { kind: "evaluated", moment, scores: scores(moment === "before" ? 0.25 : 0.75), predictions: NO_PREDICTIONS },
];

const ended = (stopped: boolean, step: number): Move[] => [
  ...scored("after"),
  { kind: "resampling", n_done: 1, n_total: 2 },
  {
    kind: "run_ended",
    stopped,
    n_steps_done: step,
    elapsed_secs: step + 2,
    training_secs: step,
    changes: [{ score: "accuracy", change: 0.5, interval: null }],
  },
];

const BEGINNING: Move[] = [started(0), { kind: "warming_up", n_done: 1, n_total: 2 }, ...scored("before")];

/** A run to its last step, paused and resumed on the way. A pause saves the run. */
const WHOLE_RUN: Move[] = [
  ...BEGINNING,
  ...[stepped(1), stepped(2), checkpointed(2), stepped(3)],
  ...[{ wish: "pause" as const }, stepped(4), checkpointed(4), { kind: "paused" as const }],
  ...[{ wish: "resume" as const }, { kind: "resumed" as const }, stepped(5), stepped(6), checkpointed(6)],
  ...ended(false, N_STEPS),
];

/** A run that the visitor ends at its second step, where its worker saves it. */
const STOPPED_RUN: Move[] = [
  ...BEGINNING,
  stepped(1),
  stepped(2),
  checkpointed(2),
  { wish: "stop" },
  ...ended(true, 2),
];

/** What the worker reports of a run that it continues after `step`. */
function restOf(step: number, isOver: boolean): Move[] {
  const steps = Array.from({ length: isOver ? 0 : N_STEPS - step }, (_, idx) => step + 1 + idx);
  const training = steps.flatMap((each) => (each % 2 === 0 ? [stepped(each), checkpointed(each)] : [stepped(each)]));
  return [...scored("before"), ...training, ...ended(isOver, isOver ? step : N_STEPS)];
}

const LOSSES = [
  { name: "lost, then the CPU", onLoss: "cpu", backend: "flex", how: "lost" },
  { name: "lost, then the GPU again", onLoss: "gpu", backend: "webgpu", how: "lost" },
  { name: "crashed", onLoss: "gpu", backend: "flex", how: "crash" },
] as const;
type Loss = (typeof LOSSES)[number];

/** A page with a GPU and storage, and a run on it. */
class GpuRun {
  readonly #device = new Device();
  /** The step that was saved after each write. */
  readonly savedSteps: number[] = [];
  readonly page: FakePage;

  constructor() {
    const { cache } = this.#device;
    const put = cache.put.bind(cache);
    const remove = cache.delete.bind(cache);
    const look = async () => this.savedSteps.push((await this.saved())?.checkpoint.step ?? 0);
    cache.put = async (url, response) => {
      await put(url, response);
      await look();
    };
    cache.delete = async (url) => {
      const isDeleted = await remove(url);
      await look();
      return isDeleted;
    };
    this.page = new FakePage({ hasGpu: true, tab: this.#device.tab() });
  }

  get run(): Run {
    return this.page.state.train.run ?? assert.fail("there is no run");
  }

  /** The record in storage; null if there is none. There is never more than one. */
  async saved(): Promise<AboutRun | null> {
    const manifests = [...this.#device.cache.entries].filter(([url]) => /\/runs-.*manifest\.json/.test(url));
    assert(manifests.length <= 1, "the run has a second record");
    const [entry] = manifests;
    return entry === undefined ? null : JSON.parse(await entry[1].text()).about;
  }

  async start(onLoss: "cpu" | "gpu"): Promise<void> {
    await this.page.open();
    this.page.lab.dispatch({ type: "compute/on_loss_chosen", onLoss });
    this.page.lab.startRun(ORDER);
    await this.page.settle();
  }

  /** The command that the worker has its run by. */
  command(worker = this.page.worker): Extract<Command, { kind: "train" | "continue" }> {
    const isRun = (command: Command) => command.kind === "train" || command.kind === "continue";
    const commands = worker.posted.filter(isRun) as Extract<Command, { kind: "train" | "continue" }>[];
    assert.equal(commands.length, 1, `${commands.length} runs were asked of the worker`);
    return commands[0] ?? assert.fail();
  }

  /** The worker reports, one message after the other, as a browser delivers them. */
  async play(moves: readonly Move[]): Promise<void> {
    const { worker, lab } = this.page;
    const run = this.command().request;
    for (const move of moves) {
      if ("wish" in move) lab.dispatch({ type: `train/${move.wish}_wanted` });
      else worker.say({ ...move, run } as WorkerEvent);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Everything of the run and of its record that a loss must not change, numbers to rounding. */
  async outcome() {
    const { curves, before, after, predictions, heldOut, nStepsDone, report, saved, end, phase, hold, isStopping } =
      this.run;
    await this.page.until(() => this.page.state.runs.saved[0]?.about.end !== null);
    const { savedAt: _, ...record } = (await this.saved()) ?? assert.fail("nothing is saved");
    const { order, labels, failure, isWaiting } = this.run;
    return rounded({
      ...{ curves, before, after, predictions, heldOut, nStepsDone, report, saved, end, phase, hold, isStopping },
      ...{ order, labels, failure, isWaiting, record },
    });
  }
}

function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, at) => (typeof at === "number" ? Number(at.toFixed(9)) : at)));
}

async function withoutLoss(moves: readonly Move[]): Promise<unknown> {
  const whole = new GpuRun();
  await whole.start("cpu");
  await whole.play(moves);
  const outcome = await whole.outcome();
  whole.page.close();
  return outcome;
}

/**
 * The run is lost after its first `nMoves` moves, and the next worker does the rest.
 *
 * @param nStages That worker loses its GPU too, after so many stages of what it does for the run; null if it doesn't.
 */
async function endsAfterLoss(
  moves: readonly Move[],
  nMoves: number,
  loss: Loss,
  nStages: number | null = null,
): Promise<unknown> {
  const gpuRun = new GpuRun();
  const { page } = gpuRun;
  await gpuRun.start(loss.onLoss);
  const done = moves.slice(0, nMoves);
  await gpuRun.play(done);
  const isStopped = done.some((move) => "wish" in move && move.wish === "stop");
  const checkpoints = done.flatMap((move) => ("kind" in move && move.kind === "checkpointed" ? [move.checkpoint] : []));
  const last = checkpoints.at(-1) ?? null;
  const step = last?.step ?? 0;
  const lastHold = done.findLast((move) => "wish" in move && move.wish !== "stop");
  const isHeld = lastHold !== undefined && "wish" in lastHold && lastHold.wish === "pause";
  const lost = page.worker;
  const lostRun = gpuRun.command().request;

  const lose = async (): Promise<void> => {
    const { worker, workers } = page;
    const nWorkers = workers.length;
    if (loss.how === "crash") worker.fail("unreachable");
    else worker.say({ kind: "device_failed", lost: true, message: "reset" });
    await page.settle();
    assert.deepEqual([worker.isTerminated, workers.length], [true, nWorkers + 1]);
    expectCut();
  };
  const expectCut = () => {
    const { run } = gpuRun;
    assert.deepEqual([run.phase, run.nStepsDone, run.report?.step ?? 0], ["recovering", step, step]);
    const stepsOf = Object.values(run.curves).flatMap(({ steps }) => steps);
    assert(
      stepsOf.every((each) => each <= step),
      `a curve has a step after ${step}`,
    );
    assert.equal(run.saved?.checkpoint ?? null, last);
    assert.deepEqual([run.isStopping, run.hold], [isStopped, isHeld ? "pausing" : "none"]);
  };
  await lose();

  // What the lost worker had sent before it was ended arrives late.
  const before = page.state;
  for (const late of [
    stepped(step + 1),
    checkpointed(step + 1),
    ...ended(false, N_STEPS),
    { kind: "paused" as const },
  ]) {
    lost.say({ ...late, run: lostRun } as WorkerEvent);
  }
  lost.say({ kind: "failed", request: lostRun, failure: FAILURE });
  lost.say({ kind: "device_failed", lost: true, message: "again" });
  lost.fail("late");
  await page.settle();
  const { runs: _, compute: __, ...rest } = page.state;
  const { runs: ___, compute: ____, ...restBefore } = before;
  assert.deepEqual(rest, restBefore);
  assert.equal(page.workers.length, 2);
  expectCut();
  // The last checkpoint is in storage, also one that came just before the loss, and stays there.
  await page.until(() => (gpuRun.savedSteps.at(-1) ?? 0) === step);
  const savedAtLoss = await gpuRun.saved();

  if (nStages !== null) {
    const next = [
      () => page.startWorker(),
      () => page.loadModel(),
      () => page.loadPairs(),
      () => gpuRun.play([started(step)]),
      () => gpuRun.play([...scored("before"), stepped(step + 1)]),
    ];
    assert(nStages <= next.length);
    for (const stage of next.slice(0, nStages)) await stage();
    await lose();
  }
  await page.startWorker();
  assert.equal(page.state.compute.actual?.backend, loss.backend);
  assert.deepEqual(page.asked(), ["use_backend", "load_model", "load_corpus"]);
  await page.loadModel();
  assert.deepEqual(page.asked().includes("continue") || page.asked().includes("train"), false, "its pairs are missing");
  await page.loadPairs();
  const again = gpuRun.command();
  const nWorkers = loss.backend === "webgpu" ? null : ORDER.nWorkers;
  const { request, ...asked } = again;
  assert.deepEqual(
    asked,
    last === null
      ? { kind: "train", config: ORDER.config, n_workers: nWorkers }
      : { kind: "continue", checkpoint: last, n_workers: nWorkers, is_over: isStopped },
  );
  const told = page.worker.posted.filter((command) => "run" in command);
  const wishes = [...(isHeld ? ["pause" as const] : []), ...(isStopped ? ["stop" as const] : [])];
  assert.deepEqual(
    told,
    wishes.map((kind) => ({ kind, run: request })),
  );

  await gpuRun.play([started(step)]);
  assert.deepEqual(await gpuRun.saved(), savedAtLoss);
  if (isHeld) {
    await gpuRun.play([{ kind: "paused" }]);
    await page.settle();
    assert.equal(gpuRun.run.hold, "paused");
    await gpuRun.play([{ wish: "resume" }, { kind: "resumed" }]);
  }
  await gpuRun.play(restOf(step, isStopped));
  await page.settle();
  const outcome = await gpuRun.outcome();
  const { savedSteps } = gpuRun;
  const decreases = savedSteps.filter((each, idx) => each < Number(savedSteps[idx - 1] ?? 0));
  assert.deepEqual(decreases, [], `the saved steps were ${savedSteps}`);
  page.close();
  return outcome;
}

async function expectSameEnd(
  moves: readonly Move[],
  cases: readonly [nMoves: number, nStages: number | null][],
  loss: Loss,
) {
  const expected = await withoutLoss(moves);
  for (const [nMoves, nStages] of cases) {
    try {
      assert.deepEqual(await endsAfterLoss(moves, nMoves, loss, nStages), expected);
    } catch (cause) {
      const again = nStages === null ? "" : `, and again after ${nStages} stages`;
      throw new Error(`lost after ${nMoves} of the moves${again}`, { cause });
    }
  }
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, idx) => first + idx);

for (const loss of LOSSES) {
  test(`a run ends as it would have, whatever its last event before the GPU was lost (${loss.name})`, () => {
    const cases = range(0, WHOLE_RUN.length).map((nMoves) => [nMoves, null] as [number, null]);
    return expectSameEnd(WHOLE_RUN, cases, loss);
  });

  test(`a run that was stopped stays stopped when the GPU is lost (${loss.name})`, () => {
    const first = STOPPED_RUN.findIndex((move) => "wish" in move) + 1;
    const cases = range(first, STOPPED_RUN.length).map((nMoves) => [nMoves, null] as [number, null]);
    return expectSameEnd(STOPPED_RUN, cases, loss);
  });
}

test("a run ends as it would have if the GPU is lost again while the next worker takes the run over", () => {
  const firstLosses = [3, WHOLE_RUN.findIndex((move) => "wish" in move) + 1, WHOLE_RUN.length];
  const cases = firstLosses.flatMap((nMoves) => range(0, 5).map((nStages) => [nMoves, nStages] as [number, number]));
  return expectSameEnd(WHOLE_RUN, cases, LOSSES[1]);
});
