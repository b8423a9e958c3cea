/** The Web Locks of one browser, exclusive ones, where node has none. */

interface Waiting {
  name: string;
  tab: object;
  go: () => void;
}

export class FakeLocks {
  readonly #held = new Map<string, object>();
  #waiting: readonly Waiting[] = [];

  /** The `navigator.locks` of a tab. */
  of(tab: object): LockManager {
    const request = (
      name: string,
      ...rest: [LockOptions, LockGrantedCallback<unknown>] | [LockGrantedCallback<unknown>]
    ) => {
      const [options, callback] = rest.length === 2 ? rest : [{}, ...rest];
      return this.#request(tab, name, options, callback);
    };
    const query = async () => ({ held: [...this.#held.keys()].map((name) => ({ name })), pending: [] });
    return { request, query } as unknown as LockManager;
  }

  /** The tab is closed, discarded or has crashed. */
  end(tab: object): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.tab !== tab);
    for (const [name, holder] of this.#held) if (holder === tab) this.#passOn(name);
  }

  async #request(tab: object, name: string, { ifAvailable }: LockOptions, callback: LockGrantedCallback<unknown>) {
    // A browser never answers at once.
    await null;
    if (this.#held.has(name)) {
      if (ifAvailable) return callback(null);
      await new Promise<void>((go) => {
        this.#waiting = [...this.#waiting, { name, tab, go }];
      });
    }
    this.#held.set(name, tab);
    try {
      return await callback({ name, mode: "exclusive" });
    } finally {
      if (this.#held.get(name) === tab) this.#passOn(name);
    }
  }

  #passOn(name: string): void {
    const next = this.#waiting.find((waiting) => waiting.name === name);
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    if (next === undefined) this.#held.delete(name);
    else this.#held.set(name, next.tab);
    next?.go();
  }
}
