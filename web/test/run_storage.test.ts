/** Saved runs in storage, and who may change them. One file, because its tests share one way to open a tab. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_SAVED_RUNS, PIECE_BYTES } from "../src/settings";
import { bytesOf } from "../src/storage/content";
import { RUN_FORMAT, type RunFiles } from "../src/storage/run_record";
import { type RunWrite, RunWriter } from "../src/storage/run_writer";
import { RunStorage } from "../src/storage/runs";
import { BASE, FakeCache, refusingStorage, storageOf } from "./cache_storage";
import { FakeLocks } from "./fake_locks";
import { ABOUT_RUN } from "./fixtures";

/** What is on the disk, as it is. */
const openRun = (runs: RunStorage, id: string) =>
  runs.withRun(id, async ({ about, checkpoint, pairs }) => ({
    about,
    checkpoint: await bytesOf(checkpoint),
    pairs: new TextDecoder().decode(await bytesOf(pairs)),
  }));

/** A checkpoint of `step` steps: as many bytes. */
function runAt(step: number, pairs = new Blob(["pairs"])): RunFiles & { pairs: Blob } {
  const about = {
    ...ABOUT_RUN,
    savedAt: step,
    plan: { ...ABOUT_RUN.plan, nSteps: 1000 },
    checkpoint: { ...ABOUT_RUN.checkpoint, step, nBytes: step },
    pairs: { ...ABOUT_RUN.pairs, nBytes: pairs.size },
  };
  return { about, checkpoint: new Uint8Array(step).fill(step), pairs };
}

/** A tab of a browser with this storage and these locks; the run `id` is its own. */
async function tabOf(storage: CacheStorage | undefined, locks: FakeLocks | null = new FakeLocks()) {
  const tab = {};
  const runs = await RunStorage.open(storage, BASE, locks?.of(tab));
  const told: RunWrite[] = [];
  const writer = new RunWriter(Promise.resolve(runs), (write) => told.push(write));
  const close = () => locks?.end(tab);
  return { runs, writer, told, close, id: await runs.locks.create() };
}

async function listed(runs: RunStorage) {
  const { runs: found, problem } = await runs.list();
  assert.equal(problem, null);
  return found;
}

const steps = async (runs: RunStorage) => (await listed(runs)).map(({ about }) => about.checkpoint.step);

const partsIn = (cache: FakeCache) => [...cache.entries.keys()].map((url) => url.split("/").at(-1)).sort();

const unreadable = () => Promise.reject(new DOMException("Unexpected internal error.", "UnknownError"));

test("a run comes back as it was written, on the next visit", async () => {
  const cache = new FakeCache();
  const { writer, told, id } = await tabOf(storageOf(cache));
  writer.save(id, runAt(4), 3);
  await writer.idle();
  assert.deepEqual(
    told.map((write) => [write.id, write.files.about.checkpoint.step, write.runKey, write.refusal]),
    [[id, 4, 3, null]],
  );
  const { runs } = await tabOf(storageOf(cache));
  const [found] = await listed(runs);
  assert.deepEqual(found, { id, about: runAt(4).about, savedAt: 4, owner: "nobody" });
  const files = await openRun(runs, id);
  assert.deepEqual(files?.checkpoint, new Uint8Array(4).fill(4));
  assert.equal(files?.pairs, "pairs");
});

test("a large checkpoint goes to the disk in pieces, and comes back whole", async () => {
  const cache = new FakeCache();
  const { writer, id } = await tabOf(storageOf(cache));
  const bytes = new Uint8Array(2 * PIECE_BYTES + 5).map((_, idx) => idx % 251);
  const { about } = runAt(4);
  const large = { ...about, checkpoint: { ...about.checkpoint, nBytes: bytes.length } };
  writer.save(id, { ...runAt(4), about: large, checkpoint: bytes }, 3);
  await writer.idle();
  const files = await openRun((await tabOf(storageOf(cache))).runs, id);
  assert.equal(Buffer.compare(files?.checkpoint ?? new Uint8Array(), bytes), 0);
});

test("of what comes while one is written only the newest is", async () => {
  const cache = new FakeCache();
  const { writer, told, runs, id } = await tabOf(storageOf(cache));
  for (const step of [1, 2, 3, 4]) writer.save(id, runAt(step), 3);
  await writer.idle();
  const written = told.map(({ files }) => files.about.checkpoint.step);
  assert.equal(written.at(-1), 4);
  assert(written.length <= 2, `written: ${written}`);
  assert.equal((await openRun(runs, id))?.about.checkpoint.step, 4);
});

test("the last checkpoint of a run is written although a file is opened meanwhile", async () => {
  const cache = new FakeCache();
  const { writer, told, runs, id } = await tabOf(storageOf(cache));
  const imported = await runs.locks.create();
  writer.save(id, runAt(1), 3);
  writer.save(id, runAt(2), 3);
  writer.save(imported, runAt(9), null);
  await writer.idle();
  assert.deepEqual(await steps(runs), [9, 2]);
  assert(told.every(({ refusal }) => refusal === null));
});

test("one checkpoint and one file of pairs are kept of a run, and the pairs are written once", async () => {
  const cache = new FakeCache();
  const { writer, runs, id } = await tabOf(storageOf(cache));
  const { pairs } = runAt(1);
  const puts: string[] = [];
  const put = cache.put.bind(cache);
  cache.put = (url, response) => {
    puts.push(url.split("/").at(-1) ?? "");
    return put(url, response);
  };
  for (const step of [1, 2, 3]) {
    writer.save(id, runAt(step, pairs), 3);
    await writer.idle();
  }
  assert.deepEqual(partsIn(cache), ["checkpoint-3", "manifest.json", "pairs-1"]);
  assert.equal(puts.filter((name) => name.startsWith("pairs")).length, 1);
  // The end of a run changes the record only.
  const last = runAt(3, pairs);
  writer.save(id, last, 3);
  await writer.idle();
  const before = puts.length;
  writer.save(id, { ...last, about: { ...last.about, savedAt: 9 } }, 3);
  await writer.idle();
  assert.deepEqual(puts.slice(before), ["manifest.json"]);
  assert.equal((await listed(runs))[0]?.savedAt, 9);
});

test("a write that is interrupted between checkpoint and manifest leaves the previous run as it was", async () => {
  const cache = new FakeCache();
  const locks = new FakeLocks();
  const first = await tabOf(storageOf(cache), locks);
  const { id } = first;
  first.writer.save(id, runAt(4), 3);
  await first.writer.idle();
  // The tab is closed when the checkpoint has been written: nothing after that reaches the disk.
  const put = cache.put.bind(cache);
  const remove = cache.delete.bind(cache);
  cache.put = async (url, response) => {
    await put(url, response);
    cache.put = () => Promise.reject(new Error("closed"));
    cache.delete = () => Promise.reject(new Error("closed"));
  };
  first.writer.save(id, runAt(8), 3);
  await first.writer.idle();
  first.close();
  Object.assign(cache, { put, delete: remove });
  assert(partsIn(cache).includes("checkpoint-2"));

  const next = await tabOf(storageOf(cache), locks);
  assert.deepEqual(await steps(next.runs), [4]);
  assert.equal((await openRun(next.runs, id))?.checkpoint.length, 4);
  assert.equal(await next.runs.locks.take(id), true);
  next.writer.save(id, runAt(5), 3);
  await next.writer.idle();
  assert.deepEqual(partsIn(cache), ["checkpoint-2", "manifest.json", "pairs-2"]);
  assert.equal((await openRun(next.runs, id))?.checkpoint.length, 5);
});

test("without room the last run stays on the disk, and the reason is told", async () => {
  const cache = new FakeCache();
  const { writer, told, runs, id } = await tabOf(storageOf(cache));
  writer.save(id, runAt(4), 3);
  await writer.idle();
  cache.roomBytes = 0;
  writer.save(id, runAt(8), 3);
  await writer.idle();
  assert.match(told.at(-1)?.refusal ?? "", /no room/);
  assert.equal((await openRun(runs, id))?.about.checkpoint.step, 4);
  cache.roomBytes = Number.POSITIVE_INFINITY;
  writer.save(id, runAt(9), 3);
  await writer.idle();
  assert.equal(told.at(-1)?.refusal, null);
  assert.equal((await openRun(runs, id))?.about.checkpoint.step, 9);
});

test("where nothing can be stored, that is told of each run", async () => {
  for (const [storage, reason] of [
    [undefined, /https/],
    [refusingStorage, /switched off/],
  ] as const) {
    const { writer, told, id } = await tabOf(storage);
    writer.save(id, runAt(4), 3);
    await writer.idle();
    assert.match(told[0]?.refusal ?? "", reason);
    assert.deepEqual(await listed((await tabOf(storage)).runs), []);
  }
});

test("what another tab has written meanwhile stays as it is, beside what this one writes", async () => {
  const cache = new FakeCache();
  const locks = new FakeLocks();
  const [one, two] = [await tabOf(storageOf(cache), locks), await tabOf(storageOf(cache), locks)];
  for (const [{ writer, id }, step] of [
    [one, 1],
    [two, 2],
    [one, 3],
  ] as const) {
    writer.save(id, runAt(step), 3);
    await writer.idle();
  }
  const owners = async (runs: RunStorage) =>
    (await listed(runs)).map(({ about, owner }) => [about.checkpoint.step, owner]);
  assert.deepEqual(await owners(one.runs), [
    [3, "this_tab"],
    [2, "other_tab"],
  ]);
  two.close();
  assert.deepEqual((await owners(one.runs))[1], [2, "nobody"]);
});

test("a run that another tab has can neither be taken nor discarded nor written to, and can be read", async () => {
  const cache = new FakeCache();
  const locks = new FakeLocks();
  const owner = await tabOf(storageOf(cache), locks);
  const { id } = owner;
  owner.writer.save(id, runAt(4), 3);
  await owner.writer.idle();

  const other = await tabOf(storageOf(cache), locks);
  assert.equal(await other.runs.locks.take(id), false);
  assert.equal(await other.writer.discard(id), "taken");
  other.writer.save(id, runAt(9), 3);
  await other.writer.idle();
  assert.notEqual(other.told[0]?.refusal, null);
  assert.equal((await openRun(other.runs, id))?.checkpoint.length, 4);

  await owner.writer.release(id);
  assert.equal(await other.runs.locks.take(id), true);
  assert.equal(await owner.runs.locks.take(id), false);
  assert.equal(await owner.writer.discard(id), "taken");
  assert.equal(await other.writer.discard(id), "discarded");
  assert.equal(cache.entries.size, 0);
});

test("a browser without locks keeps its hands off every run that this tab has not made", async () => {
  const cache = new FakeCache();
  const first = await tabOf(storageOf(cache), null);
  first.writer.save(first.id, runAt(4), 3);
  await first.writer.idle();
  assert.equal(first.told[0]?.refusal, null);
  const next = await tabOf(storageOf(cache), null);
  assert.deepEqual(
    (await listed(next.runs)).map(({ owner }) => owner),
    ["unknown"],
  );
  assert.equal(await next.runs.locks.take(first.id), false);
  assert.equal(await next.writer.discard(first.id), "taken");
  assert.equal((await openRun(next.runs, first.id))?.checkpoint.length, 4);
  assert.equal(await first.writer.discard(first.id), "discarded");
});

test("a discarded run leaves nothing, also when it is just being written", async () => {
  const cache = new FakeCache();
  const { writer, told, runs, id } = await tabOf(storageOf(cache));
  writer.save(id, runAt(4), 3);
  assert.equal(await writer.discard(id), "discarded");
  await writer.idle();
  assert.deepEqual(told, []);
  assert.equal(cache.entries.size, 0);
  const next = await runs.locks.create();
  writer.save(next, runAt(5), 3);
  await writer.idle();
  assert.deepEqual(await steps(runs), [5]);
});

test("a run that can't be deleted now is still there, and that is told", async () => {
  const cache = new FakeCache();
  const { writer, runs, id } = await tabOf(storageOf(cache));
  writer.save(id, runAt(4), 3);
  await writer.idle();
  const remove = cache.delete.bind(cache);
  cache.delete = unreadable;
  assert.equal(await writer.discard(id), "refused");
  assert.equal((await openRun(runs, id))?.checkpoint.length, 4);
  cache.delete = remove;
  assert.equal(await writer.discard(id), "discarded");
});

test("a run that lacks a part, or is of another version, is no run and leaves nothing", async () => {
  for (const spoil of [
    (cache: FakeCache) => {
      for (const url of cache.entries.keys()) if (url.includes("pairs")) cache.entries.delete(url);
    },
    (cache: FakeCache) => {
      for (const url of cache.entries.keys()) if (url.includes("manifest")) cache.entries.set(url, new Blob(["{}"]));
    },
  ]) {
    const cache = new FakeCache();
    const locks = new FakeLocks();
    const { writer, id, close } = await tabOf(storageOf(cache), locks);
    writer.save(id, runAt(4), 3);
    await writer.idle();
    spoil(cache);
    const { runs } = await tabOf(storageOf(cache), locks);
    assert.equal(await openRun(runs, id), null);
    const nEntries = cache.entries.size;
    await listed(runs);
    assert.equal(cache.entries.size, nEntries, "a live tab may be about to write it again");
    close();
    assert.deepEqual(await listed(runs), []);
    assert.equal(cache.entries.size, 0);
  }
});

test("a run that can't be read just now is neither lost nor said to be absent", async () => {
  const cache = new FakeCache();
  const { writer, id, close } = await tabOf(storageOf(cache));
  writer.save(id, runAt(4), 3);
  await writer.idle();
  close();
  const whole = { match: cache.match.bind(cache), keys: cache.keys.bind(cache) };
  for (const method of ["match", "keys"] as const) {
    cache[method] = unreadable;
    const { runs } = await tabOf(storageOf(cache));
    const list = await runs.list();
    assert.deepEqual(list.runs, []);
    assert.match(list.problem ?? "", /internal error/);
    if (method === "match") await assert.rejects(openRun(runs, id), { name: "UnreadableError" });
    Object.assign(cache, whole);
    assert.deepEqual(await steps(runs), [4]);
    assert.equal((await openRun(runs, id))?.pairs, "pairs");
  }
});

test("storage that can't be opened just now is read as soon as it can", async () => {
  const cache = new FakeCache();
  const { writer, id } = await tabOf(storageOf(cache));
  writer.save(id, runAt(4), 3);
  await writer.idle();
  let isFailing = true;
  const storage = { open: () => (isFailing ? unreadable() : Promise.resolve(cache)) } as unknown as CacheStorage;
  const { runs } = await tabOf(storage);
  assert.match((await runs.list()).problem ?? "", /internal error/);
  isFailing = false;
  assert.deepEqual(await steps(runs), [4]);
});

test("a run of another version of the page is listed as such and stays until the visitor discards it", async () => {
  const cache = new FakeCache();
  const { writer, id, close } = await tabOf(storageOf(cache));
  writer.save(id, runAt(4), 3);
  await writer.idle();
  close();
  for (const [url, blob] of cache.entries) {
    if (!url.includes("manifest")) continue;
    const manifest = JSON.parse(await blob.text());
    const about = { ...manifest.about, format: RUN_FORMAT + 1 };
    cache.entries.set(url, new Blob([JSON.stringify({ ...manifest, about })]));
  }
  // It may have parts of other names.
  for (const url of cache.entries.keys()) if (url.includes("pairs")) cache.entries.delete(url);
  const next = await tabOf(storageOf(cache));
  const list = await next.runs.list();
  assert.deepEqual(list.runs, []);
  assert.match(list.unusable[0]?.about.fault ?? "", /format 3/);
  assert.equal(cache.entries.size, 2);
  assert.equal(await openRun(next.runs, id), null);
  assert.equal(await next.writer.discard(id), "discarded");
  assert.equal(cache.entries.size, 0);
});

test("a run is saved again as a whole after the visitor has cleared the data of the site", async () => {
  const caches = [new FakeCache(), new FakeCache()];
  let current = 0;
  const storage = { open: async () => caches[current] } as unknown as CacheStorage;
  const { writer, told, runs, id } = await tabOf(storage);
  const { pairs } = runAt(1);
  writer.save(id, runAt(1, pairs), 3);
  await writer.idle();
  current = 1;
  writer.save(id, runAt(2, pairs), 3);
  await writer.idle();
  assert.equal(told.at(-1)?.refusal, null);
  assert.equal((await openRun(runs, id))?.pairs, "pairs");
  assert.equal(caches[1]?.entries.size, 3);
});

test("data that are cleared while a run is being written are written again", async () => {
  for (let at = 0; at < 8; at += 1) {
    const caches = [new FakeCache(), new FakeCache()];
    let nOpened = Number.NEGATIVE_INFINITY;
    const storage = { open: async () => caches[nOpened++ < at ? 0 : 1] } as unknown as CacheStorage;
    const { writer, told, runs, id } = await tabOf(storage);
    const { pairs } = runAt(1);
    writer.save(id, runAt(1, pairs), 3);
    await writer.idle();
    nOpened = 0;
    writer.save(id, runAt(2, pairs), 3);
    await writer.idle();
    nOpened = at;
    assert.equal(told.at(-1)?.refusal, null);
    // It was looked at with the sixth use. What is cleared after that is gone; the next checkpoint brings it back.
    if (at < 6) assert.equal((await openRun(runs, id))?.pairs, "pairs", `cleared before the ${at}th use`);
    assert.deepEqual((await runs.list()).problem, null);
  }
});

test("a run that is saved beyond the limit takes the place of the oldest that no tab has", async () => {
  const cache = new FakeCache();
  const locks = new FakeLocks();
  const trained = async (step: number) => {
    const tab = await tabOf(storageOf(cache), locks);
    tab.writer.save(tab.id, runAt(step), 3);
    await tab.writer.idle();
    return tab;
  };
  const oldest = await trained(1);
  for (let step = 2; step <= MAX_SAVED_RUNS; step += 1) (await trained(step)).close();
  assert.equal((await steps(oldest.runs)).length, MAX_SAVED_RUNS);

  const imported = await tabOf(storageOf(cache), locks);
  imported.writer.save(imported.id, runAt(100), null);
  await imported.writer.idle();
  assert.equal((await steps(oldest.runs)).length, MAX_SAVED_RUNS + 1, "a file replaces nothing");
  imported.close();

  const newest = await trained(101);
  assert.notEqual(newest.told[0]?.droppedId, null);
  newest.writer.save(newest.id, runAt(102), 3);
  await newest.writer.idle();
  assert.equal(newest.told[1]?.droppedId, null, "its next checkpoint replaces its own");
  const left = await steps(newest.runs);
  assert.deepEqual(left.slice(-2), [3, 1], "the oldest is a live tab's, so the next one went");
  assert.deepEqual(left.slice(0, 2), [102, 100]);
});
