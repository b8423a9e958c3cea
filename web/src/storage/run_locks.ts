/**
 * Which tab has which saved run. A tab has a run as long as it holds the Web Lock of that name; the browser takes the
 * lock back when the tab is closed, discarded or has crashed.
 */

import { hexOf } from "./content";

const PREFIX = "sentence-bert-lab.runs/";

/** "unknown": the browser has no Web Locks, so only this tab's own runs are known. */
export type Owner = "nobody" | "this_tab" | "other_tab" | "unknown";

export class RunLocks {
  readonly #locks: LockManager | undefined;
  /** How each run of this tab is let go. */
  readonly #held = new Map<string, () => Promise<unknown>>();

  /** @param locks The browser's `navigator.locks`. */
  constructor(locks: LockManager | undefined) {
    this.#locks = locks;
  }

  /** A number for a run that is not stored yet; this tab has it. */
  async create(): Promise<string> {
    const id = hexOf(crypto.getRandomValues(new Uint8Array(12)));
    // Nobody else knows the number, so this tab has the run without a lock too.
    if (!(await this.take(id))) this.#held.set(id, async () => {});
    return id;
  }

  /** Have the run until `release`. False if another tab has it, or if the browser can't tell. */
  async take(id: string): Promise<boolean> {
    const locks = this.#locks;
    if (this.#held.has(id) || locks === undefined) return this.#held.has(id);
    return new Promise((resolve) => {
      const over: Promise<unknown> = locks.request(PREFIX + id, { ifAvailable: true }, async (lock) => {
        if (lock === null) return resolve(false);
        await new Promise<void>((letGo) => {
          this.#held.set(id, () => {
            letGo();
            return over;
          });
          resolve(true);
        });
      });
      over.catch(() => resolve(false));
    });
  }

  has(id: string): boolean {
    return this.#held.has(id);
  }

  /** Without locks a run stays this tab's: another tab would not know that it may have it. */
  async release(id: string): Promise<void> {
    const letGo = this.#held.get(id);
    if (letGo === undefined || this.#locks === undefined) return;
    this.#held.delete(id);
    await letGo();
  }

  /** Do `work` if no tab has the run; none can take it meanwhile. Null if one has it, or if the browser can't tell. */
  async ifFree<T>(id: string, work: () => Promise<T>): Promise<T | null> {
    if (this.#locks === undefined) return null;
    return this.#locks.request(PREFIX + id, { ifAvailable: true }, (lock) => (lock === null ? null : work()));
  }

  /** Who has which run now. */
  async owners(): Promise<(id: string) => Owner> {
    const held = await this.#names();
    return (id) => {
      if (this.#held.has(id)) return "this_tab";
      if (held === null) return "unknown";
      return held.has(PREFIX + id) ? "other_tab" : "nobody";
    };
  }

  /** Do `work` while no other tab works on the files of the run. */
  inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    // Without locks no tab works on a run that another may have.
    return this.#locks === undefined ? work() : this.#locks.request(name, work);
  }

  async #names(): Promise<Set<string | undefined> | null> {
    try {
      const { held = [] } = (await this.#locks?.query()) ?? {};
      return this.#locks === undefined ? null : new Set(held.map(({ name }) => name));
    } catch {
      return null;
    }
  }
}
