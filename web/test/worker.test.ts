import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event as WorkerEvent } from "../src/protocol";
import { type RunEvent, WorkerClient } from "../src/worker/client";
import { FakeWorker } from "./fake_worker";
import { CONFIG, FAILURE, ON_CPU, pairFile, STEP_REPORT } from "./fixtures";
import { READY } from "./ready";

function opened() {
  const worker = new FakeWorker();
  const told: string[] = [];
  const client = new WorkerClient(worker as unknown as Worker, {
    onReady: () => told.push("ready"),
    onBackendChanged: () => told.push("changed"),
    onDeviceFailed: ({ message }) => told.push(`device: ${message}`),
    onFailure: ({ message }) => told.push(`failure: ${message}`),
    onSlow: () => told.push("slow"),
    onCrash: (message) => told.push(`crash: ${message}`),
  });
  // The first event ends the wait for it, and with it its timer.
  worker.say(READY);
  return { worker, client, told };
}

/** What has come of a promise so far. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([
    promise.catch((failure) => failure),
    new Promise((resolve) => setImmediate(() => resolve("open"))),
  ]);
}

const inspect = { kind: "inspect_pairs", file: pairFile("few.tsv"), encoding: null } as const;
const compare = { kind: "compare", sentence_a: "a", sentence_b: "b" } as const;
const [exported, failed] = [
  (request: number) => ({ kind: "exported", request, name: "a.zip" }) as const,
  (request: number | null) => ({ kind: "failed", request, failure: FAILURE }) as const,
];

test("each call gets its own reply or failure, in whatever order they come", async () => {
  const { worker, client, told } = opened();
  const [first, second] = [client.call({ kind: "export", what: { kind: "model" } }), client.call(compare)];
  assert.deepEqual(
    worker.posted.map((command) => [command.kind, "request" in command && command.request]),
    [
      ["export", 1],
      ["compare", 2],
    ],
  );
  worker.say(failed(2));
  worker.say(exported(1));
  assert.equal(await outcomeOf(second), FAILURE);
  assert.equal((await first).name, "a.zip");
  // What comes after the end of a request, and for none that was made, is dropped.
  worker.say(exported(1));
  worker.say(failed(99));
  assert.deepEqual(told, ["ready"]);
});

test("progress goes to its call until the reply, and no further", async () => {
  const { worker, client } = opened();
  const fractions: number[] = [];
  const reply = client.call(inspect, { onProgress: ({ fraction }) => fractions.push(fraction) });
  const reading = (request: number, fraction: number) =>
    worker.say({ kind: "reading_rows", request, n_rows: 1, fraction });
  reading(1, 0.5);
  reading(2, 0.6);
  worker.say(failed(1));
  reading(1, 0.7);
  assert.equal(await outcomeOf(reply), FAILURE);
  assert.deepEqual(fractions, [0.5]);
});

test("aborting cancels a request that is open, and waits for what comes of it", async () => {
  const { worker, client } = opened();
  const controller = new AbortController();
  const reply = client.call(inspect, { signal: controller.signal });
  controller.abort();
  assert.deepEqual(worker.posted.at(-1), { kind: "cancel", request: 1 });
  assert.equal(await outcomeOf(reply), "open");
  worker.say({ kind: "failed", request: 1, failure: { ...FAILURE, kind: "cancelled" } });
  assert.deepEqual(await outcomeOf(reply), { ...FAILURE, kind: "cancelled" });
  const done = new AbortController();
  client.call(inspect, { signal: done.signal }).catch(() => {});
  worker.say(failed(2));
  done.abort();
  assert.equal(worker.posted.filter(({ kind }) => kind === "cancel").length, 1);
});

test("a run is told what is wanted of it, reports, and ends as any call does", async () => {
  const { worker, client } = opened();
  const events: RunEvent["kind"][] = [];
  const run = client.run({ kind: "train", config: CONFIG, n_workers: null }, ({ kind }) => events.push(kind));
  run.pause();
  run.resume();
  run.stop();
  assert.deepEqual(worker.posted.slice(1), [
    { kind: "pause", run: 1 },
    { kind: "resume", run: 1 },
    { kind: "stop", run: 1 },
  ]);
  worker.say({ kind: "paused", run: 1 });
  worker.say({ kind: "paused", run: 9 });
  const end = {
    kind: "run_ended" as const,
    run: 1,
    stopped: true,
    n_steps_done: 1,
    elapsed_secs: 1,
    training_secs: 1,
    changes: [],
  };
  worker.say(end);
  worker.say({ kind: "resumed", run: 1 });
  assert.deepEqual(await run.ended, end);
  assert.deepEqual(events, ["paused"]);
});

test("events that come in one message are told in their order, and none after the client is closed", () => {
  const { worker, client } = opened();
  const told: (number | string)[] = [];
  client.run({ kind: "train", config: CONFIG, n_workers: null }, (event) => {
    told.push(event.kind === "stepped" ? event.report.step : event.kind);
    if (told.length === 4) client.close();
  });
  const step = (step: number): WorkerEvent => ({
    kind: "stepped",
    run: 1,
    report: { ...STEP_REPORT, step },
    step_secs: 1,
  });
  worker.say(step(1), step(2), { kind: "paused", run: 1 });
  assert.deepEqual(told, [1, 2, "paused"]);
  worker.say(step(3), step(4));
  assert.deepEqual(told.slice(3), [3]);
});

test("what a closed worker says late is not heard, and nothing more is asked of it", async () => {
  const { worker, client, told } = opened();
  const reply = client.call(compare);
  client.close();
  assert.equal(worker.isTerminated, true);
  worker.say({ kind: "backend_ready", request: 1, backend: ON_CPU, refusal: null });
  worker.say(failed(1));
  worker.fail("late");
  const late = client.call(compare);
  client.crash("given up");
  assert.deepEqual([await outcomeOf(reply), await outcomeOf(late)], ["open", "open"]);
  assert.equal(worker.posted.length, 1);
  assert.deepEqual(told, ["ready"]);
});

test("a worker that is lost is told of once, with the reason", () => {
  const ends: [(worker: FakeWorker) => void, string][] = [
    [(worker) => worker.fail("unreachable"), "crash: unreachable"],
    [(worker) => worker.fail(""), "crash: The program that does the work could not be started."],
    [(worker) => worker.say({ kind: "device_failed", lost: true, message: "reset" }), "device: reset"],
    [
      (worker) => worker.say({ kind: "failed", request: null, failure: { ...FAILURE, kind: "internal" } }),
      `crash: ${FAILURE.message}`,
    ],
  ];
  for (const [end, message] of ends) {
    const { worker, told } = opened();
    end(worker);
    end(worker);
    assert.deepEqual(told, ["ready", message]);
    assert.equal(worker.isTerminated, true);
  }
  const { worker, told } = opened();
  worker.say(failed(null));
  assert.deepEqual(told, ["ready", `failure: ${FAILURE.message}`]);
});
