/**
 * The run that is kept on this device, one at a time: its checkpoint and its pairs as parts, the record of it in the
 * manifest.
 *
 * A part is never overwritten: the next checkpoint gets a new name, then the manifest is written to list it, and only
 * then the previous one is deleted. Wherever a write is interrupted, the manifest lists complete parts.
 */

import { sizeOf } from "./content";
import { type AboutRun, type RunFiles, readAbout } from "./run_record";
import type { Collection, Part, Store } from "./store";

/** The number is the version of the layout: records of another version are deleted. */
const COLLECTION = "runs-1";

/** The one record. */
const KEY = "last";

/** Only one tab writes at a time: another would delete its parts as unused. */
const LOCK = "sentence-bert-lab.run";

const CHECKPOINT = "checkpoint";
const PAIRS = "pairs";

export type RunCollection = Collection<AboutRun>;

export function runsIn(store: Store): RunCollection {
  return store.collection(COLLECTION, (json) => readAbout(json).about);
}

/** The record of the stored run; null if there is none, or not all of it. */
export async function findRun(runs: RunCollection): Promise<AboutRun | null> {
  return inTurn(async () => {
    const manifest = await runs.manifest(KEY);
    const names = await runs.partNames(KEY);
    if (manifest?.parts.every(({ name }) => names.includes(name))) return manifest.about;
    // What can't be resumed only takes space: it is left from an interrupted write or another version of this page.
    await runs.delete(KEY);
    return null;
  });
}

/**
 * Use the stored run: it is not replaced meanwhile. Returns what `use` returns, or null if not all of the run is there.
 */
export async function withRun<T>(runs: RunCollection, use: (files: RunFiles) => Promise<T>): Promise<T | null> {
  return inTurn(async () => {
    const manifest = await runs.manifest(KEY);
    if (manifest === null) return null;
    const { about, parts } = manifest;
    const checkpoint = await partOf(runs, parts, CHECKPOINT);
    const pairs = await partOf(runs, parts, PAIRS);
    if (checkpoint?.size !== about.checkpoint.nBytes || pairs?.size !== about.pairs.nBytes) return null;
    return use({ about, checkpoint, pairs });
  });
}

/** What was written last, and under which names: unchanged files are not written again. */
interface Written {
  files: RunFiles;
  parts: readonly Part[];
}

/** What is to be written: a run, or null to delete the stored one. `runKey` is null if it is from a file. */
interface Job {
  files: RunFiles | null;
  runKey: number | null;
}

/** Called for each run. `refusal`: why it is not on disk; null if it is. */
export type OnWritten = (files: RunFiles, runKey: number | null, refusal: string | null) => void;

/** Writes runs one after the other. While one is written, only the newest of the others waits. */
export class RunWriter {
  readonly #opening: Promise<RunCollection>;
  readonly #onWritten: OnWritten;
  #next: Job | null = null;
  #work: Promise<void> | null = null;
  #written: Written | null = null;

  constructor(opening: Promise<RunCollection>, onWritten: OnWritten) {
    this.#opening = opening;
    this.#onWritten = onWritten;
  }

  /** @param runKey Key of the run in this tab; null if it is from a file. */
  save(files: RunFiles, runKey: number | null): void {
    this.#ask({ files, runKey });
  }

  /** Delete the stored run, and what is being written. */
  discard(): void {
    this.#ask({ files: null, runKey: null });
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    await this.#work;
  }

  #ask(job: Job): void {
    this.#next = job;
    this.#work ??= this.#workThrough();
  }

  async #workThrough(): Promise<void> {
    const runs = await this.#opening;
    for (let job = this.#take(); job !== null; job = this.#take()) {
      const { files, runKey } = job;
      const isOnDisk = await inTurn(() => this.#put(runs, files)).catch(() => false);
      if (files === null || this.#isToDiscard()) continue;
      this.#onWritten(files, runKey, isOnDisk ? null : (runs.store.refusal ?? "storage can't be used"));
    }
    this.#work = null;
  }

  #isToDiscard(): boolean {
    return this.#next !== null && this.#next.files === null;
  }

  #take(): Job | null {
    const job = this.#next;
    this.#next = null;
    return job;
  }

  async #put(runs: RunCollection, files: RunFiles | null): Promise<boolean> {
    if (files !== null) {
      this.#written = await putRun(runs, files, this.#written);
      return this.#written !== null;
    }
    this.#written = null;
    await runs.delete(KEY);
    return true;
  }
}

/** Replace the stored run; null if the browser refuses, which leaves the stored one as it is. */
async function putRun(runs: RunCollection, files: RunFiles, last: Written | null): Promise<Written | null> {
  const here = await runs.manifest(KEY);
  // Another tab may have written since.
  const own = last !== null && here?.about.savedAt === last.files.about.savedAt ? last : null;
  const number = 1 + Math.max(0, ...(here?.parts.map(({ name }) => numberOf(name)) ?? []));
  const parts: Part[] = [];
  for (const [kind, content, lastContent] of [
    [CHECKPOINT, files.checkpoint, own?.files.checkpoint],
    [PAIRS, files.pairs, own?.files.pairs],
  ] as const) {
    const kept = content === lastContent ? own?.parts.find(({ name }) => isOfKind(name, kind)) : undefined;
    const part = kept ?? { name: `${kind}-${number}`, size: sizeOf(content) };
    parts.push(part);
    if (kept === undefined && !(await runs.putPartOnDisk(KEY, part.name, content))) return withdraw(runs, here?.parts);
  }
  const { savedAt } = files.about;
  const manifest = { savedAt, isComplete: true, parts, about: files.about };
  if (!(await runs.putManifestOnDisk(KEY, manifest))) return withdraw(runs, here?.parts);
  await keepOnly(runs, parts);
  return { files, parts };
}

/** Delete the parts of an unfinished write. */
async function withdraw(runs: RunCollection, parts: readonly Part[] = []): Promise<null> {
  await keepOnly(runs, parts);
  return null;
}

async function keepOnly(runs: RunCollection, parts: readonly Part[]): Promise<void> {
  for (const name of await runs.partNames(KEY)) {
    if (!parts.some((part) => part.name === name)) await runs.deletePart(KEY, name);
  }
}

async function partOf(runs: RunCollection, parts: readonly Part[], kind: string): Promise<Blob | null> {
  const part = parts.find(({ name }) => isOfKind(name, kind));
  return part === undefined ? null : runs.part(KEY, part.name);
}

const isOfKind = (name: string, kind: string) => name.startsWith(`${kind}-`);

const numberOf = (name: string) => Number(name.split("-").at(-1)) || 0;

/** Browsers with Cache Storage have locks; without storage there is nothing to lock. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  return locks === undefined ? work() : locks.request(LOCK, work);
}
