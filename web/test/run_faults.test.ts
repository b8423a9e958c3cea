/** Saved runs survive what may happen to a tab and to storage: after it, nothing older is lost and nothing is mixed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../src/storage/content";
import type { RunFiles } from "../src/storage/run_record";
import { RunWriter } from "../src/storage/run_writer";
import { Device, FAULTS, type Fault, type Faults, randomFrom, type Tab } from "./device";
import { ABOUT_RUN } from "./fixtures";
import { VersionBefore } from "./version_before";

/** Seeds of the interleaved tabs. */
const N_SEEDS = 100;

/** The run `name` after `step` steps: no two have the same bytes. */
function runAt(name: string, step: number, pairs = new Blob([`the pairs of ${name}`])): RunFiles {
  const checkpoint = new TextEncoder().encode(`${name} at step ${step} ${"x".repeat(step)}`);
  const about = {
    ...ABOUT_RUN,
    savedAt: step,
    model: { ...ABOUT_RUN.model, name },
    plan: { ...ABOUT_RUN.plan, nSteps: 1000 },
    checkpoint: { ...ABOUT_RUN.checkpoint, step, nBytes: checkpoint.length },
    pairs: { ...ABOUT_RUN.pairs, nBytes: pairs.size },
  };
  return { about, checkpoint, pairs };
}

/** What was written of each run, and what its tabs were told of it. */
class Ledger {
  readonly #written = new Map<string, Set<number>>();
  readonly #onDisk = new Map<string, number>();
  readonly discarded = new Set<string>();

  writes(name: string, step: number): void {
    const steps = this.#written.get(name) ?? new Set();
    this.#written.set(name, steps.add(step));
  }

  isOnDisk(name: string, step: number): void {
    this.#onDisk.set(name, Math.max(step, this.#onDisk.get(name) ?? 0));
  }

  /** What is read is exactly one of the checkpoints that were written. */
  async expectWritten({ about, checkpoint, pairs }: RunFiles): Promise<void> {
    const { name } = about.model;
    const { step } = about.checkpoint;
    assert(this.#written.get(name)?.has(step), `${name} was never written at step ${step}`);
    const expected = runAt(name, step);
    assert.deepEqual(about, expected.about);
    assert.equal(Buffer.compare(await bytesOf(checkpoint), await bytesOf(expected.checkpoint)), 0);
    assert.equal(Buffer.compare(await bytesOf(pairs), await bytesOf(expected.pairs)), 0);
  }

  /** Another visit finds each run as it was last said to be saved, or newer. Returns the steps found. */
  async expectKept(device: Device): Promise<Map<string, number>> {
    const storage = await device.tab().open();
    const { runs, problem } = await storage.list();
    assert.equal(problem, null);
    const found = new Map<string, number>();
    for (const { id } of runs) {
      const files = await storage.withRun(id, async (opened) => opened);
      assert(files !== null, "what is listed is whole");
      await this.expectWritten(files);
      const { model, checkpoint } = files.about;
      found.set(model.name, Math.max(checkpoint.step, found.get(model.name) ?? 0));
    }
    for (const [name, step] of this.#onDisk) {
      if (!this.discarded.has(name)) assert((found.get(name) ?? 0) >= step, `${name} at step ${step} is lost`);
    }
    return found;
  }
}

function writerOf(tab: Tab, ledger: Ledger): RunWriter {
  return new RunWriter(tab.open(), ({ files: { about }, refusal }) => {
    if (refusal === null) ledger.isOnDisk(about.model.name, about.checkpoint.step);
  });
}

/** Save steps of a run that the tab has, one after the other. */
async function save(writer: RunWriter, ledger: Ledger, id: string, name: string, steps: readonly number[]) {
  // The pairs are the same Blob throughout a run, as in the page.
  const { pairs } = runAt(name, 0);
  for (const step of steps) {
    ledger.writes(name, step);
    writer.save(id, runAt(name, step, pairs as Blob), 1);
    await writer.idle();
  }
}

const STEPS = [1, 2, 3, 4, 5];

/** An older run is there; a tab with these faults begins another, saves it five times and is closed. */
async function interruptedRun(faults: Faults) {
  const device = new Device();
  const ledger = new Ledger();
  const train = async (tab: Tab, name: string, steps: readonly number[]) => {
    const storage = await tab.open();
    await save(writerOf(tab, ledger), ledger, await storage.locks.create(), name, steps);
  };
  const older = device.tab();
  await train(older, "older", [7]);
  void older.die();
  const tab = device.tab(faults);
  await Promise.race([train(tab, "run", STEPS), tab.died]);
  void tab.die();
  return { device, ledger, tab };
}

/** Another tab continues the run, and leaves nothing behind that no run has. */
async function continueRun({ device, ledger }: { device: Device; ledger: Ledger }): Promise<void> {
  const tab = device.tab();
  const storage = await tab.open();
  const { runs } = await storage.list();
  const found = runs.find(({ about }) => about.model.name === "run");
  if (found !== undefined) {
    assert.equal(await storage.locks.take(found.id), true, "a closed tab has no run");
    await save(writerOf(tab, ledger), ledger, found.id, "run", [9]);
    assert.equal((await ledger.expectKept(device)).get("run"), 9);
  }
  assert.equal(device.cache.entries.size, 3 * runs.length, [...device.cache.entries.keys()].join("\n"));
}

test("a run whose tab dies or is refused at any one of its writes is found whole, and so is the one before it", async () => {
  const whole = await interruptedRun({ write: () => null, read: () => false });
  assert.equal((await whole.ledger.expectKept(whole.device)).get("run"), STEPS.at(-1));
  const { nWrites } = whole.tab;
  assert(nWrites > 3 * (STEPS.length - 1), "each save is several writes");
  for (const fault of FAULTS) {
    for (let at = 0; at < nWrites; at += 1) {
      const run = await interruptedRun({ write: (number) => (number === at ? fault : null), read: () => false });
      const found = await run.ledger.expectKept(run.device);
      assert.equal(found.get("older"), 7);
      // A refusal is over with the next save; whoever dies has lost one step at most.
      if (!fault.startsWith("dies"))
        assert(found.get("run") === STEPS.at(-1) || at >= nWrites - 3, `${fault} at ${at}`);
      await continueRun(run);
    }
  }
});

test("a disk that is full from any write on leaves what was saved before", async () => {
  for (let at = 0; at < 16; at += 1) {
    const run = await interruptedRun({ write: (number) => (number >= at ? "refused" : null), read: () => false });
    assert.equal((await run.ledger.expectKept(run.device)).get("older"), 7);
    const [stored] = (await (await run.device.tab().open()).list()).runs.filter(
      ({ about }) => about.model.name === "run",
    );
    // Two parts and the manifest are the first save; each later one is a part, the manifest, and the old part deleted.
    assert.equal(stored?.about.checkpoint.step ?? 0, at < 3 ? 0 : Math.min(STEPS.length, Math.floor((at + 1) / 3)));
  }
});

test("a read that fails once deletes nothing, whichever it is", async () => {
  const whole = await interruptedRun({ write: () => null, read: () => false });
  for (let at = 0; at < whole.tab.nReads; at += 1) {
    const run = await interruptedRun({ write: () => null, read: (number) => number === at });
    const found = await run.ledger.expectKept(run.device);
    assert.equal(found.get("older"), 7, `read ${at}`);
    // A save that can't see what is there leaves it as it is; the next one is made.
    assert((found.get("run") ?? 0) >= STEPS.length - 1, `read ${at}`);
  }
  for (let at = 0; at < 12; at += 1) {
    const device = new Device();
    const ledger = new Ledger();
    const writer = device.tab();
    const id = await (await writer.open()).locks.create();
    await save(writerOf(writer, ledger), ledger, id, "run", STEPS);
    void writer.die();
    const before = new Map(device.cache.entries);
    const storage = await device.tab({ write: () => null, read: (number) => number === at }).open();
    const { runs, problem } = await storage.list();
    if (problem === null) assert.equal(runs.length, 1);
    await storage.withRun(id, async () => true).catch(() => {});
    assert.deepEqual([...device.cache.entries], [...before], `read ${at}`);
  }
});

/** What a visitor may do in one tab, drawn from the seed. */
async function visit(tab: Tab, device: Device, ledger: Ledger, random: () => number, visitor: string): Promise<void> {
  const draw = (n: number) => Math.floor(random() * n);
  const storage = await tab.open();
  const writer = writerOf(tab, ledger);
  const expectOneOwner = (id: string) => assert.deepEqual(device.ownersOf(id), [tab]);
  const saveOn = async (id: string, name: string, from: number) => {
    const steps = Array.from({ length: 1 + draw(4) }, (_, idx) => from + 1 + idx);
    await save(writer, ledger, id, name, steps);
    expectOneOwner(id);
    if (random() < 0.5) await writer.release(id);
  };
  for (let nActions = 0; nActions < 3; nActions += 1) {
    const action = draw(4);
    if (action < 2) {
      const id = await storage.locks.create();
      await saveOn(id, `${visitor} ${nActions}`, 0);
      continue;
    }
    const { runs } = await storage.list();
    const chosen = runs[draw(runs.length)];
    if (chosen === undefined) continue;
    const { id } = chosen;
    const { name } = chosen.about.model;
    const others = () => device.ownersOf(id).filter((owner) => owner !== tab);
    if (action === 2) {
      if (!(await storage.locks.take(id))) continue;
      expectOneOwner(id);
      const copy = async (files: RunFiles) => ({ ...files, checkpoint: await bytesOf(files.checkpoint) });
      const files = await storage.withRun(id, copy).catch(() => null);
      if (files === null) continue;
      await ledger.expectWritten(files);
      await saveOn(await storage.adopt(id, files), files.about.model.name, files.about.checkpoint.step);
    } else {
      const [before] = others();
      const wasDiscarded = ledger.discarded.has(name);
      ledger.discarded.add(name);
      const outcome = await writer.discard(id);
      if (outcome === "taken" && !wasDiscarded) ledger.discarded.delete(name);
      const [after] = others();
      if (before !== undefined && before === after) assert.equal(outcome, "taken", "another live tab has it");
    }
  }
}

/** A tab of the version before trains one run, and now and then looks for it as after a reload. */
async function visitBefore(tab: Tab, ledger: Ledger): Promise<void> {
  const version = new VersionBefore(tab);
  for (const step of STEPS) {
    ledger.writes("old", step);
    if (await version.save(runAt("old", step))) ledger.isOnDisk("old", step);
    const found = await version.find();
    if (found !== null) await ledger.expectWritten(found);
  }
}

/** Most tabs meet one fault; every other one reads badly now and then. */
function drawnFaults(random: () => number, kinds: readonly Fault[]): Faults {
  const at = Math.floor(random() * 24);
  const kind = kinds[Math.floor(random() * (kinds.length + 1))] ?? null;
  const isFull = random() < 0.3;
  const everyNth = random() < 0.5 ? 3 + Math.floor(random() * 12) : Number.POSITIVE_INFINITY;
  return {
    write: (number) => (number === at || (isFull && kind === "refused" && number > at) ? kind : null),
    read: (number) => number % everyNth === everyNth - 1,
  };
}

test("tabs of this version and of the one before lose nothing of each other's, in any order and with any fault", async () => {
  for (let seed = 1; seed <= N_SEEDS; seed += 1) {
    const random = randomFrom(seed);
    const device = new Device();
    const ledger = new Ledger();
    const [one, two] = [device.tab(drawnFaults(random, FAULTS)), device.tab(drawnFaults(random, FAULTS))];
    // That version trusts what a browser answers.
    const dying = drawnFaults(random, ["refused", "dies_before", "dies_within", "dies_after"]);
    const old = device.tab({ ...dying, read: () => false });
    try {
      await device.play(random, [
        [one, () => visit(one, device, ledger, random, "one")],
        [two, () => visit(two, device, ledger, random, "two")],
        [old, () => visitBefore(old, ledger)],
      ]);
      for (const tab of device.tabs) void tab.die();
      await ledger.expectKept(device);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : error}`);
    }
  }
});

test("the version before finds its own run as it was, whatever this one has stored beside it", async () => {
  const device = new Device();
  const ledger = new Ledger();
  const before = new VersionBefore(device.tab());
  assert.equal(await before.save(runAt("old", 4)), true);
  ledger.writes("old", 4);
  ledger.isOnDisk("old", 4);
  const tab = device.tab();
  const storage = await tab.open();
  await save(writerOf(tab, ledger), ledger, await storage.locks.create(), "new", STEPS);
  assert.deepEqual((await before.find())?.about, runAt("old", 4).about);
  assert.equal(await before.save(runAt("old", 5)), true);
  ledger.writes("old", 5);
  assert.deepEqual(Object.fromEntries(await ledger.expectKept(device)), { old: 5, new: 5 });
});
