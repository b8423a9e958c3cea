/** One browser's storage and its tabs: each tab can be killed, refused or unable to read, in an order from a seed. */

import { RunStorage } from "../src/storage/runs";
import { BASE, FakeCache } from "./cache_storage";
import { FakeLocks } from "./fake_locks";

/** What happens at a write: the browser refuses it, refuses it although it is done, or the tab dies at it. */
export const FAULTS = ["refused", "refused_but_done", "dies_before", "dies_within", "dies_after"] as const;
export type Fault = (typeof FAULTS)[number];

export interface Faults {
  /** By the number of the write (put or delete) in this tab, from 0. */
  write: (number: number) => Fault | null;
  /** True if the read of that number fails once. */
  read: (number: number) => boolean;
}

const NO_FAULTS: Faults = { write: () => null, read: () => false };

const never = () => new Promise<never>(() => {});

export class Device {
  readonly cache = new FakeCache();
  readonly locks = new FakeLocks();
  /** Resolves when the next operation on storage may go on; replaced by whoever plays several tabs. */
  turn: () => Promise<void> = async () => {};

  readonly tabs: Tab[] = [];

  tab(faults = NO_FAULTS): Tab {
    const tab = new Tab(this, faults);
    this.tabs.push(tab);
    return tab;
  }

  /** The live tabs that have the saved run: one at most. */
  ownersOf(id: string): Tab[] {
    return this.tabs.filter((tab) => !tab.isDead && tab.storage?.locks.has(id));
  }

  /**
   * Play several tabs at once. Which of them goes on is drawn at every operation on storage. A tab that dies has ended.
   */
  async play(random: () => number, scripts: readonly [Tab, () => Promise<void>][]): Promise<void> {
    const waiting: (() => void)[] = [];
    this.turn = () => new Promise((go) => waiting.push(go));
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    const all = Promise.all(scripts.map(([tab, script]) => Promise.race([script(), tab.died])));
    all.then(over, over);
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve));
      const [go] = waiting.splice(Math.floor(random() * waiting.length), 1);
      go?.();
    }
    this.turn = async () => {};
    for (const go of waiting) go();
    await all;
  }
}

export class Tab {
  readonly caches: CacheStorage;
  readonly locks: LockManager;
  /** Resolves when the tab is gone. */
  readonly died: Promise<void>;
  isDead = false;
  nWrites = 0;
  nReads = 0;
  /** What the tab has opened; null before. */
  storage: RunStorage | null = null;
  #tellDeath!: () => void;
  readonly #device: Device;
  readonly #faults: Faults;

  constructor(device: Device, faults: Faults) {
    this.#device = device;
    this.#faults = faults;
    this.locks = device.locks.of(this);
    this.died = new Promise((resolve) => {
      this.#tellDeath = resolve;
    });
    const { cache } = device;
    const own = {
      put: (url: string, response: Response) => this.#write(() => cache.put(url, response), response),
      delete: (url: string) => this.#write(() => cache.delete(url)),
      match: (url: string) => this.#read(() => cache.match(url)),
      keys: () => this.#read(() => cache.keys()),
    };
    this.caches = { open: async () => (this.isDead ? never() : own) } as unknown as CacheStorage;
  }

  async open(): Promise<RunStorage> {
    this.storage ??= await RunStorage.open(this.caches, BASE, this.locks);
    return this.storage;
  }

  /** The tab is closed or crashes: nothing that it does after this reaches the disk, and others get its locks. */
  die(): Promise<never> {
    this.isDead = true;
    this.#device.locks.end(this);
    this.#tellDeath();
    return never();
  }

  async #write<T>(write: () => Promise<T>, response?: Response): Promise<T> {
    await this.#device.turn();
    if (this.isDead) return never();
    const fault = this.#faults.write(this.nWrites);
    this.nWrites += 1;
    switch (fault) {
      case "refused":
        throw new DOMException("full", "QuotaExceededError");
      case "refused_but_done":
        await write();
        throw new DOMException("Unexpected internal error.", "UnknownError");
      case "dies_before":
        return this.die();
      case "dies_within":
        // An entry is there as a whole or not at all.
        await response?.body?.getReader().read();
        return this.die();
      case "dies_after":
        await write();
        return this.die();
      case null:
        return write();
    }
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    await this.#device.turn();
    if (this.isDead) return never();
    const isFailing = this.#faults.read(this.nReads);
    this.nReads += 1;
    if (isFailing) throw new DOMException("Unexpected internal error.", "UnknownError");
    const result = await read();
    return this.isDead ? never() : result;
  }
}

/** Numbers from 0 to 1 from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
