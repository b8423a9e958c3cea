/**
 * Keeps records on this device between visits, each made of named parts, in Cache Storage.
 *
 * Cache Storage and not OPFS, because every browser has it in the page, an entry is complete or absent, and it is read
 * as a Blob that stays on disk. If the browser refuses it (no secure context, a private window, no space left), parts
 * are held in memory until the tab closes, and `refusal` gives the reason.
 */

import { text } from "../text";
import { type Content, streamOf } from "./content";

/** Other pages of the same origin have caches of other names. */
const CACHE_NAME = "sentence-bert-lab.shelf";

/** The list of the parts of a record, which is written last. */
const MANIFEST = "manifest.json";

export interface Part {
  name: string;
  /** Bytes. */
  size: number;
}

/** The list of the parts of a record. `about` is what its collection stores with it. */
export interface Manifest<About> {
  /** Milliseconds since 1970. */
  savedAt: number;
  /** False while parts are still being added: such a record can be completed later. */
  isComplete: boolean;
  parts: Part[];
  about: About;
}

export interface Kept<About> extends Manifest<About> {
  key: string;
  /** Stored bytes, also of an incomplete record. */
  bytes: number;
  /** A part of it is only in memory, until the tab closes. */
  isInMemory: boolean;
}

/** Bytes that the origin uses and may use; null if the browser doesn't tell. */
export interface Room {
  usedBytes: number | null;
  quotaBytes: number | null;
}

/** Storage could not be read just now. What is there is unknown, so nothing may be concluded from it, nor deleted. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";

  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

export class Store {
  /** Null if the browser refuses storage for the whole visit. */
  readonly #storage: CacheStorage | null;
  readonly #base: string;
  readonly #memory = new Map<string, Blob>();
  #refusal: string | null;

  private constructor(storage: CacheStorage | null, base: string, refusal: string | null) {
    this.#storage = storage;
    this.#base = base;
    this.#refusal = refusal;
  }

  /**
   * @param storage The browser's `caches`; null outside secure contexts.
   * @param base Address of the page. Parts have addresses below it, which are never fetched.
   */
  static async open(storage: CacheStorage | undefined, base: string): Promise<Store> {
    if (storage === undefined) return new Store(null, base, text.storage.notHttps);
    try {
      await storage.open(CACHE_NAME);
      return new Store(storage, base, null);
    } catch (error) {
      // Switched off is for good; anything else may be over with the next read.
      return new Store(isSwitchedOff(error) ? null : storage, base, reasonOf(error));
    }
  }

  /** A store beside this one that holds everything in memory: what is on the disk stays as it is. */
  inMemory(refusal: string): Store {
    return new Store(null, this.#base, refusal);
  }

  /** Why something is held in memory only; null if nothing is. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** @param readAbout Validates the `about` of a manifest; null if another version of this page wrote it. */
  collection<About>(name: string, readAbout: (json: unknown) => About | null): Collection<About> {
    return new Collection(this, name, readAbout);
  }

  async put(path: string, blob: Blob): Promise<void> {
    if (!(await this.putOnDisk(path, blob))) this.#memory.set(this.#url(path), blob);
  }

  /**
   * The same, but not held in memory if the browser refuses it. Returns whether it is on disk. It is written as a
   * stream: for a Blob, Chromium 156 sometimes fails with "Unexpected internal error", about every second time with 270
   * MB.
   */
  async putOnDisk(path: string, content: Content): Promise<boolean> {
    const url = this.#url(path);
    if (this.#storage === null) return false;
    try {
      await (await this.#openCache(this.#storage)).put(url, new Response(streamOf(content)));
      this.#memory.delete(url);
      this.forgetRefusal();
      return true;
    } catch (error) {
      this.#refusal = reasonOf(error);
      return false;
    }
  }

  /** Null if there is none. @throws UnreadableError */
  async get(path: string): Promise<Blob | null> {
    const url = this.#url(path);
    const held = this.#memory.get(url);
    if (held !== undefined) return held;
    return this.#read(async (cache) => (await (await cache.match(url))?.blob()) ?? null, null);
  }

  /** Paths that begin with `prefix`, each with whether it is in memory only. @throws UnreadableError */
  async paths(prefix: string): Promise<Map<string, boolean>> {
    const start = this.#url(prefix);
    const found = new Map<string, boolean>();
    const cut = this.#url("").length;
    for (const { url } of await this.#read((cache) => cache.keys(), [])) {
      if (url.startsWith(start)) found.set(decodeURIComponent(url.slice(cut)), false);
    }
    for (const url of this.#memory.keys()) {
      if (url.startsWith(start)) found.set(decodeURIComponent(url.slice(cut)), true);
    }
    return found;
  }

  /** False if the browser has refused, and `refusal` gives the reason. */
  async delete(path: string): Promise<boolean> {
    const url = this.#url(path);
    this.#memory.delete(url);
    if (this.#storage === null) return true;
    try {
      await (await this.#openCache(this.#storage)).delete(url);
      return true;
    } catch (error) {
      this.#refusal = reasonOf(error);
      return false;
    }
  }

  /** Something was stored or deleted: the reason is past, unless something is still held in memory. */
  forgetRefusal(): void {
    if (this.#storage !== null && this.#memory.size === 0) this.#refusal = null;
  }

  async #read<T>(read: (cache: Cache) => Promise<T>, withoutStorage: T): Promise<T> {
    if (this.#storage === null) return withoutStorage;
    try {
      return await read(await this.#openCache(this.#storage));
    } catch (error) {
      throw new UnreadableError(error);
    }
  }

  /** For each use: after the visitor has cleared the data of the site, a cache opened before only swallows what is put. */
  #openCache(storage: CacheStorage): Promise<Cache> {
    return storage.open(CACHE_NAME);
  }

  #url(path: string): string {
    return new URL(`shelf/${path.split("/").map(encodeURIComponent).join("/")}`, this.#base).href;
  }
}

/** Records of one kind. */
export class Collection<About> {
  readonly store: Store;
  readonly #name: string;
  readonly #readAbout: (json: unknown) => About | null;

  constructor(store: Store, name: string, readAbout: (json: unknown) => About | null) {
    this.store = store;
    this.#name = name;
    this.#readAbout = readAbout;
  }

  putPart(key: string, part: string, blob: Blob): Promise<void> {
    return this.store.put(this.#path(key, part), blob);
  }

  putPartOnDisk(key: string, part: string, content: Content): Promise<boolean> {
    return this.store.putOnDisk(this.#path(key, part), content);
  }

  /** Null if there is none. @throws UnreadableError */
  part(key: string, part: string): Promise<Blob | null> {
    return this.store.get(this.#path(key, part));
  }

  deletePart(key: string, part: string): Promise<boolean> {
    return this.store.delete(this.#path(key, part));
  }

  /** Names of the stored parts, whether or not the manifest lists them. @throws UnreadableError */
  async partNames(key: string): Promise<string[]> {
    return (await this.#names(key)).filter((name) => name !== MANIFEST);
  }

  /** Are these parts there, and a manifest? @throws UnreadableError */
  async hasAll(key: string, parts: readonly Part[]): Promise<boolean> {
    const names = await this.#names(key);
    return [MANIFEST, ...parts.map(({ name }) => name)].every((name) => names.includes(name));
  }

  /** Write the manifest: before the first part with `isComplete` false, after the last with true. */
  putManifest(key: string, manifest: Manifest<About>): Promise<void> {
    return this.putPart(key, MANIFEST, jsonBlob(manifest));
  }

  putManifestOnDisk(key: string, manifest: Manifest<About>): Promise<boolean> {
    return this.putPartOnDisk(key, MANIFEST, jsonBlob(manifest));
  }

  /** Null if there is none that this version of the page can use. @throws UnreadableError */
  async manifest(key: string): Promise<Manifest<About> | null> {
    const read = await this.readManifest(key);
    return typeof read === "string" ? null : read;
  }

  /** "stale": it was read, and is of a version that nothing reads any more. @throws UnreadableError */
  async readManifest(key: string): Promise<Manifest<About> | "absent" | "stale"> {
    const blob = await this.part(key, MANIFEST);
    if (blob === null) return "absent";
    let text: string;
    try {
      text = await blob.text();
    } catch (error) {
      throw new UnreadableError(error);
    }
    return this.#manifestIn(text) ?? "stale";
  }

  /** The stored parts of each record, manifest included, each with whether it is in memory. @throws UnreadableError */
  async partsByKey(): Promise<Map<string, Map<string, boolean>>> {
    const byKey = new Map<string, Map<string, boolean>>();
    for (const [path, isInMemory] of await this.store.paths(`${this.#name}/`)) {
      const key = path.split("/")[1] ?? "";
      const parts = byKey.get(key) ?? new Map<string, boolean>();
      parts.set(path.slice(this.#path(key, "").length), isInMemory);
      byKey.set(key, parts);
    }
    return byKey;
  }

  /**
   * Every record, the newest first. A record without a manifest of this version is deleted; one whose manifest can't be
   * read just now is left out and stays.
   *
   * @throws UnreadableError
   */
  async list(): Promise<Kept<About>[]> {
    const records: Kept<About>[] = [];
    for (const [key, parts] of await this.partsByKey()) {
      const manifest = await this.readManifest(key).catch(() => "unreadable" as const);
      if (manifest === "unreadable") continue;
      if (typeof manifest === "string") {
        await this.delete(key);
        continue;
      }
      const here = manifest.parts.filter(({ name }) => parts.has(name));
      const bytes = here.reduce((sum, { size }) => sum + size, 0);
      // A browser that is short of space may have deleted parts.
      const isComplete = manifest.isComplete && here.length === manifest.parts.length;
      records.push({ ...manifest, isComplete, key, bytes, isInMemory: [...parts.values()].includes(true) });
    }
    return records.sort((a, b) => b.savedAt - a.savedAt);
  }

  /**
   * Delete a record: its manifest first, so that the rest is ignored if this is interrupted. False if the browser has
   * refused, which leaves the record as it is.
   */
  async delete(key: string): Promise<boolean> {
    const paths = await this.store.paths(this.#path(key, "")).catch(() => null);
    if (paths === null || !(await this.store.delete(this.#path(key, MANIFEST)))) return false;
    for (const path of paths.keys()) await this.store.delete(path);
    this.store.forgetRefusal();
    return true;
  }

  async #names(key: string): Promise<string[]> {
    const start = this.#path(key, "");
    return [...(await this.store.paths(start)).keys()].map((path) => path.slice(start.length));
  }

  #path(key: string, part: string): string {
    return `${this.#name}/${key}/${part}`;
  }

  #manifestIn(text: string): Manifest<About> | null {
    try {
      const { savedAt, isComplete, parts, about } = JSON.parse(text);
      const read = this.#readAbout(about);
      const isWhole =
        typeof savedAt === "number" &&
        typeof isComplete === "boolean" &&
        Array.isArray(parts) &&
        parts.every((part) => typeof part?.name === "string" && typeof part?.size === "number");
      return isWhole && read !== null ? { savedAt, isComplete, parts, about: read } : null;
    } catch {
      return null;
    }
  }
}

function jsonBlob(json: unknown): Blob {
  return new Blob([JSON.stringify(json)], { type: "application/json" });
}

/** The storage that the origin uses and may use. */
export async function roomOf(storage: StorageManager | undefined): Promise<Room> {
  try {
    const { usage, quota } = (await storage?.estimate()) ?? {};
    return { usedBytes: usage ?? null, quotaBytes: quota ?? null };
  } catch {
    return { usedBytes: null, quotaBytes: null };
  }
}

/** Ask the browser not to delete stored data when it is short of space. It may refuse, and some ask the visitor. */
export async function askToPersist(storage: StorageManager | undefined): Promise<void> {
  try {
    if (!(await storage?.persisted())) await storage?.persist();
  } catch {
    // The browser may delete the data then.
  }
}

function isSwitchedOff(error: unknown): boolean {
  return error instanceof DOMException && error.name === "SecurityError";
}

/** Why something could not be read or stored. */
export function reasonOf(error: unknown): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return text.storage.noRoom;
  if (isSwitchedOff(error)) return text.storage.isOff;
  return error instanceof Error && error.message !== "" ? error.message : text.storage.unusable;
}
