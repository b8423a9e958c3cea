/**
 * Keeps records on this device between visits, each made of named parts, in Cache Storage.
 *
 * Cache Storage and not OPFS, because every browser has it in the page, an entry is complete or absent, and it is read
 * as a Blob that stays on disk. If the browser refuses it (no secure context, a private window, no space left), parts
 * are held in memory until the tab closes, and `refusal` gives the reason.
 */

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

export class Store {
  readonly #cache: Cache | null;
  readonly #base: string;
  readonly #memory = new Map<string, Blob>();
  #refusal: string | null;

  private constructor(cache: Cache | null, base: string, refusal: string | null) {
    this.#cache = cache;
    this.#base = base;
    this.#refusal = refusal;
  }

  /**
   * @param storage The browser's `caches`; null outside secure contexts.
   * @param base Address of the page. Parts have addresses below it, which are never fetched.
   */
  static async open(storage: CacheStorage | undefined, base: string): Promise<Store> {
    if (storage === undefined) return new Store(null, base, "the page is not served over https");
    try {
      return new Store(await storage.open(CACHE_NAME), base, null);
    } catch (error) {
      return new Store(null, base, reasonOf(error));
    }
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
    if (this.#cache === null) return false;
    try {
      await this.#cache.put(url, new Response(streamOf(content)));
      this.#memory.delete(url);
      return true;
    } catch (error) {
      this.#refusal = reasonOf(error);
      return false;
    }
  }

  async get(path: string): Promise<Blob | null> {
    const url = this.#url(path);
    const held = this.#memory.get(url);
    if (held !== undefined) return held;
    try {
      return (await (await this.#cache?.match(url))?.blob()) ?? null;
    } catch {
      // What can't be read counts as absent: it is downloaded again.
      return null;
    }
  }

  /** Paths that begin with `prefix`, each with whether it is in memory only. */
  async paths(prefix: string): Promise<Map<string, boolean>> {
    const start = this.#url(prefix);
    const found = new Map<string, boolean>();
    const cut = this.#url("").length;
    try {
      for (const { url } of (await this.#cache?.keys()) ?? []) {
        if (url.startsWith(start)) found.set(decodeURIComponent(url.slice(cut)), false);
      }
    } catch (error) {
      this.#refusal = reasonOf(error);
    }
    for (const url of this.#memory.keys()) {
      if (url.startsWith(start)) found.set(decodeURIComponent(url.slice(cut)), true);
    }
    return found;
  }

  async delete(path: string): Promise<void> {
    const url = this.#url(path);
    this.#memory.delete(url);
    try {
      await this.#cache?.delete(url);
    } catch (error) {
      this.#refusal = reasonOf(error);
    }
  }

  /** Something was deleted: the next part is offered to the browser again. */
  forgetRefusal(): void {
    if (this.#cache !== null && this.#memory.size === 0) this.#refusal = null;
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

  part(key: string, part: string): Promise<Blob | null> {
    return this.store.get(this.#path(key, part));
  }

  deletePart(key: string, part: string): Promise<void> {
    return this.store.delete(this.#path(key, part));
  }

  /** Names of the stored parts, whether or not the manifest lists them. */
  async partNames(key: string): Promise<string[]> {
    const start = this.#path(key, "");
    const names = [...(await this.store.paths(start)).keys()].map((path) => path.slice(start.length));
    return names.filter((name) => name !== MANIFEST);
  }

  /** Write the manifest: before the first part with `isComplete` false, after the last with true. */
  putManifest(key: string, manifest: Manifest<About>): Promise<void> {
    return this.putPart(key, MANIFEST, jsonBlob(manifest));
  }

  putManifestOnDisk(key: string, manifest: Manifest<About>): Promise<boolean> {
    return this.putPartOnDisk(key, MANIFEST, jsonBlob(manifest));
  }

  async manifest(key: string): Promise<Manifest<About> | null> {
    const blob = await this.part(key, MANIFEST);
    return blob === null ? null : this.#readManifest(await blob.text());
  }

  /** Every record, the newest first. Parts that no manifest of this version lists are deleted. */
  async list(): Promise<Kept<About>[]> {
    const paths = await this.store.paths(`${this.#name}/`);
    const byKey = new Map<string, Map<string, boolean>>();
    for (const [path, isInMemory] of paths) {
      const key = path.split("/")[1] ?? "";
      const parts = byKey.get(key) ?? new Map<string, boolean>();
      parts.set(path.slice(this.#path(key, "").length), isInMemory);
      byKey.set(key, parts);
    }
    const records: Kept<About>[] = [];
    for (const [key, parts] of byKey) {
      const manifest = await this.manifest(key);
      if (manifest === null) {
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

  /** Delete a record: its manifest first, so that the rest is ignored if this is interrupted. */
  async delete(key: string): Promise<void> {
    await this.store.delete(this.#path(key, MANIFEST));
    for (const path of (await this.store.paths(this.#path(key, ""))).keys()) await this.store.delete(path);
    this.store.forgetRefusal();
  }

  #path(key: string, part: string): string {
    return `${this.#name}/${key}/${part}`;
  }

  #readManifest(text: string): Manifest<About> | null {
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

function reasonOf(error: unknown): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") return "there is no room left for this page";
  if (name === "SecurityError") return "storage is switched off for this page";
  return error instanceof Error && error.message !== "" ? error.message : "storage can't be used";
}
