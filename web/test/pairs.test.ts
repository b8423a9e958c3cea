import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { type Action, initialState, type State } from "../src/app/state";
import { type PairImport, readingSecsLeft } from "../src/features/pairs/corpus";
import type { Failure } from "../src/protocol";
import {
  after,
  CORPUS,
  checkpointed,
  demoFetched,
  deviceFailed,
  did,
  ended,
  FAILURE,
  handshake,
  INSPECTION,
  loaded,
  loading,
  NO_ADAPTER,
  ON_CPU,
  pairFile,
  pairsRead,
  ready,
  running,
  runningOnGpu,
  said,
} from "./fixtures";

const CANCELLED: Failure = { kind: "cancelled", message: "given up", remedy: "" };
const MINE = { ...CORPUS, name: "mine.csv", classes: ["no", "yes"] };

const asked = (request: number, generation = 0) => did({ type: "import_requested", request }, generation);
const failed = (request: number, failure = FAILURE) => said({ kind: "failed", request, failure });
const inspected = (request: number) => said({ kind: "pairs_inspected", request, inspection: INSPECTION });
const brought: Action = { type: "pairs_brought", file: pairFile("mine.csv") };

/** A file of the visitor's has been looked through in request 10. */
const confirming = after(loaded, brought, asked(10), inspected(10));

/** It is being read in request 11. */
const reading = after(confirming, { type: "plan_confirmed" }, asked(11));

function importOf<S extends PairImport["status"]>(state: State, status: S): Extract<PairImport, { status: S }> {
  assert.equal(state.pairImport?.status, status);
  return state.pairImport as Extract<PairImport, { status: S }>;
}

test("a first visit begins with the demo, whose rows become pairs once all are there", () => {
  assert.equal(initialState.pairImport?.status, "fetching");
  const loadingDemo = after(ready, demoFetched, asked(2));
  assert.equal(importOf(loadingDemo, "loading").source.plan, null);
  const done = after(loadingDemo, ...pairsRead(2));
  assert.equal(done.pairImport, null);
  assert(done.corpus.status === "loaded");
  assert.equal(done.corpus.value.pairs.length, 2);
  assert.deepEqual(
    done.corpus.value.pairs.map((pair) => pair.held_out),
    [false, true],
  );
});

test("a demo that can't be fetched is a failure that can be tried again", () => {
  const without = after(ready, { type: "demo_failed", failure: FAILURE });
  assert.equal(importOf(without, "failed").isDemo, true);
  assert.equal(after(without, { type: "demo_wanted" }).pairImport?.status, "fetching");
});

test("a file is looked through, confirmed and read, and the old pairs stay until then", () => {
  const inspecting = after(loaded, brought);
  assert.equal(importOf(inspecting, "inspecting").request, null);
  assert.match(announcement(after(inspecting, asked(10))), /looked through/);
  assert.deepEqual(importOf(confirming, "confirming").draft.plan, INSPECTION.plan);
  const plan = { ...INSPECTION.plan, drop_duplicates: false };
  const changed = after(confirming, { type: "plan_changed", plan }, { type: "plan_confirmed" });
  assert.equal(importOf(changed, "loading").source.plan, plan);
  assert.equal(reading.corpus, loaded.corpus);
  const [progress, ...rest] = pairsRead(11, MINE);
  assert(progress);
  const half = after(reading, progress);
  assert.equal(importOf(half, "loading").reading?.nRows, 2);
  assert.equal(half.corpus, loaded.corpus);
  const done = after(half, ...rest);
  assert(done.corpus.status === "loaded");
  assert.equal(done.corpus.value.info.name, "mine.csv");
  assert.equal(done.corpus.value.source.plan, INSPECTION.plan);
  assert.equal(done.pairImport, null);
  // Other classes: the sentences are to be judged again.
  assert.equal(done.comparison.revision, loaded.comparison.revision + 1);
});

test("words of a request that is no longer awaited change nothing", () => {
  assert.equal(after(confirming, ...pairsRead(10)), confirming);
  assert.equal(after(loaded, inspected(10)), loaded);
  const other = after(loaded, brought, asked(10), { type: "pairs_brought", file: pairFile("other.csv") }, asked(12));
  assert.equal(after(other, inspected(10)), other);
  assert.equal(importOf(after(other, inspected(12)), "confirming").draft.file.name, "other.csv");
});

test("what fails leaves the old pairs, and leads back to where the visitor can do something", () => {
  const unreadable = after(loaded, brought, asked(10), failed(10));
  assert.equal(importOf(unreadable, "failed").isDemo, false);
  assert.equal(unreadable.corpus, loaded.corpus);
  assert.equal(unreadable.notice, null);
  assert.equal(after(unreadable, { type: "import_cancelled" }).pairImport, null);
  assert.equal(importOf(after(unreadable, brought), "inspecting").request, null);

  const refused = after(reading, failed(11));
  assert.deepEqual(importOf(refused, "confirming").failure, FAILURE);
  assert.equal(refused.corpus, loaded.corpus);
  const again = after(refused, { type: "plan_confirmed" }, asked(12), ...pairsRead(12, MINE));
  assert(again.corpus.status === "loaded" && again.corpus.value.info === MINE);
});

test("what is given up is gone at once, or as soon as the worker has stopped reading", () => {
  const cancel: Action = { type: "import_cancelled" };
  const dropped = after(loaded, brought, asked(10), cancel);
  assert.equal(dropped.pairImport, null);
  assert.equal(after(dropped, failed(10, CANCELLED)).notice, null);
  assert.equal(after(confirming, cancel).pairImport, null);

  const stopping = after(reading, cancel);
  assert.equal(importOf(stopping, "loading").isCancelling, true);
  assert.equal(importOf(after(stopping, failed(11, CANCELLED)), "confirming").failure, null);
  // The two have crossed: the worker has the pairs, so the page has to have them too.
  const crossed = after(stopping, ...pairsRead(11, MINE));
  assert(crossed.corpus.status === "loaded" && crossed.corpus.value.info === MINE);
});

test("a run keeps its pairs", () => {
  for (const action of [brought, { type: "demo_wanted" }, { type: "pairs_refused", failure: FAILURE }] as const) {
    assert.equal(after(running, action), running);
  }
  const asking = after(
    confirming,
    did({ type: "run_requested", request: 3, order: running.run?.order as never, at: 0 }),
  );
  assert.equal(after(asking, { type: "plan_confirmed" }), asking);
  // Nothing else is read while a file is.
  assert.equal(after(reading, brought), reading);
});

test("a run is shown with the classes that it was started on", () => {
  const { run } = after(loaded, brought, asked(10), inspected(10), { type: "plan_confirmed" }, asked(11));
  assert.equal(run, null);
  const finished = after(running, ended(9000));
  const other = after(finished, brought, asked(10), inspected(10), { type: "plan_confirmed" }, asked(11));
  const done = after(other, ...pairsRead(11, { ...MINE, n_scored: 0 }));
  assert.deepEqual(done.run?.labels, { classes: CORPUS.classes, hasScores: true, hasOwnHead: false });
});

test("a checkpoint is of no use with other pairs", () => {
  const finished = after(running, checkpointed(10), ended(9000));
  assert.notEqual(finished.run?.saved, null);
  const other = after(finished, brought, asked(10), inspected(10), { type: "plan_confirmed" }, asked(11));
  assert.notEqual(other.run?.saved, null);
  assert.equal(after(other, ...pairsRead(11, MINE)).run?.saved, null);
});

test("another worker is given the same pairs, and asked again what the last one had not answered", () => {
  const restart: Action[] = [{ type: "choice_made", choice: "flex" }, did({ type: "probed", probe: NO_ADAPTER }, 1)];
  const mine = after(reading, ...pairsRead(11, MINE));
  const next = after(mine, ...restart, ...handshake(ON_CPU, 1));
  assert(next.corpus.status === "waiting");
  assert.equal(next.corpus.value.source.plan, INSPECTION.plan);
  const again = after(next, did({ type: "corpus_requested", request: 20 }, 1), ...pairsRead(20, MINE, 1));
  assert(again.corpus.status === "loaded");
  assert.equal(again.corpus.value.pairs.length, 2);

  assert.deepEqual(after(confirming, ...restart).pairImport, confirming.pairImport);
  const halfRead = after(reading, ...pairsRead(11).slice(0, 2), ...restart);
  assert.equal(importOf(halfRead, "loading").request, null);
  assert.deepEqual(importOf(halfRead, "loading").chunks, []);
  assert.equal(importOf(after(loaded, brought, asked(10), ...restart), "inspecting").request, null);
  // To stop was all that was wanted of the last one.
  assert.equal(importOf(after(reading, { type: "import_cancelled" }, ...restart), "confirming").failure, null);
});

test("pairs that another worker can't be given are a failure, and can be tried again", () => {
  const lost = after(runningOnGpu, deviceFailed(true), ...handshake(ON_CPU, 1));
  const gone = after(
    lost,
    did({ type: "corpus_requested", request: 20 }, 1),
    said({ kind: "failed", request: 20, failure: FAILURE }, 0, 1),
  );
  assert(gone.corpus.status === "failed");
  assert.equal(gone.corpus.value.pairs.length, 2);
  assert.equal(after(gone, { type: "corpus_retried" }).corpus.status, "waiting");
  assert.equal(after(gone, { type: "stop_asked" }).run?.phase, "failed");
});

test("a crash leaves what was read, and what was being read is read again", () => {
  const crash = did({ type: "worker_crashed", message: "unreachable" });
  const crashed = after(reading, crash);
  assert.equal(crashed.corpus.status, "loaded");
  assert.equal(importOf(crashed, "loading").request, null);
  const demo = after(ready, demoFetched, asked(2), crash, { type: "worker_restarted" });
  const goingOn = after(demo, did({ type: "probed", probe: NO_ADAPTER }, 1), ...handshake(ON_CPU, 1), asked(30, 1));
  assert.equal(after(goingOn, ...pairsRead(30, CORPUS, 1)).corpus.status, "loaded");
  assert.equal(after(loaded, crash).corpus.status, "loaded");
  assert.notEqual(loading(1).length, 0);
});

test("the time left is reckoned from what was read since the first word", () => {
  const left = readingSecsLeft({ nRows: 50, fraction: 0.5, startedAt: 1000, startFraction: 0.25, at: 3000 });
  assert.equal(left, 4);
  assert.equal(readingSecsLeft({ nRows: 1, fraction: 0.25, startedAt: 1000, startFraction: 0.25, at: 9000 }), null);
});
