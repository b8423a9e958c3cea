import assert from "node:assert/strict";
import { test } from "node:test";
import { PIECE_BYTES } from "../src/settings";
import { bytesOf } from "../src/storage/content";
import { RUN_FORMAT, type RunFiles, readAbout } from "../src/storage/run_record";
import { findRun, type OnWritten, type RunCollection, RunWriter, runsIn, withRun } from "../src/storage/runs";
import { Store } from "../src/storage/store";
import { BASE, FakeCache, refusingStorage, storageOf } from "./cache_storage";
import { ABOUT_RUN, CONFIG, OBJECTIVES } from "./fixtures";

const opened = async (storage: CacheStorage | undefined) => runsIn(await Store.open(storage, BASE));

/** What is on the disk, as it is. */
const openRun = (runs: RunCollection) =>
  withRun(runs, async ({ about, checkpoint, pairs }) => ({
    about,
    checkpoint: await bytesOf(checkpoint),
    pairs: new TextDecoder().decode(await bytesOf(pairs)),
  }));

/** A checkpoint of `step` steps: as many bytes. */
function runAt(step: number, pairs = new Blob(["pairs"])): RunFiles & { pairs: Blob } {
  const about = {
    ...ABOUT_RUN,
    savedAt: step,
    checkpoint: { ...ABOUT_RUN.checkpoint, step, nBytes: step },
    pairs: { ...ABOUT_RUN.pairs, nBytes: pairs.size },
  };
  return { about, checkpoint: new Uint8Array(step).fill(step), pairs };
}

function writerOf(storage: CacheStorage | undefined) {
  const told: Parameters<OnWritten>[] = [];
  const writer = new RunWriter(opened(storage), (...args) => told.push(args));
  return { writer, told };
}

const partsIn = (cache: FakeCache) => [...cache.entries.keys()].map((url) => url.split("/").at(-1)).sort();

test("a run comes back as it was written, on the next visit", async () => {
  const cache = new FakeCache();
  const { writer, told } = writerOf(storageOf(cache));
  writer.save(runAt(4), 3);
  await writer.idle();
  assert.deepEqual(
    told.map(([{ about }, runKey, refusal]) => [about.checkpoint.step, runKey, refusal]),
    [[4, 3, null]],
  );
  const runs = await opened(storageOf(cache));
  assert.deepEqual(await findRun(runs), runAt(4).about);
  const files = await openRun(runs);
  assert.deepEqual(files?.checkpoint, new Uint8Array(4).fill(4));
  assert.equal(files?.pairs, "pairs");
});

test("a large checkpoint goes to the disk in pieces, and comes back whole", async () => {
  const cache = new FakeCache();
  const { writer } = writerOf(storageOf(cache));
  const bytes = new Uint8Array(2 * PIECE_BYTES + 5).map((_, idx) => idx % 251);
  const { about } = runAt(4);
  const large = { ...about, checkpoint: { ...about.checkpoint, nBytes: bytes.length } };
  writer.save({ ...runAt(4), about: large, checkpoint: bytes }, 3);
  await writer.idle();
  const files = await openRun(await opened(storageOf(cache)));
  assert.equal(Buffer.compare(files?.checkpoint ?? new Uint8Array(), bytes), 0);
});

test("of what comes while one is written only the newest is", async () => {
  const cache = new FakeCache();
  const { writer, told } = writerOf(storageOf(cache));
  for (const step of [1, 2, 3, 4]) writer.save(runAt(step), 3);
  await writer.idle();
  const steps = told.map(([{ about }]) => about.checkpoint.step);
  assert.equal(steps.at(-1), 4);
  assert(steps.length <= 2, `written: ${steps}`);
  assert.equal((await openRun(await opened(storageOf(cache))))?.about.checkpoint.step, 4);
});

test("one checkpoint and one file of pairs are kept, and the pairs are written once", async () => {
  const cache = new FakeCache();
  const { writer } = writerOf(storageOf(cache));
  const { pairs } = runAt(1);
  const puts: string[] = [];
  const put = cache.put.bind(cache);
  cache.put = (url, response) => {
    puts.push(url.split("/").at(-1) ?? "");
    return put(url, response);
  };
  for (const step of [1, 2, 3]) {
    writer.save(runAt(step, pairs), 3);
    await writer.idle();
  }
  assert.deepEqual(partsIn(cache), ["checkpoint-3", "manifest.json", "pairs-1"]);
  assert.equal(puts.filter((name) => name.startsWith("pairs")).length, 1);
  // The end of a run changes the record only.
  const last = runAt(3, pairs);
  writer.save(last, 3);
  await writer.idle();
  const before = puts.length;
  writer.save({ ...last, about: { ...last.about, savedAt: 9 } }, 3);
  await writer.idle();
  assert.deepEqual(puts.slice(before), ["manifest.json"]);
  assert.equal((await findRun(await opened(storageOf(cache))))?.savedAt, 9);
});

test("a write that is interrupted between checkpoint and manifest leaves the previous run as it was", async () => {
  const cache = new FakeCache();
  const first = writerOf(storageOf(cache));
  first.writer.save(runAt(4), 3);
  await first.writer.idle();
  // The tab is closed when the checkpoint has been written: nothing after that reaches the disk.
  const put = cache.put.bind(cache);
  const remove = cache.delete.bind(cache);
  cache.put = async (url, response) => {
    await put(url, response);
    cache.put = () => Promise.reject(new Error("closed"));
    cache.delete = () => Promise.reject(new Error("closed"));
  };
  first.writer.save(runAt(8), 3);
  await first.writer.idle();
  Object.assign(cache, { put, delete: remove });
  assert(partsIn(cache).includes("checkpoint-2"));

  const runs = await opened(storageOf(cache));
  assert.equal((await findRun(runs))?.checkpoint.step, 4);
  assert.equal((await openRun(runs))?.checkpoint.length, 4);
  const next = writerOf(storageOf(cache));
  next.writer.save(runAt(5), 3);
  await next.writer.idle();
  assert.deepEqual(partsIn(cache), ["checkpoint-2", "manifest.json", "pairs-2"]);
  assert.equal((await openRun(runs))?.checkpoint.length, 5);
});

test("without room the last run stays on the disk, and the reason is told", async () => {
  const cache = new FakeCache();
  const { writer, told } = writerOf(storageOf(cache));
  writer.save(runAt(4), 3);
  await writer.idle();
  cache.roomBytes = 0;
  writer.save(runAt(8), 3);
  await writer.idle();
  assert.match(told.at(-1)?.[2] ?? "", /no room/);
  const runs = await opened(storageOf(cache));
  assert.equal((await openRun(runs))?.about.checkpoint.step, 4);
  cache.roomBytes = Number.POSITIVE_INFINITY;
  writer.save(runAt(9), 3);
  await writer.idle();
  assert.equal(told.at(-1)?.[2], null);
  assert.equal((await openRun(runs))?.about.checkpoint.step, 9);
});

test("where nothing can be stored, that is told of each run", async () => {
  for (const [storage, reason] of [
    [undefined, /https/],
    [refusingStorage, /switched off/],
  ] as const) {
    const { writer, told } = writerOf(storage);
    writer.save(runAt(4), 3);
    await writer.idle();
    assert.match(told[0]?.[2] ?? "", reason);
    assert.equal(await findRun(await opened(storage)), null);
  }
});

test("what another tab has written meanwhile is replaced as a whole", async () => {
  const cache = new FakeCache();
  const { pairs } = runAt(1);
  const [one, two] = [writerOf(storageOf(cache)), writerOf(storageOf(cache))];
  for (const [{ writer }, step] of [
    [one, 1],
    [two, 2],
    [one, 3],
  ] as const) {
    writer.save(runAt(step, pairs), 3);
    await writer.idle();
  }
  assert.deepEqual(partsIn(cache), ["checkpoint-3", "manifest.json", "pairs-3"]);
  assert.equal((await openRun(await opened(storageOf(cache))))?.pairs, "pairs");
});

test("a discarded run leaves nothing, also when it is just being written", async () => {
  const cache = new FakeCache();
  const { writer, told } = writerOf(storageOf(cache));
  writer.save(runAt(4), 3);
  writer.discard();
  await writer.idle();
  assert.deepEqual(told, []);
  assert.equal(cache.entries.size, 0);
  writer.save(runAt(5), 3);
  await writer.idle();
  assert.equal((await findRun(await opened(storageOf(cache))))?.checkpoint.step, 5);
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
    const { writer } = writerOf(storageOf(cache));
    writer.save(runAt(4), 3);
    await writer.idle();
    spoil(cache);
    const runs = await opened(storageOf(cache));
    assert.equal(await openRun(runs), null);
    assert.equal(await findRun(runs), null);
    assert.equal(cache.entries.size, 0);
  }
});

const SCORES = {
  n_pairs: 2,
  classification_loss: 1,
  regression_loss: null,
  accuracy: 0.5,
  macro_f1: 0.5,
  confusion: {
    counts: [
      [1, 1],
      [0, 0],
    ],
  },
  correlation: { pearson: null, spearman: 0.5 },
};

test("a record is read back as it was, a run that has diverged too", () => {
  const json = (about: unknown) => JSON.parse(JSON.stringify(about));
  const { report, curves } = ABOUT_RUN;
  const { classification } = curves;
  assert(report && classification);
  const diverged = {
    ...ABOUT_RUN,
    report: { ...report, loss: Number.NaN },
    curves: { ...curves, classification: { ...classification, raw: classification.raw.map(() => Number.NaN) } },
  };
  assert.deepEqual(readAbout(json(ABOUT_RUN)).about, ABOUT_RUN);
  const scored = { ...ABOUT_RUN, after: SCORES };
  assert.deepEqual(readAbout(json(scored)).about, scored);
  assert.deepEqual(readAbout(json(diverged)).about, diverged);
});

test("a record of the first format, with two objectives in fields of their own, is read as one of today", () => {
  const { plan, curves, report, ...rest } = ABOUT_RUN;
  const { objectives: _, ...planOfOne } = plan;
  const { losses: __, ...reportOfOne } = report ?? assert.fail();
  const one = {
    ...rest,
    ...curves,
    format: 1,
    plan: planOfOne,
    report: { ...reportOfOne, classification_loss: 1, regression_loss: null },
  };
  const { about } = readAbout(JSON.parse(JSON.stringify(one)));
  assert.deepEqual({ ...about, plan: planOfOne }, { ...ABOUT_RUN, plan: planOfOne });
  assert.deepEqual(
    about?.plan.objectives.map(({ name, label }) => [name, label]),
    OBJECTIVES.map(({ name, label }) => [name, label]),
  );
});

test("every field of a record is looked at, and the fault names it", () => {
  const cases: [unknown, RegExp][] = [
    [null, /no record/],
    [[], /format is missing/],
    [{ ...ABOUT_RUN, format: RUN_FORMAT + 1 }, /format 3, and this page reads format 2/],
    [{ ...ABOUT_RUN, savedAt: 1e300 }, /^savedAt is not/],
    [{ ...ABOUT_RUN, labels: { ...ABOUT_RUN.labels, classes: ["one"] }, after: SCORES }, /not of 1 classes/],
    [{ ...ABOUT_RUN, model: undefined }, /^model is missing/],
    [{ ...ABOUT_RUN, model: { ...ABOUT_RUN.model, hub: { id: 5, revision: "main" } } }, /^model\.hub\.id is not/],
    [{ ...ABOUT_RUN, order: { config: {}, nWorkers: null } }, /^order\.config\.freeze is missing/],
    [{ ...ABOUT_RUN, order: { config: { ...CONFIG, epochs: "3" }, nWorkers: null } }, /^order\.config\.epochs is not/],
    [{ ...ABOUT_RUN, checkpoint: { ...ABOUT_RUN.checkpoint, step: 0 } }, /^checkpoint\.step is not/],
    [{ ...ABOUT_RUN, checkpoint: { ...ABOUT_RUN.checkpoint, step: 11 } }, /at step 11 of a run of 10/],
    [
      { ...ABOUT_RUN, curves: { regression: { ...ABOUT_RUN.curves.regression, raw: [1] } } },
      /^curves\.regression is not/,
    ],
    [{ ...ABOUT_RUN, pairs: { ...ABOUT_RUN.pairs, plan: { classes: [] } } }, /^pairs\.plan\.\w+ is missing/],
    [{ ...ABOUT_RUN, labels: { ...ABOUT_RUN.labels, classes: [1] } }, /^labels\.classes\.0 is not/],
  ];
  for (const [json, fault] of cases) assert.match(readAbout(json).fault ?? "", fault);
});
