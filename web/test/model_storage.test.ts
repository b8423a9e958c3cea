import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, keepModel, modelsIn, openModel, PART_BYTES, partsOf, putContents } from "../src/storage/models";
import { roomOf, Store } from "../src/storage/store";
import { BASE, FakeCache, refusingStorage, storageOf } from "./cache_storage";

const source = (path: string, text: string) => ({ path, blob: new Blob([text]), sha256: null });
const FILES = [source("config.json", "{}"), source("1_Pooling/config.json", '{"a": 1}'), source("empty", "")];

async function opened(cache: FakeCache) {
  const store = await Store.open(storageOf(cache), BASE);
  return { store, models: modelsIn(store) };
}

test("a model comes back as it was kept, also on the next visit", async () => {
  const cache = new FakeCache();
  await keepModel((await opened(cache)).models, "files-a", "my model", FILES);
  const { store, models } = await opened(cache);
  const files = await openModel(models, "files-a");
  assert.deepEqual(
    files?.map(({ path }) => path),
    FILES.map(({ path }) => path),
  );
  assert.equal(await files?.[1]?.blob.text(), '{"a": 1}');
  const [kept] = await models.list();
  assert(kept);
  assert.deepEqual([kept.about.name, kept.isComplete, kept.bytes, kept.isInMemory], ["my model", true, 10, false]);
  assert.equal(store.refusal, null);
  assert([...cache.entries.keys()].every((url) => url.startsWith(`${BASE}shelf/models-`)));
});

test("large files are kept in parts", async () => {
  const { models } = await opened(new FakeCache());
  const bytes = new Uint8Array(PART_BYTES + 3).fill(7);
  await keepModel(models, "k", "large", [{ path: "model.safetensors", blob: new Blob([bytes]), sha256: null }]);
  assert.deepEqual(
    (await models.manifest("k"))?.parts.map(({ size }) => size),
    [PART_BYTES, 3],
  );
  assert.equal((await openModel(models, "k"))?.[0]?.blob.size, bytes.length);
});

test("what is half there is listed as such, and is no model", async () => {
  const { models } = await opened(new FakeCache());
  const files = [{ path: "model.safetensors", size: 2 * PART_BYTES, sha256: null }];
  const about = { name: "half", origin: { kind: "files" as const }, files };
  await putContents(models, "h", about, false);
  await models.putPart("h", partsOf(files[0] ?? assert.fail())[0]?.name ?? "", new Blob([new Uint8Array(PART_BYTES)]));
  assert.equal(await openModel(models, "h"), null);
  const [kept] = await models.list();
  assert.deepEqual([kept?.isComplete, kept?.bytes], [false, PART_BYTES]);
});

test("a part that the browser has thrown away makes the model incomplete", async () => {
  const cache = new FakeCache();
  const { models } = await opened(cache);
  await keepModel(models, "k", "m", FILES);
  for (const url of cache.entries.keys()) if (url.includes("Pooling")) cache.entries.delete(url);
  assert.equal((await models.list())[0]?.isComplete, false);
  assert.equal(await openModel(models, "k"), null);
});

test("deleting leaves nothing, and parts that no manifest lists are deleted too", async () => {
  const cache = new FakeCache();
  const { models } = await opened(cache);
  await keepModel(models, "a", "a", FILES);
  await keepModel(models, "b", "b", FILES);
  await models.delete("a");
  assert.deepEqual(
    (await models.list()).map(({ key }) => key),
    ["b"],
  );
  await models.putPart("orphan", "config.json/0", new Blob(["x"]));
  await models.putPart("older", "manifest.json", new Blob(['{"about": 1}']));
  assert.deepEqual(
    (await models.list()).map(({ key }) => key),
    ["b"],
  );
  assert([...cache.entries.keys()].every((url) => url.includes("/b/")));
});

const unreadable = () => Promise.reject(new DOMException("Unexpected internal error.", "UnknownError"));

test("a model that can't be read just now is neither deleted nor said to be absent", async () => {
  const cache = new FakeCache();
  await keepModel((await opened(cache)).models, "k", "m", FILES);
  const whole = { match: cache.match.bind(cache), keys: cache.keys.bind(cache) };
  const { models } = await opened(cache);

  cache.match = unreadable;
  assert.deepEqual(await models.list(), [], "what it is can't be said");
  await assert.rejects(openModel(models, "k"), { name: "UnreadableError" });
  await assert.rejects(keepModel(models, "k", "m", FILES), { name: "UnreadableError" });
  Object.assign(cache, whole);
  cache.keys = unreadable;
  await assert.rejects(models.list(), { name: "UnreadableError" });
  assert.equal(await models.delete("k"), false);
  Object.assign(cache, whole);

  assert.equal((await models.list())[0]?.isComplete, true);
  assert.equal((await openModel(models, "k"))?.length, FILES.length);
});

test("a model that can't be deleted just now stays whole", async () => {
  const cache = new FakeCache();
  const { models } = await opened(cache);
  await keepModel(models, "k", "m", FILES);
  cache.delete = unreadable;
  assert.equal(await models.delete("k"), false);
  assert.equal((await openModel(models, "k"))?.length, FILES.length);
});

test("collections don't see each other", async () => {
  const { store, models } = await opened(new FakeCache());
  const runs = store.collection("runs-1", (json) => json as { step: number });
  await keepModel(models, "a", "a", FILES);
  await runs.putPart("a", "checkpoint", new Blob(["abc"]));
  await runs.putManifest("a", {
    savedAt: 1,
    isComplete: true,
    parts: [{ name: "checkpoint", size: 3 }],
    about: { step: 4 },
  });
  await models.delete("a");
  assert.deepEqual(
    (await runs.list()).map(({ about }) => about.step),
    [4],
  );
  assert.equal(await (await runs.part("a", "checkpoint"))?.text(), "abc");
});

test("without room, what doesn't fit is held in memory and everything works", async () => {
  const cache = new FakeCache();
  const { store, models } = await opened(cache);
  cache.roomBytes = 0;
  await keepModel(models, "k", "m", FILES);
  assert.match(store.refusal ?? "", /no room/);
  assert.equal(await (await openModel(models, "k"))?.[1]?.blob.text(), '{"a": 1}');
  assert.equal((await models.list())[0]?.isInMemory, true);
  // Another visit has nothing of it.
  assert.deepEqual(await (await opened(cache)).models.list(), []);
  cache.roomBytes = Number.POSITIVE_INFINITY;
  await models.delete("k");
  assert.equal(store.refusal, null);
  await keepModel(models, "k", "m", FILES);
  assert.equal((await models.list())[0]?.isInMemory, false);
});

test("without Cache Storage the reason is said", async () => {
  const cases: [CacheStorage | undefined, RegExp][] = [
    [undefined, /https/],
    [refusingStorage, /switched off/],
  ];
  for (const [storage, reason] of cases) {
    const store = await Store.open(storage, BASE);
    assert.match(store.refusal ?? "", reason);
    await keepModel(modelsIn(store), "k", "m", FILES);
    assert.equal((await openModel(modelsIn(store), "k"))?.length, 3);
  }
});

test("room is told where the browser tells it", async () => {
  const storage = { estimate: async () => ({ usage: 5, quota: 10 }) } as StorageManager;
  assert.deepEqual(await roomOf(storage), { usedBytes: 5, quotaBytes: 10 });
  assert.deepEqual(await roomOf(undefined), { usedBytes: null, quotaBytes: null });
  assert.equal(bytesOf([{ size: 2 }, { size: 3 }]), 5);
});
