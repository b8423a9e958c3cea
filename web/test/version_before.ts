/**
 * What the version of the page before this one does with its one saved run, kept here to hold that neither version
 * loses what the other has stored.
 */

import { type RunFiles, readAbout } from "../src/storage/run_record";
import { BASE } from "./cache_storage";

const CACHE_NAME = "sentence-bert-lab.shelf";
const LOCK = "sentence-bert-lab.run";
const FOLDER = `${BASE}shelf/runs-1/last/`;
const MANIFEST = "manifest.json";

interface Manifest {
  savedAt: number;
  isComplete: boolean;
  parts: { name: string; size: number }[];
  about: unknown;
}

export class VersionBefore {
  readonly #caches: CacheStorage;
  readonly #locks: LockManager;

  constructor(tab: { caches: CacheStorage; locks: LockManager }) {
    this.#caches = tab.caches;
    this.#locks = tab.locks;
  }

  /** Replace the saved run. Returns whether it is on disk. */
  async save({ about, checkpoint, pairs }: RunFiles): Promise<boolean> {
    return this.#locks.request(LOCK, async () => {
      const cache = await this.#caches.open(CACHE_NAME);
      const here = await manifestIn(cache);
      const number = 1 + Math.max(0, ...(here?.parts.map(({ name }) => Number(name.split("-")[1])) ?? []));
      const contents = { [`checkpoint-${number}`]: checkpoint, [`pairs-${number}`]: pairs };
      const parts: Manifest["parts"] = [];
      try {
        for (const [name, content] of Object.entries(contents)) {
          const blob = new Blob([content]);
          parts.push({ name, size: blob.size });
          await cache.put(FOLDER + name, new Response(blob));
        }
        const manifest: Manifest = { savedAt: about.savedAt, isComplete: true, parts, about };
        await cache.put(FOLDER + MANIFEST, new Response(JSON.stringify(manifest)));
      } catch {
        await keepOnly(cache, here?.parts ?? []);
        return false;
      }
      await keepOnly(cache, parts);
      return true;
    });
  }

  /** The saved run; what is not whole is deleted. */
  async find(): Promise<RunFiles | null> {
    return this.#locks.request(LOCK, async () => {
      const cache = await this.#caches.open(CACHE_NAME);
      const manifest = await manifestIn(cache);
      const names = await partNames(cache);
      const { about } = readAbout(manifest?.about);
      const isWhole = manifest?.parts.every(({ name }) => names.includes(name));
      if (manifest === null || about === null || !isWhole) {
        await cache.delete(FOLDER + MANIFEST).catch(() => false);
        await keepOnly(cache, []);
        return null;
      }
      const blobOf = async (kind: string) => {
        const name = manifest.parts.find((part) => part.name.startsWith(kind))?.name;
        return (await (await cache.match(FOLDER + name))?.blob()) ?? new Blob();
      };
      return { about, checkpoint: await blobOf("checkpoint"), pairs: await blobOf("pairs") };
    });
  }
}

async function manifestIn(cache: Cache): Promise<Manifest | null> {
  try {
    return (await (await cache.match(FOLDER + MANIFEST))?.json()) ?? null;
  } catch {
    return null;
  }
}

async function partNames(cache: Cache): Promise<string[]> {
  const urls = (await cache.keys()).map(({ url }) => url).filter((url) => url.startsWith(FOLDER));
  return urls.map((url) => url.slice(FOLDER.length)).filter((name) => name !== MANIFEST);
}

async function keepOnly(cache: Cache, parts: Manifest["parts"]): Promise<void> {
  for (const name of await partNames(cache)) {
    if (!parts.some((part) => part.name === name)) await cache.delete(FOLDER + name).catch(() => false);
  }
}
