import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import type { Action, State } from "../src/app/state";
import { keptBytesOf, noKeptModels } from "../src/features/model/kept";
import { type FetchedModel, isMissing, type ModelOrder, SERVED, toLoad } from "../src/features/model/state";
import { transferSecsLeft } from "../src/ui/progress";
import {
  after,
  checkpointed,
  crash,
  deviceFailed,
  ended,
  FAILURE,
  FETCHED,
  handshake,
  loaded,
  loadStarted,
  modelFetched,
  modelLoaded,
  ON_CPU,
  ready,
  reloading,
  running,
  runningOnGpu,
  stepped,
} from "./fixtures";

const HUB: ModelOrder = {
  origin: { kind: "hub", model: { id: "owner/name", revision: "main" } },
  nLayers: null,
  random: null,
};
const OTHER: FetchedModel = { order: HUB, name: "owner/name", hub: null, files: [], keptKey: "hub-x" };
const wanting = (state: State) => after(state, { type: "model/wanted", order: HUB });
const fetched = (state: State) => after(state, { type: "model/fetched", fetched: OTHER });
const otherLoaded = modelLoaded({ name: "owner/name" });
const refused = (kind = FAILURE.kind): Action => ({ type: "model/refused", failure: { ...FAILURE, kind } });

test("a first visit fetches the served model and hands it over once it is here", () => {
  assert.deepEqual(ready.model.next?.order, SERVED);
  assert.equal(toLoad(ready.model, null), null);
  const here = after(ready, modelFetched);
  assert.equal(toLoad(here.model, null), FETCHED);
  const asked = after(here, loadStarted());
  assert.deepEqual([toLoad(asked.model, null), asked.model.next], [null, null]);
  const there = after(asked, modelLoaded());
  assert.deepEqual([there.model.info?.name, there.model.current, there.model.loading], ["tiny", FETCHED, null]);
});

test("while another model comes the old one stays, and then gives way", () => {
  const coming = wanting(loaded);
  assert.equal(coming.model.info?.name, "tiny");
  const transfer = { file: "model.safetensors", loadedBytes: 1, totalBytes: 2, startedAt: 0, at: 0 };
  const early = after(coming, { type: "model/fetching", transfer });
  assert.equal(early.model.next?.transfer, transfer);
  const reading = after(fetched(coming), loadStarted(OTHER));
  assert.equal(reading.model.info?.name, "tiny");
  const there = after(reading, otherLoaded);
  assert.deepEqual([there.model.info?.name, there.model.current], ["owner/name", OTHER]);
  assert.equal(there.comparison.revision, loaded.comparison.revision + 1);
});

test("what can't be fetched or loaded is said, and the old model is still there", () => {
  const coming = wanting(loaded);
  const notFetched = after(coming, { type: "model/not_fetched", failure: FAILURE });
  const notLoaded = after(fetched(coming), loadStarted(OTHER), refused());
  for (const { model } of [notFetched, notLoaded]) {
    assert.equal(model.failed?.failure.message, FAILURE.message);
    assert.deepEqual([model.info?.name, model.current, model.next, model.loading], ["tiny", FETCHED, null, null]);
    assert.equal(isMissing(model), false);
  }
  assert.equal(after(notFetched, { type: "model/failure_dismissed" }).model.failed, null);
  assert.equal(wanting(notFetched).model.failed, null);
});

test("trying again downloads again what the worker has refused, and resumes what could not be fetched", () => {
  const coming = wanting(loaded);
  const notFetched = after(coming, { type: "model/not_fetched", failure: FAILURE });
  assert.deepEqual(after(notFetched, { type: "model/retried" }).model.next?.order, HUB);
  const refusing = (kind: typeof FAILURE.kind) =>
    after(fetched(coming), loadStarted(OTHER), refused(kind), { type: "model/retried" }).model.next;
  assert.deepEqual(refusing("model")?.order, { ...HUB, isRefetch: true });
  // The files were not at fault.
  assert.equal(refusing("device")?.fetched, OTHER);
});

test("nothing loaded and nothing coming is a model that is missing", () => {
  assert.equal(isMissing(ready.model), false);
  const failed = after(ready, { type: "model/not_fetched", failure: FAILURE });
  assert.equal(isMissing(failed.model), true);
  assert.equal(isMissing(after(ready, { type: "model/cancelled" }).model), true);
});

test("giving up a fetch ends it at once, giving up a load when the worker says so", () => {
  assert.equal(after(wanting(loaded), { type: "model/cancelled" }).model.next, null);
  const asked = after(fetched(wanting(loaded)), loadStarted(OTHER), { type: "model/cancelled" });
  assert.equal(asked.model.loading?.isCancelled, true);
  const given = after(asked, refused("cancelled"));
  assert.deepEqual([given.model.loading, given.model.failed, given.model.info?.name], [null, null, "tiny"]);
  assert.equal(given.notice, null);
  // The two may cross.
  assert.equal(after(asked, otherLoaded).model.info?.name, "owner/name");
});

test("another depth is loaded from the files that are here", () => {
  const cut = after(loaded, { type: "model/recut", nLayers: 3 });
  assert.equal(toLoad(cut.model, null)?.order.nLayers, 3);
  assert.equal(toLoad(cut.model, null)?.files, FETCHED.files);
});

test("a run keeps its model, and one that was on its way waits", () => {
  assert.equal(wanting(running).model, running.model);
  assert.equal(after(running, { type: "model/recut", nLayers: 3 }).model, running.model);
  const waiting: State = { ...fetched(wanting(loaded)), train: running.train };
  assert.equal(toLoad(waiting.model, waiting.train.run), null);
  const over = after(waiting, ended(1000));
  assert.equal(toLoad(over.model, over.train.run), OTHER);
});

test("another model leaves nothing that a run could be brought back from; the same one does", () => {
  const finished = after(runningOnGpu, stepped(1, 1000), checkpointed(1), ended(2000));
  const other = after(fetched(wanting(finished)), loadStarted(OTHER), otherLoaded);
  assert.equal(other.train.run?.saved, null);
  const lost = after(finished, deviceFailed());
  const back = after(lost, ...handshake(ON_CPU), ...reloading);
  assert.equal(back.train.run?.saved?.checkpoint.step, 1);
});

test("the next worker gets the model of the last, not the one that the page begins with", () => {
  const other = after(fetched(wanting(loaded)), loadStarted(OTHER), otherLoaded);
  const replaced = after(other, { type: "worker/chosen", choice: "ndarray" });
  assert.equal(replaced.model.info, null);
  assert.equal(toLoad(replaced.model, replaced.train.run), OTHER);
  const back = after(replaced, ...handshake(ON_CPU), loadStarted(OTHER), otherLoaded);
  assert.equal(back.model.info?.name, "owner/name");
});

test("a run that is to be recovered gets its own model first, also when another is here", () => {
  const training = after(runningOnGpu, stepped(1, 1000), checkpointed(1));
  const withOther: State = { ...training, model: fetched(wanting(loaded)).model };
  const lost = after(withOther, deviceFailed());
  assert.equal(lost.train.run?.phase, "recovering");
  assert.equal(toLoad(lost.model, lost.train.run), FETCHED);
  const again = after(lost, ...handshake(ON_CPU), loadStarted(), modelLoaded());
  assert.equal(toLoad(again.model, again.train.run), null);
  assert.equal(again.model.next?.fetched, OTHER);
});

test("a download continues while the worker is replaced, and what was being read is read by the next", () => {
  const coming = wanting(loaded);
  const replaced = after(coming, { type: "worker/chosen", choice: "ndarray" });
  assert.equal(replaced.model.next?.order, coming.model.next?.order);
  const reading = after(fetched(coming), loadStarted(OTHER), { type: "worker/chosen", choice: "ndarray" });
  assert.equal(toLoad(reading.model, reading.train.run), OTHER);
  assert.equal(reading.model.loading, null);
});

test("a model over which the worker crashes is not loaded again by itself; the one before is", () => {
  const crashed = after(fetched(wanting(loaded)), loadStarted(OTHER), crash);
  assert.match(crashed.model.failed?.failure.message ?? "", /has stopped/);
  const again = after(crashed, { type: "worker/restarted" });
  assert.equal(toLoad(again.model, again.train.run), FETCHED);
  // A first model has none before it.
  const first = after(ready, modelFetched, loadStarted(), crash, { type: "worker/restarted" });
  assert.equal(toLoad(first.model, first.train.run), FETCHED);
});

test("a model that the next worker refuses is not requested again and again", () => {
  const replaced = after(loaded, { type: "worker/chosen", choice: "ndarray" });
  const without = after(replaced, ...handshake(ON_CPU), loadStarted(), refused());
  assert.equal(toLoad(without.model, without.train.run), null);
  assert.equal(isMissing(without.model), true);
  assert.notEqual(after(without, { type: "model/retried" }).model.next, null);
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
  const state = after(loaded, { type: "model/kept_listed", kept });
  assert.equal(keptBytesOf(state.model.kept), 12);
  assert.match(state.model.kept.refusal ?? "", /no room/);
  assert.equal(after(state, { type: "model/kept_listed", kept: noKeptModels }).model.kept.models.length, 0);
});

test("a screen reader is told that a model loads, which one is ready, and nothing twice", () => {
  assert.match(announcement(loaded), /The model tiny and the pairs are ready/);
  assert.equal(announcement(wanting(loaded)), "The model is loading.");
  const reading = after(fetched(wanting(loaded)), loadStarted(OTHER));
  assert.equal(announcement(reading), "The model is loading.");
  assert.match(announcement(after(reading, otherLoaded)), /The model owner\/name and/);
  // The panel's notice says it.
  assert.equal(announcement(after(ready, { type: "model/not_fetched", failure: FAILURE })), "");
});

test("the time left is reckoned from what was fetched, not from what was here", () => {
  const transfer = { file: "f", loadedBytes: 60, keptBytes: 50, totalBytes: 100, startedAt: 0, at: 1000 };
  assert.equal(transferSecsLeft(transfer), 4);
  assert.equal(transferSecsLeft({ ...transfer, loadedBytes: 50 }), null);
  assert.equal(transferSecsLeft({ ...transfer, at: 100 }), null);
});
