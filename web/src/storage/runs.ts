/**
 * The saved runs of this browser: one record each, which only the tab that has the run changes or deletes.
 *
 * A version before this one kept a single run, under `OLD_KEY`. It is listed with the others, and its first use moves it
 * to a record of its own. That version neither sees nor deletes what is stored here.
 */

import { MAX_SAVED_RUNS } from "../settings";
import { text } from "../text";
import { isUsable, isWhole, type RunCollection, readRun, runsIn, type Written, writeRun } from "./run_files";
import { type Owner, RunLocks } from "./run_locks";
import type { AboutRun, RunFiles, UnusableRun } from "./run_record";
import { type Manifest, reasonOf, Store } from "./store";

/** The number is the version of the layout. */
const COLLECTION = "runs-2";

const OLD_COLLECTION = "runs-1";
/** The one record of the version before, and its id here. */
const OLD_KEY = "last";
/** That version holds this lock while it works on its record. */
const OLD_LOCK = "sentence-bert-lab.run";

export interface FoundRun<About = AboutRun> {
  id: string;
  about: About;
  /** Milliseconds since 1970. */
  savedAt: number;
  owner: Owner;
}

export interface RunList {
  /** The newest first. */
  runs: FoundRun[];
  /** Those of other versions of this page. */
  unusable: FoundRun<UnusableRun>[];
  /** Why some are left out, which could not be read just now; null if none is. */
  problem: string | null;
}

export class RunStorage {
  readonly locks: RunLocks;
  readonly #store: Store;
  readonly #runs: RunCollection;
  readonly #old: RunCollection;

  private constructor(store: Store, locks: LockManager | undefined) {
    this.locks = new RunLocks(locks);
    this.#store = store;
    this.#runs = runsIn(store, COLLECTION);
    this.#old = runsIn(store, OLD_COLLECTION);
  }

  /** @param locks The browser's `navigator.locks`. */
  static async open(storage: CacheStorage | undefined, base: string, locks: LockManager | undefined) {
    return new RunStorage(await Store.open(storage, base), locks);
  }

  /** Every saved run. What an interrupted write has left of a run that nobody has is deleted; nothing else is. */
  async list(): Promise<RunList> {
    const list: RunList = { runs: [], unusable: [], problem: null };
    const owners = await this.locks.owners();
    for (const runs of [this.#runs, this.#old]) {
      const byKey = await readable(runs.partsByKey(), list);
      for (const [id, parts] of byKey ?? []) {
        if (runs === this.#old && id !== OLD_KEY) continue;
        const owner = owners(id);
        const manifest = await readable(this.#manifestOf(id, parts, owner), list);
        if (manifest === null) continue;
        const { about, savedAt } = manifest;
        if (isUsable(about)) list.runs.push({ id, about, savedAt, owner });
        else list.unusable.push({ id, about, savedAt, owner });
      }
    }
    list.runs.sort((a, b) => b.savedAt - a.savedAt);
    return list;
  }

  /**
   * Use the files of a run: they are not replaced meanwhile. Returns what `use` returns, or null if not all are there.
   *
   * @throws UnreadableError
   */
  async withRun<T>(id: string, use: (files: RunFiles) => Promise<T>): Promise<T | null> {
    return this.locks.inTurn(lockOf(id), async () => {
      const files = await readRun(this.#of(id), id);
      return files && use(files);
    });
  }

  /**
   * Replace what is stored of a run that this tab has; null if the browser refuses, and `refusal` gives the reason.
   *
   * @param last What this tab has written last of the run.
   * @throws UnreadableError
   */
  async write(id: string, files: RunFiles, last: Written | null): Promise<Written | null> {
    if (id === OLD_KEY || !this.locks.has(id)) return null;
    return this.locks.inTurn(lockOf(id), () => writeRun(this.#runs, id, files, last));
  }

  /** Why the last write was refused. */
  get refusal(): string {
    return this.#store.refusal ?? text.storage.unusable;
  }

  /**
   * The id under which this tab, which has the run, is to save it. A run of the version before is moved; if the browser
   * refuses, it stays where it is too.
   */
  async adopt(id: string, files: RunFiles): Promise<string> {
    if (id !== OLD_KEY) return id;
    const adopted = await this.locks.create();
    const written = await this.write(adopted, files, null).catch(() => null);
    if (written !== null) {
      await this.locks.inTurn(OLD_LOCK, async () => {
        // A tab of that version may have saved its own since.
        const here = await this.#old.manifest(OLD_KEY).catch(() => null);
        if (here?.savedAt === files.about.savedAt) await this.#old.delete(OLD_KEY);
      });
      await this.locks.release(OLD_KEY);
    }
    return adopted;
  }

  /** "taken": another tab has it, or the browser can't tell. */
  async discard(id: string): Promise<"discarded" | "taken" | "refused"> {
    const remove = () => this.locks.inTurn(lockOf(id), () => this.#of(id).delete(id));
    const isDone = this.locks.has(id) ? await remove() : await this.locks.ifFree(id, remove);
    if (isDone === null) return "taken";
    if (isDone) await this.locks.release(id);
    return isDone ? "discarded" : "refused";
  }

  /** A run was added by training: the oldest one that nobody has makes room for it. Returns its id; null if none does. */
  async dropOldest(): Promise<string | null> {
    const { runs, problem } = await this.list();
    const oldest = runs.findLast(({ id, owner }) => owner === "nobody" && id !== OLD_KEY);
    if (problem !== null || runs.length <= MAX_SAVED_RUNS || oldest === undefined) return null;
    return (await this.discard(oldest.id)) === "discarded" ? oldest.id : null;
  }

  /** The manifest of a run of which all parts are there. Null if it isn't, then nothing is left of it. */
  async #manifestOf(id: string, parts: ReadonlyMap<string, boolean>, owner: Owner): Promise<RunManifest | null> {
    const runs = this.#of(id);
    const manifest = await runs.manifest(id);
    // Whoever has it may have replaced parts since they were listed; only another version knows when its own is whole.
    const isLeftAlone = owner !== "nobody" || (manifest !== null && !isUsable(manifest.about));
    if (isLeftAlone || manifest?.parts.every(({ name }) => parts.has(name))) return manifest;
    return this.locks.ifFree(id, () =>
      this.locks.inTurn(lockOf(id), async () => {
        if (await isWhole(runs, id)) return runs.manifest(id);
        await runs.delete(id);
        return null;
      }),
    );
  }

  #of(id: string): RunCollection {
    return id === OLD_KEY ? this.#old : this.#runs;
  }
}

type RunManifest = Manifest<AboutRun | UnusableRun>;

const lockOf = (id: string) => (id === OLD_KEY ? OLD_LOCK : `sentence-bert-lab.run-files/${id}`);

/** Null if it can't be read just now, which the list says. */
async function readable<T>(reading: Promise<T>, list: RunList): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    list.problem = reasonOf(error);
    return null;
  }
}
