/** A small Cache Storage in memory, where node has none: the methods that storage uses, with a limit on its size. */

export class FakeCache {
  readonly entries = new Map<string, Blob>();
  /** Bytes that fit; more are refused as browsers refuse them. */
  roomBytes = Number.POSITIVE_INFINITY;

  async put(url: string, response: Response): Promise<void> {
    const blob = await response.blob();
    const used = [...this.entries.values()].reduce((sum, { size }) => sum + size, 0);
    if (used + blob.size > this.roomBytes) throw new DOMException("full", "QuotaExceededError");
    this.entries.set(url, blob);
  }

  async match(url: string): Promise<Response | undefined> {
    const blob = this.entries.get(url);
    return blob && new Response(blob);
  }

  async keys(): Promise<{ url: string }[]> {
    return [...this.entries.keys()].map((url) => ({ url }));
  }

  async delete(url: string): Promise<boolean> {
    return this.entries.delete(url);
  }
}

export function storageOf(cache: FakeCache): CacheStorage {
  return { open: async () => cache } as unknown as CacheStorage;
}

/** As in a private window. */
export const refusingStorage = {
  open: async () => {
    throw new DOMException("no", "SecurityError");
  },
} as unknown as CacheStorage;

export const BASE = "https://lab.example/some/base/";
