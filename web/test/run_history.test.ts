import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_PAST_RUNS } from "../src/settings";
import { RunHistory } from "../src/storage/run_history";
import { BASE, FakeCache, refusingStorage, storageOf } from "./cache_storage";
import { Device, type Faults } from "./device";
import { pastRun, SUMMARY, TABLE } from "./past_runs";

const urlOf = (path: string) => new URL(`shelf/history-1/${path}`, BASE).href;

async function idsIn(history: RunHistory): Promise<string[]> {
  return (await history.list()).runs.map(({ id }) => id);
}

test("a summary and its predictions are there after a reload, and a rename changes the name alone", async () => {
  const storage = storageOf(new FakeCache());
  const diverged = { ...SUMMARY, curves: SUMMARY.curves.map((curve) => ({ ...curve, values: [2, Number.NaN] })) };
  const first = await RunHistory.open(storage, BASE);
  await first.add("a", diverged, TABLE);
  assert.equal(await first.rename("a", "=mine"), true);
  assert.equal(await first.rename("b", "nobody"), false);

  const later = await RunHistory.open(storage, BASE);
  assert.deepEqual(await later.list(), {
    runs: [{ ...diverged, id: "a", name: "=mine" }],
    nUnusable: 0,
    problem: null,
  });
  assert.deepEqual(await later.predictions("a"), TABLE);
  assert.equal(await later.predictions("b"), null);
  assert.equal(later.refusal, null);
});

test("a run that is there is not written again: it may have another name by now", async () => {
  const history = await RunHistory.open(storageOf(new FakeCache()), BASE);
  await history.add("a", SUMMARY, null);
  await history.rename("a", "mine");
  await history.add("a", SUMMARY, TABLE);
  assert.equal((await history.list()).runs[0]?.name, "mine");
});

test("what another version has written stays, and is counted", async () => {
  const cache = new FakeCache();
  const manifest = { savedAt: 1, isComplete: true, parts: [], about: { ...SUMMARY, format: 2 } };
  await cache.put(urlOf("new/manifest.json"), new Response(JSON.stringify(manifest)));
  await cache.put(urlOf("bad/manifest.json"), new Response("{"));
  const history = await RunHistory.open(storageOf(cache), BASE);
  await history.add("a", SUMMARY, TABLE);
  const { runs, nUnusable } = await history.list();
  assert.deepEqual([runs.length, nUnusable], [1, 2]);
  assert(cache.entries.has(urlOf("new/manifest.json")) && cache.entries.has(urlOf("bad/manifest.json")));
});

test("what can't be read just now is left alone, and nothing makes room meanwhile", async () => {
  const device = new Device();
  const writer = await RunHistory.open(device.tab().caches, BASE);
  for (const id of ["a", "b"]) await writer.add(id, SUMMARY, null);
  const entries = [...device.cache.entries.keys()];
  for (let number = 0; number < 3; number += 1) {
    const faults: Faults = { write: () => null, read: (read) => read === number };
    const list = await (await RunHistory.open(device.tab(faults).caches, BASE)).list();
    assert.match(list.problem ?? "", /Unexpected/);
    assert(list.runs.length < 2);
  }
  assert.deepEqual([...device.cache.entries.keys()], entries);
});

test("a tab that dies while it writes or deletes leaves a whole record, or nothing that stays", async () => {
  for (const fault of ["dies_before", "dies_within", "dies_after"] as const) {
    for (let number = 0; number < 4; number += 1) {
      const device = new Device();
      const tab = device.tab({ write: (write) => (write === number ? fault : null), read: () => false });
      const work = async () => {
        const history = await RunHistory.open(tab.caches, BASE);
        await history.add("a", SUMMARY, TABLE);
        await history.delete("a");
      };
      await Promise.race([work(), tab.died]);
      const later = await RunHistory.open(device.tab().caches, BASE);
      const { runs, problem, nUnusable } = await later.list();
      assert.deepEqual([problem, nUnusable], [null, 0]);
      for (const run of runs) assert.deepEqual(run, pastRun("a"));
      const isWhole = runs.length === 1;
      assert.equal(device.cache.entries.has(urlOf("a/manifest.json")), isWhole);
      if (!isWhole) assert.equal(device.cache.entries.size, 0, `${fault} at write ${number}`);
    }
  }
});

test("beyond the limit the oldest go, and of others none", async () => {
  const history = await RunHistory.open(storageOf(new FakeCache()), BASE);
  for (let n = 0; n < MAX_PAST_RUNS + 2; n += 1) {
    await history.add(`run-${n}`, { ...SUMMARY, finishedAt: SUMMARY.finishedAt + n }, null);
  }
  const ids = await idsIn(history);
  assert.equal(ids.length, MAX_PAST_RUNS);
  assert.deepEqual([ids[0], ids.at(-1)], [`run-${MAX_PAST_RUNS + 1}`, "run-2"]);
});

test("where the browser refuses, runs are in memory, and the reason is known", async () => {
  for (const storage of [refusingStorage, undefined]) {
    const history = await RunHistory.open(storage, BASE);
    await history.add("a", SUMMARY, TABLE);
    assert.deepEqual(await idsIn(history), ["a"]);
    assert.deepEqual(await history.predictions("a"), TABLE);
    assert.match(history.refusal ?? "", /switched off|https/);
    assert.equal(await history.delete("a"), true);
    assert.deepEqual(await idsIn(history), []);
  }
  const full = new FakeCache();
  full.roomBytes = 10;
  const history = await RunHistory.open(storageOf(full), BASE);
  await history.add("a", SUMMARY, TABLE);
  assert.deepEqual([await idsIn(history), full.entries.size], [["a"], 0]);
  assert.match(history.refusal ?? "", /no room/);
});
