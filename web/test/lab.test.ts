import assert from "node:assert/strict";
import { test } from "node:test";
import { isWaiting } from "../src/features/train/run";
import type { Event as WorkerEvent } from "../src/protocol";
import { FakePage } from "./fake_page";
import { CONFIG, FAILURE, INSPECTION, MODEL, ORDER, pairFile } from "./fixtures";
import { READY } from "./ready";

const compared = (request: number): WorkerEvent => ({
  kind: "compared",
  request,
  classes: [],
  before: { cosine: 0.5, probabilities: [] },
  after: null,
  truncated: false,
});

const stepped = (run: number, step: number): WorkerEvent => ({
  kind: "stepped",
  run,
  step_secs: 1,
  report: {
    step,
    n_steps: 10,
    epoch: 1,
    losses: { classification: 1, regression: 1 },
    loss: 1,
    learning_rate: 1,
    head_learning_rate: 1,
    gradient_norm: 1,
    fraction_done: step / 10,
  },
});

const checkpoint = {
  step: 4,
  elapsed_secs: 4,
  training_secs: 4,
  model: MODEL.fingerprint,
  before: null,
  bytes: new Uint8Array(4),
};

/** The number that the run at hand has with its worker. */
function runOf(page: FakePage, worker = page.worker): number {
  const command = worker.posted.findLast(({ kind }) => kind === "train" || kind === "continue");
  return command !== undefined && "request" in command ? command.request : -1;
}

test("a first visit asks for the backend, then for model and pairs, then compares", async () => {
  const page = new FakePage();
  await page.startWorker();
  assert.deepEqual(page.asked(), ["use_backend", "load_model", "load_corpus"]);
  await page.loadModel();
  await page.loadPairs();
  assert.equal(page.state.pairs.corpus.status, "loaded");
  assert.equal(page.asked().at(-1), "compare");
  await page.answer("compare", compared);
  assert.equal(page.state.comparison.answer?.before.cosine, 0.5);
  assert.equal(page.asked().filter((kind) => kind === "compare").length, 2, "once for the model, once with the pairs");
});

test("a run is started, told what is wanted of it, and followed to its end", async () => {
  const page = new FakePage();
  await page.open();
  page.lab.startRun(ORDER);
  await page.settle();
  const run = runOf(page);
  assert.deepEqual(page.worker.posted.at(-1), { kind: "train", request: run, config: CONFIG, n_workers: 2 });
  page.worker.say(stepped(run, 1));
  page.lab.dispatch({ type: "train/pause_wanted" });
  await page.settle();
  page.worker.say({ kind: "paused", run });
  page.lab.dispatch({ type: "train/resume_wanted" });
  await page.settle();
  page.worker.say({ kind: "resumed", run });
  page.lab.dispatch({ type: "train/stop_wanted" });
  await page.settle();
  const control = page.worker.posted.filter((command) => "run" in command);
  assert.deepEqual(
    control.map(({ kind }) => kind),
    ["pause", "resume", "stop"],
  );
  page.worker.say({
    kind: "run_ended",
    run,
    stopped: true,
    n_steps_done: 1,
    elapsed_secs: 1,
    training_secs: 1,
    changes: [],
  });
  await page.settle();
  assert.equal(page.state.train.run?.phase, "finished");
  page.worker.say(stepped(run, 2));
  await page.settle();
  assert.equal(page.state.train.run?.nStepsDone, 1);
});

test("what is typed is asked at once, however fast the steps of a run come", async () => {
  const page = new FakePage();
  await page.open();
  // Once for the model, once with the pairs.
  for (let n = 0; n < 2; n += 1) await page.answer("compare", compared);
  page.lab.startRun(ORDER);
  await page.settle();
  page.lab.dispatch({ type: "explore/changed", sentenceA: "typed", sentenceB: "meanwhile" });
  // No timer gets a turn here.
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  const asked = page.worker.posted.at(-1);
  assert.equal(asked?.kind === "compare" && asked.sentence_a, "typed");
});

test("a run whose GPU is lost is continued by the next worker, and what the lost one says late changes nothing", async () => {
  const page = new FakePage({ hasGpu: true });
  await page.open();
  assert.equal(page.state.compute.actual?.backend, "webgpu");
  page.lab.startRun(ORDER);
  await page.settle();
  const lost = page.worker;
  const run = runOf(page);
  for (const step of [1, 2, 3, 4]) lost.say(stepped(run, step));
  lost.say({ kind: "checkpointed", run, checkpoint });
  lost.say(stepped(run, 5));
  page.lab.dispatch({ type: "train/pause_wanted" });
  await page.settle();
  lost.say({ kind: "device_failed", lost: true, message: "reset" });
  await page.settle();
  assert.deepEqual([lost.isTerminated, page.workers.length], [true, 2]);
  assert.equal(page.state.train.run?.phase, "recovering");
  lost.say(stepped(run, 6));
  lost.fail("late");
  await page.settle();
  assert.equal(page.state.train.run?.nStepsDone, 4);

  await page.startWorker();
  assert.deepEqual(page.asked(), ["use_backend", "load_model", "load_corpus"]);
  await page.loadModel();
  assert.equal(isWaiting(page.state.train.run), true);
  await page.loadPairs();
  const again = page.worker.posted.find(({ kind }) => kind === "continue");
  assert(again?.kind === "continue");
  assert.deepEqual([again.checkpoint, again.n_workers], [checkpoint, 2]);
  assert.equal(isWaiting(page.state.train.run), false);
  assert.deepEqual(
    page.worker.posted.filter((command) => "run" in command),
    [{ kind: "pause", run: again.request }],
    "what was wanted of the run is told to the next worker",
  );
  page.worker.say(stepped(again.request, 5));
  await page.settle();
  assert.equal(page.state.train.run?.phase, "training");
});

test("a lost GPU is tried again in another worker where the visitor prefers that", async () => {
  const page = new FakePage({ hasGpu: true });
  await page.open();
  page.lab.dispatch({ type: "compute/on_loss_chosen", onLoss: "gpu" });
  for (const nWorkers of [2, 3]) {
    page.worker.say({ kind: "device_failed", lost: true, message: "reset" });
    await page.open();
    assert.equal(page.workers.length, nWorkers);
    assert.equal(page.state.compute.actual?.backend, "webgpu");
  }
  page.worker.say({ kind: "device_failed", lost: true, message: "reset" });
  await page.open();
  assert.deepEqual([page.workers.length, page.state.compute.actual?.backend], [4, "flex"]);
});

test("a worker that crashes on the CPU is replaced when the visitor says so", async () => {
  const page = new FakePage();
  await page.open();
  page.lab.startRun(ORDER);
  await page.settle();
  page.worker.fail("unreachable");
  await page.settle();
  assert.deepEqual([page.state.compute.worker.status, page.state.train.run?.phase], ["crashed", "failed"]);
  assert.equal(page.workers.length, 1);
  page.lab.dispatch({ type: "worker/restarted" });
  await page.open();
  assert.equal(page.workers.length, 2);
  assert.equal(page.state.pairs.corpus.status, "loaded");
});

test("a worker that can't prepare its backend counts as lost", async () => {
  const page = new FakePage();
  await page.settle();
  page.worker.say({ ...READY, max_workers: 1 });
  await page.answer("use_backend", (request) => ({ kind: "failed", request, failure: FAILURE }));
  assert.equal(page.state.compute.worker.status, "crashed");
});

test("what the last worker was asked is asked of the next, and its late answers don't count", async () => {
  const page = new FakePage();
  await page.startWorker();
  const last = page.worker;
  page.lab.dispatch({ type: "worker/chosen", choice: "flex" });
  await page.settle();
  assert.equal(last.isTerminated, true);
  await page.answer("load_model", (request) => ({ kind: "model_loaded", request, model: MODEL }), last);
  assert.deepEqual([page.state.model.info, page.state.model.loading], [null, null]);
  await page.open();
  assert.equal(page.state.model.info?.name, MODEL.name);
});

test("a file that is brought while another is inspected replaces it", async () => {
  const page = new FakePage();
  await page.open();
  page.lab.dispatch({ type: "pairs/brought", file: pairFile("mine.csv") });
  await page.settle();
  page.lab.dispatch({ type: "pairs/brought", file: pairFile("other.csv") });
  await page.settle();
  const [first, second] = page.worker.posted.filter((command) => command.kind === "inspect_pairs");
  assert(first && second);
  assert.deepEqual(
    page.worker.posted.filter(({ kind }) => kind === "cancel"),
    [{ kind: "cancel", request: first.request }],
  );
  page.worker.say({ kind: "reading_rows", request: first.request, n_rows: 7, fraction: 0.5 });
  page.worker.say({ kind: "failed", request: first.request, failure: { ...FAILURE, kind: "cancelled" } });
  await page.settle();
  const inspecting = { status: "inspecting", file: second.file, encoding: null, draft: null, reading: null };
  assert.deepEqual(page.state.pairs.pairImport, inspecting);
  page.worker.say({ kind: "pairs_inspected", request: second.request, inspection: INSPECTION });
  await page.settle();
  assert.equal(page.state.pairs.pairImport?.status, "confirming");
});

test("a changed plan is revised by the worker, from the last one that it has answered", async () => {
  const page = new FakePage();
  await page.open();
  page.lab.dispatch({ type: "pairs/brought", file: pairFile("mine.csv") });
  await page.settle();
  await page.answer("inspect_pairs", (request) => ({ kind: "pairs_inspected", request, inspection: INSPECTION }));
  assert(!page.asked().includes("revise_plan"));
  const { columns, plan: last } = INSPECTION;
  for (const plan of [
    { ...last, label: null },
    { ...last, label: null, score: null },
  ]) {
    page.lab.dispatch({ type: "pairs/plan_changed", plan });
    await page.settle();
    const asked = page.worker.posted.findLast((command) => command.kind === "revise_plan");
    assert.deepEqual(asked, { kind: "revise_plan", request: asked?.request, columns, last, plan });
  }
  const revision = { plan: { ...last, label: null, score: null, classes: [] }, problem: "Say which column." };
  await page.answer("revise_plan", (request) => ({ kind: "plan_revised", request, ...revision }));
  assert.equal(page.asked().filter((kind) => kind === "revise_plan").length, 2);
  const { pairImport } = page.state.pairs;
  assert(pairImport?.status === "confirming");
  assert.deepEqual([pairImport.draft.plan, pairImport.draft.revision.problem], [revision.plan, revision.problem]);
  page.lab.dispatch({ type: "pairs/plan_changed", plan: last });
  await page.settle();
  await page.answer("revise_plan", (request) => ({ kind: "failed", request, failure: FAILURE }));
  assert.deepEqual(page.state.pairs.pairImport, {
    ...pairImport,
    draft: { ...pairImport.draft, plan: last },
    failure: FAILURE,
  });
});

test("an import that is cancelled waits for the worker: the two may cross", async () => {
  for (const isCrossed of [false, true]) {
    const page = new FakePage();
    await page.open();
    page.lab.dispatch({ type: "pairs/brought", file: pairFile("mine.csv") });
    await page.settle();
    await page.answer("inspect_pairs", (request) => ({ kind: "pairs_inspected", request, inspection: INSPECTION }));
    page.lab.dispatch({ type: "pairs/plan_confirmed" });
    await page.settle();
    page.lab.dispatch({ type: "pairs/import_cancelled", isReady: true });
    await page.settle();
    assert.equal(page.asked().at(-1), "cancel");
    const failure = { ...FAILURE, kind: "cancelled" } as const;
    if (isCrossed) await page.loadPairs("mine.csv");
    else await page.answer("load_corpus", (request) => ({ kind: "failed", request, failure }));
    const { corpus, pairImport } = page.state.pairs;
    assert(corpus.status === "loaded");
    assert.equal(corpus.value.info.name, isCrossed ? "mine.csv" : "few.tsv");
    assert.equal(corpus.value.pairs.length, 1);
    assert.equal(pairImport?.status, isCrossed ? undefined : "confirming");
    assert.equal(page.state.notice, null);
  }
});

test("a download that was given up for another model changes nothing", async () => {
  const page = new FakePage();
  let serve = (_response: Response) => {};
  page.served.set("https://lab.example/models/tiny/config.json", () => new Promise((resolve) => (serve = resolve)));
  page.served.set("https://huggingface.co/api/models/owner/name/revision/main?blobs=true", () => new Promise(() => {}));
  await page.startWorker();
  const model = { id: "owner/name", revision: "main" };
  page.lab.dispatch({ type: "model/wanted", order: { origin: { kind: "hub", model }, nLayers: null, random: null } });
  await page.settle();
  serve(new Response("{}"));
  await page.settle();
  assert.deepEqual([page.state.model.next?.fetched, page.state.model.failed], [null, null]);
  assert.equal(page.asked().includes("load_model"), false);
});

test("a model that is cancelled while it is loaded is given up without a failure", async () => {
  const page = new FakePage();
  await page.startWorker();
  page.lab.dispatch({ type: "model/cancelled" });
  await page.settle();
  assert.equal(page.asked().at(-1), "cancel");
  await page.answer("load_model", (request) => ({
    kind: "failed",
    request,
    failure: { ...FAILURE, kind: "cancelled" },
  }));
  assert.deepEqual([page.state.model.loading, page.state.model.failed], [null, null]);
});
