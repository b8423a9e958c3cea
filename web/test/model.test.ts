import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import type { State } from "../src/app/state";
import { keptBytesOf, noKeptModels } from "../src/features/model/kept";
import { type FetchedModel, isMissing, type ModelOrder, SERVED, toLoad } from "../src/features/model/model";
import { transferSecsLeft } from "../src/ui/transfer";
import {
  after,
  checkpointed,
  deviceFailed,
  did,
  ended,
  FAILURE,
  FETCHED,
  handshake,
  loaded,
  loading,
  MODEL,
  modelFetched,
  modelRequested,
  ON_CPU,
  ready,
  running,
  runningOnGpu,
  said,
  stepped,
} from "./fixtures";

const HUB: ModelOrder = {
  origin: { kind: "hub", model: { id: "owner/name", revision: "main" } },
  nLayers: null,
  random: null,
};
const OTHER: FetchedModel = { order: HUB, name: "owner/name", hub: null, files: [], keptKey: "hub-x" };
const wanting = (state: State) => after(state, { type: "model_wanted", order: HUB });
const attemptOf = (state: State) => state.model.next?.attempt ?? assert.fail("nothing is wanted");
const fetched = (state: State) => after(state, { type: "model_fetched", attempt: attemptOf(state), fetched: OTHER });
const modelLoaded = (request: number, name: string, generation = 0) =>
  said({ kind: "model_loaded", request, model: { ...MODEL, name } }, 0, generation);
const failing = (request: number, kind = FAILURE.kind) =>
  said({ kind: "failed", request, failure: { ...FAILURE, kind } });
const crash = did({ type: "worker_crashed", message: "unreachable" });

test("a first visit fetches the served model and hands it over once it is here", () => {
  assert.deepEqual(ready.model.next?.order, SERVED);
  assert.equal(toLoad(ready.model, null), null);
  const here = after(ready, modelFetched);
  assert.equal(toLoad(here.model, null), FETCHED);
  const asked = after(here, modelRequested(1));
  assert.deepEqual([toLoad(asked.model, null), asked.model.next], [null, null]);
  const there = after(asked, modelLoaded(1, "tiny"));
  assert.deepEqual([there.model.info?.name, there.model.current, there.model.loading], ["tiny", FETCHED, null]);
});

test("while another model comes the old one stays, and then gives way", () => {
  const coming = wanting(loaded);
  assert.equal(coming.model.info?.name, "tiny");
  const transfer = { file: "model.safetensors", loadedBytes: 1, totalBytes: 2, startedAt: 0, at: 0 };
  const early = after(coming, { type: "model_fetching", attempt: attemptOf(coming), transfer });
  assert.equal(early.model.next?.transfer, transfer);
  const reading = after(fetched(coming), modelRequested(7, 0, OTHER));
  assert.equal(reading.model.info?.name, "tiny");
  const there = after(reading, modelLoaded(7, "owner/name"));
  assert.deepEqual([there.model.info?.name, there.model.current], ["owner/name", OTHER]);
  assert.equal(there.comparison.revision, loaded.comparison.revision + 1);
});

test("words of an attempt that was given up, and of another request, change nothing", () => {
  const first = wanting(loaded);
  const second = wanting(first);
  const attempt = attemptOf(first);
  assert.equal(after(second, { type: "model_fetched", attempt, fetched: OTHER }).model.next?.fetched, null);
  assert.equal(after(second, { type: "model_not_fetched", attempt, failure: FAILURE }).model.failed, null);
  assert.equal(after(loaded, modelLoaded(99, "late")), loaded);
});

test("what can't be fetched or loaded is said, and the old model is still there", () => {
  const coming = wanting(loaded);
  const notFetched = after(coming, { type: "model_not_fetched", attempt: attemptOf(coming), failure: FAILURE });
  const notLoaded = after(fetched(coming), modelRequested(7, 0, OTHER), failing(7));
  for (const { model } of [notFetched, notLoaded]) {
    assert.equal(model.failed?.failure.message, FAILURE.message);
    assert.deepEqual([model.info?.name, model.current, model.next, model.loading], ["tiny", FETCHED, null, null]);
    assert.equal(isMissing(model), false);
  }
  assert.equal(after(notFetched, { type: "model_failure_dismissed" }).model.failed, null);
  assert.equal(wanting(notFetched).model.failed, null);
});

test("trying again fetches anew what the worker has refused, and goes on with what could not be fetched", () => {
  const coming = wanting(loaded);
  const notFetched = after(coming, { type: "model_not_fetched", attempt: attemptOf(coming), failure: FAILURE });
  assert.deepEqual(after(notFetched, { type: "model_retried" }).model.next?.order, HUB);
  const refusing = (kind: typeof FAILURE.kind) =>
    after(fetched(coming), modelRequested(7, 0, OTHER), failing(7, kind), { type: "model_retried" }).model.next;
  assert.deepEqual(refusing("model")?.order, { ...HUB, isRefetch: true });
  // The files were not at fault.
  assert.equal(refusing("device")?.fetched, OTHER);
});

test("nothing loaded and nothing coming is a model that is missing", () => {
  assert.equal(isMissing(ready.model), false);
  const failed = after(ready, { type: "model_not_fetched", attempt: 1, failure: FAILURE });
  assert.equal(isMissing(failed.model), true);
  assert.equal(isMissing(after(ready, { type: "model_cancelled" }).model), true);
});

test("giving up a fetch ends it at once, giving up a load when the worker says so", () => {
  assert.equal(after(wanting(loaded), { type: "model_cancelled" }).model.next, null);
  const asked = after(fetched(wanting(loaded)), modelRequested(7, 0, OTHER), { type: "model_cancelled" });
  assert.equal(asked.model.loading?.isCancelled, true);
  const given = after(asked, failing(7, "cancelled"));
  assert.deepEqual([given.model.loading, given.model.failed, given.model.info?.name], [null, null, "tiny"]);
  assert.equal(given.notice, null);
  // The two may cross.
  assert.equal(after(asked, modelLoaded(7, "owner/name")).model.info?.name, "owner/name");
});

test("another depth is loaded from the files that are here", () => {
  const cut = after(loaded, { type: "model_recut", nLayers: 3 });
  assert.equal(toLoad(cut.model, null)?.order.nLayers, 3);
  assert.equal(toLoad(cut.model, null)?.files, FETCHED.files);
});

test("a run keeps its model, and one that was on its way waits", () => {
  assert.equal(wanting(running).model, running.model);
  assert.equal(after(running, { type: "model_recut", nLayers: 3 }).model, running.model);
  const waiting: State = { ...fetched(wanting(loaded)), run: running.run };
  assert.equal(toLoad(waiting.model, waiting.run), null);
  const over = after(waiting, ended(1000));
  assert.equal(toLoad(over.model, over.run), OTHER);
});

test("another model leaves nothing that a run could be brought back from; the same one does", () => {
  const finished = after(runningOnGpu, stepped(1, 1000), checkpointed(1), ended(2000));
  const other = after(fetched(wanting(finished)), modelRequested(7, 0, OTHER), modelLoaded(7, "owner/name"));
  assert.equal(other.run?.saved, null);
  const lost = after(finished, deviceFailed(true));
  const back = after(lost, ...handshake(ON_CPU, 1), ...loading(1));
  assert.equal(back.run?.saved?.checkpoint.step, 1);
});

test("the next worker gets the model of the last, not the one that the page begins with", () => {
  const other = after(fetched(wanting(loaded)), modelRequested(7, 0, OTHER), modelLoaded(7, "owner/name"));
  const replaced = after(other, { type: "choice_made", choice: "ndarray" });
  assert.equal(replaced.model.info, null);
  assert.equal(toLoad(replaced.model, replaced.run), OTHER);
  const back = after(replaced, ...handshake(ON_CPU, 1), modelRequested(8, 1, OTHER), modelLoaded(8, "owner/name", 1));
  assert.equal(back.model.info?.name, "owner/name");
});

test("a run that is to be recovered gets its own model first, also when another is here", () => {
  const training = after(runningOnGpu, stepped(1, 1000), checkpointed(1));
  const withOther: State = { ...training, model: fetched(wanting(loaded)).model };
  const lost = after(withOther, deviceFailed(true));
  assert.equal(lost.run?.phase, "recovering");
  assert.equal(toLoad(lost.model, lost.run), FETCHED);
  const again = after(lost, ...handshake(ON_CPU, 1), modelRequested(8, 1), modelLoaded(8, "tiny", 1));
  assert.equal(toLoad(again.model, again.run), null);
  assert.equal(again.model.next?.fetched, OTHER);
});

test("a fetch goes on while the worker is replaced, and what was being read is read by the next", () => {
  const coming = wanting(loaded);
  const replaced = after(coming, { type: "choice_made", choice: "ndarray" });
  assert.equal(replaced.model.next?.attempt, attemptOf(coming));
  const reading = after(fetched(coming), modelRequested(7, 0, OTHER), { type: "choice_made", choice: "ndarray" });
  assert.equal(toLoad(reading.model, reading.run), OTHER);
  assert.equal(reading.model.loading, null);
});

test("a model over which the worker crashes is not loaded again by itself; the one before is", () => {
  const crashed = after(fetched(wanting(loaded)), modelRequested(7, 0, OTHER), crash);
  assert.match(crashed.model.failed?.failure.message ?? "", /has stopped/);
  const again = after(crashed, { type: "worker_restarted" });
  assert.equal(toLoad(again.model, again.run), FETCHED);
  // A first model has none before it.
  const first = after(ready, modelFetched, modelRequested(5), crash, { type: "worker_restarted" });
  assert.equal(toLoad(first.model, first.run), FETCHED);
});

test("a model that the next worker refuses is not asked for for ever", () => {
  const replaced = after(loaded, { type: "choice_made", choice: "ndarray" });
  const refused = after(
    replaced,
    ...handshake(ON_CPU, 1),
    modelRequested(8, 1),
    said({ kind: "failed", request: 8, failure: FAILURE }, 0, 1),
  );
  assert.equal(toLoad(refused.model, refused.run), null);
  assert.equal(isMissing(refused.model), true);
  assert.notEqual(after(refused, { type: "model_retried" }).model.next, null);
});

test("what is kept is listed, and what a browser refuses is said", () => {
  const model = {
    key: "a",
    bytes: 5,
    isInMemory: true,
    isComplete: true,
    savedAt: 1,
    parts: [],
    about: { name: "a", origin: { kind: "files" as const }, files: [] },
  };
  const kept = {
    ...noKeptModels,
    models: [model, { ...model, key: "b", bytes: 7 }],
    refusal: "there is no room left for this page",
  };
  const state = after(loaded, { type: "kept_models_listed", kept });
  assert.equal(keptBytesOf(state.kept), 12);
  assert.match(state.kept.refusal ?? "", /no room/);
  assert.equal(after(state, { type: "kept_models_listed", kept: noKeptModels }).kept.models.length, 0);
});

test("a screen reader is told that a model loads, which one is ready, and nothing twice", () => {
  assert.match(announcement(loaded), /The model tiny and the pairs are ready/);
  assert.equal(announcement(wanting(loaded)), "The model is loading.");
  const reading = after(fetched(wanting(loaded)), modelRequested(7, 0, OTHER));
  assert.equal(announcement(reading), "The model is loading.");
  assert.match(announcement(after(reading, modelLoaded(7, "owner/name"))), /The model owner\/name and/);
  // The panel's notice says it.
  assert.equal(announcement(after(ready, { type: "model_not_fetched", attempt: 1, failure: FAILURE })), "");
});

test("the time left is reckoned from what was fetched, not from what was here", () => {
  const transfer = { file: "f", loadedBytes: 60, keptBytes: 50, totalBytes: 100, startedAt: 0, at: 1000 };
  assert.equal(transferSecsLeft(transfer), 4);
  assert.equal(transferSecsLeft({ ...transfer, loadedBytes: 50 }), null);
  assert.equal(transferSecsLeft({ ...transfer, at: 100 }), null);
});
