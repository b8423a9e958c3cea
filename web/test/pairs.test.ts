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
  crash,
  demoFetched,
  deviceFailed,
  ended,
  FAILURE,
  handshake,
  INSPECTION,
  loaded,
  NO_ADAPTER,
  ON_CPU,
  pairFile,
  pairsImported,
  ready,
  runAfter,
  running,
  runningOnGpu,
  runStarted,
  started,
} from "./fixtures";

const CANCELLED: Failure = { kind: "cancelled", message: "given up", remedy: "" };
const MINE = { ...CORPUS, name: "mine.csv", classes: ["no", "yes"] };

const failed = (failure = FAILURE): Action => ({ type: "pairs/import_failed", failure });
const inspected: Action = { type: "pairs/inspected", inspection: INSPECTION };
const confirmed: Action = { type: "pairs/plan_confirmed" };
const brought: Action = { type: "pairs/brought", file: pairFile("mine.csv") };

/** A file of the visitor's has been inspected. */
const confirming = after(loaded, brought, inspected);

/** It is being read. */
const reading = after(confirming, confirmed);

function importOf<S extends PairImport["status"]>(state: State, status: S): Extract<PairImport, { status: S }> {
  assert.equal(state.pairs.pairImport?.status, status);
  return state.pairs.pairImport as Extract<PairImport, { status: S }>;
}

test("a first visit begins with the demo, whose rows become pairs once all are there", () => {
  assert.equal(initialState.pairs.pairImport?.status, "fetching");
  const loadingDemo = after(ready, demoFetched);
  assert.equal(importOf(loadingDemo, "loading").source.plan, null);
  const done = after(loadingDemo, ...pairsImported());
  assert.equal(done.pairs.pairImport, null);
  assert(done.pairs.corpus.status === "loaded");
  assert.equal(done.pairs.corpus.value.pairs.length, 2);
  assert.deepEqual(
    done.pairs.corpus.value.pairs.map((pair) => pair.split),
    ["train", "held_out"],
  );
});

test("a demo that can't be fetched is a failure that can be tried again", () => {
  const without = after(ready, { type: "pairs/import_failed", failure: FAILURE });
  assert.equal(importOf(without, "failed").isDemo, true);
  assert.equal(after(without, { type: "pairs/demo_wanted" }).pairs.pairImport?.status, "fetching");
});

test("a file is inspected, confirmed and read, and the old pairs stay until then", () => {
  const inspecting = after(loaded, brought);
  assert.equal(importOf(inspecting, "inspecting").reading, null);
  assert.match(announcement(inspecting), /Inspecting the file/);
  assert.deepEqual(importOf(confirming, "confirming").draft.plan, INSPECTION.plan);
  const plan = { ...INSPECTION.plan, drop_duplicates: false };
  const changed = after(confirming, { type: "pairs/plan_changed", plan }, confirmed);
  assert.equal(importOf(changed, "loading").source.plan, plan);
  assert.equal(reading.pairs.corpus, loaded.pairs.corpus);
  const [progress, ...rest] = pairsImported(MINE);
  assert(progress);
  const half = after(reading, progress);
  assert.equal(importOf(half, "loading").reading?.nRows, 2);
  assert.equal(half.pairs.corpus, loaded.pairs.corpus);
  const done = after(half, ...rest);
  assert(done.pairs.corpus.status === "loaded");
  assert.equal(done.pairs.corpus.value.info.name, "mine.csv");
  assert.equal(done.pairs.corpus.value.source.plan, INSPECTION.plan);
  assert.equal(done.pairs.pairImport, null);
  // Other classes: the sentences are to be judged again.
  assert.equal(done.comparison.revision, loaded.comparison.revision + 1);
});

test("a file is inspected again in the encoding that is chosen, and its draft stays if that fails", () => {
  const choose: Action = { type: "pairs/encoding_chosen", encoding: "windows1252" };
  const again = after(confirming, choose);
  const { file, encoding, draft } = importOf(again, "inspecting");
  assert.deepEqual([file.name, encoding, draft?.plan], ["mine.csv", "windows1252", INSPECTION.plan]);
  assert.equal(again.pairs.corpus, loaded.pairs.corpus);
  const plan = { ...INSPECTION.plan, encoding: "windows1252" } as const;
  const other = { ...INSPECTION, encoding: "windows1252", plan } as const;
  const done = after(again, { type: "pairs/inspected", inspection: other }, confirmed);
  assert.equal(importOf(done, "loading").source.plan?.encoding, "windows1252");

  const refused = importOf(after(again, failed()), "confirming");
  assert.deepEqual([refused.draft.inspection, refused.failure], [INSPECTION, FAILURE]);
  const cancelled = after(again, { type: "pairs/import_cancelled", isReady: true });
  assert.deepEqual(importOf(cancelled, "confirming").failure, null);
  assert.equal(importOf(after(again, crash), "inspecting").encoding, "windows1252");
  // Nothing is asked while no file is confirmed.
  assert.equal(after(loaded, choose).pairs, loaded.pairs);
});

test("a file that is brought in place of another is the one that is confirmed", () => {
  const other = after(loaded, brought, { type: "pairs/brought", file: pairFile("other.csv") });
  assert.equal(importOf(after(other, inspected), "confirming").draft.file.name, "other.csv");
  assert.equal(after(loaded, inspected).pairs, loaded.pairs);
});

test("what fails leaves the old pairs, and leads back to where the visitor can do something", () => {
  const unreadable = after(loaded, brought, failed());
  assert.equal(importOf(unreadable, "failed").isDemo, false);
  assert.equal(unreadable.pairs.corpus, loaded.pairs.corpus);
  assert.equal(unreadable.notice, null);
  assert.equal(after(unreadable, { type: "pairs/import_cancelled", isReady: true }).pairs.pairImport, null);
  assert.equal(importOf(after(unreadable, brought), "inspecting").reading, null);

  const refused = after(reading, failed());
  assert.deepEqual(importOf(refused, "confirming").failure, FAILURE);
  assert.equal(refused.pairs.corpus, loaded.pairs.corpus);
  const again = after(refused, confirmed, ...pairsImported(MINE));
  assert(again.pairs.corpus.status === "loaded" && again.pairs.corpus.value.info === MINE);
});

test("what is given up is gone at once, or as soon as the worker has stopped reading", () => {
  const cancel: Action = { type: "pairs/import_cancelled", isReady: true };
  const dropped = after(loaded, brought, cancel);
  assert.equal(dropped.pairs.pairImport, null);
  assert.equal(after(dropped, failed(CANCELLED)).notice, null);
  assert.equal(after(confirming, cancel).pairs.pairImport, null);

  const stopping = after(reading, cancel);
  assert.equal(importOf(stopping, "loading").isCancelling, true);
  assert.equal(importOf(after(stopping, failed(CANCELLED)), "confirming").failure, null);
  // Without a worker there is nothing to wait for.
  assert.equal(
    after(reading, { type: "pairs/import_cancelled", isReady: false }).pairs.pairImport?.status,
    "confirming",
  );
  // The two have crossed: the worker has the pairs, so the page has to have them too.
  const crossed = after(stopping, ...pairsImported(MINE));
  assert(crossed.pairs.corpus.status === "loaded" && crossed.pairs.corpus.value.info === MINE);
});

test("a run keeps its pairs", () => {
  for (const action of [
    brought,
    { type: "pairs/demo_wanted" },
    { type: "pairs/not_brought", failure: FAILURE },
  ] as const) {
    assert.equal(after(running, action), running);
  }
  const asking = after(confirming, runStarted);
  assert.equal(after(asking, confirmed), asking);
  // Nothing else is read while a file is.
  assert.equal(after(reading, brought).pairs, reading.pairs);
});

test("a run is shown with the classes that it was started on", () => {
  const run = runAfter(loaded, brought, inspected, confirmed);
  assert.equal(run, null);
  const finished = after(running, ended(9000));
  const other = after(finished, brought, inspected, confirmed);
  const done = after(other, ...pairsImported({ ...MINE, n_scored: 0 }));
  assert.deepEqual(done.train.run?.labels, { classes: CORPUS.classes, hasScores: true, hasOwnHead: false });
});

test("a checkpoint is of no use with other pairs", () => {
  const finished = after(running, checkpointed(10), ended(9000));
  assert.notEqual(finished.train.run?.saved, null);
  const other = after(finished, brought, inspected, confirmed);
  assert.notEqual(other.train.run?.saved, null);
  assert.equal(runAfter(other, ...pairsImported(MINE))?.saved, null);
});

test("another worker is given the same pairs, and asked again what the last one had not answered", () => {
  const restart: Action[] = [
    { type: "worker/chosen", choice: "flex" },
    { type: "compute/probed", probe: NO_ADAPTER },
  ];
  const mine = after(reading, ...pairsImported(MINE));
  const next = after(mine, ...restart, ...handshake(ON_CPU));
  assert(next.pairs.corpus.status === "waiting");
  assert.equal(next.pairs.corpus.value.source.plan, INSPECTION.plan);
  const again = after(next, { type: "pairs/restored", info: MINE });
  assert(again.pairs.corpus.status === "loaded");
  assert.equal(again.pairs.corpus.value.pairs.length, 2);

  assert.deepEqual(after(confirming, ...restart).pairs.pairImport, confirming.pairs.pairImport);
  const halfRead = after(reading, ...pairsImported().slice(0, 2), ...restart);
  assert.equal(importOf(halfRead, "loading").reading, null);
  assert.deepEqual(importOf(halfRead, "loading").chunks, []);
  assert.equal(importOf(after(loaded, brought, ...restart), "inspecting").reading, null);
  // To stop was all that was wanted of the last one.
  assert.equal(
    importOf(after(reading, { type: "pairs/import_cancelled", isReady: true }, ...restart), "confirming").failure,
    null,
  );
});

test("pairs that another worker can't be given are a failure, and can be tried again", () => {
  const lost = after(runningOnGpu, deviceFailed(), ...handshake(ON_CPU));
  const gone = after(lost, { type: "pairs/not_restored", failure: FAILURE });
  assert(gone.pairs.corpus.status === "failed");
  assert.equal(gone.pairs.corpus.value.pairs.length, 2);
  assert.equal(after(gone, { type: "pairs/restore_wanted" }).pairs.corpus.status, "waiting");
  assert.equal(runAfter(gone, { type: "train/stop_wanted" })?.phase, "failed");
});

test("a crash leaves what was read, and what was being read is read again", () => {
  const crashed = after(reading, crash);
  assert.equal(crashed.pairs.corpus.status, "loaded");
  assert.equal(importOf(crashed, "loading").reading, null);
  const demo = after(ready, demoFetched, crash, { type: "worker/restarted" });
  const restarted = after(demo, ...started(NO_ADAPTER, ON_CPU), ...pairsImported());
  assert.equal(restarted.pairs.corpus.status, "loaded");
  assert.equal(after(loaded, crash).pairs.corpus.status, "loaded");
});

test("the time left is reckoned from what was read since the first report", () => {
  const left = readingSecsLeft({ nRows: 50, fraction: 0.5, startedAt: 1000, startFraction: 0.25, at: 3000 });
  assert.equal(left, 4);
  assert.equal(readingSecsLeft({ nRows: 1, fraction: 0.25, startedAt: 1000, startFraction: 0.25, at: 9000 }), null);
});
