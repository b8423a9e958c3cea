// Functions of a worker, called from the page: one message there, one back.

/** In a worker: answer calls to `methods`. */
export function serveMethods(methods) {
  self.onmessage = async ({ data: { id, method, args } }) => {
    try {
      const result = await methods[method](...args);
      self.postMessage({ id, result });
    } catch (fault) {
      self.postMessage({ id, fault: String(fault?.message ?? fault) });
    }
  };
  self.postMessage({ id: 0 });
}

/** In the page: a worker whose functions can be called. */
export class RemoteWorker {
  #worker;
  #waiting = new Map();
  #lastId = 0;
  /** Settles when the worker has said that it listens. */
  ready;

  constructor(url) {
    this.#worker = new Worker(url, { type: "module" });
    this.ready = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    this.#worker.onmessage = ({ data }) => this.#answer(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#waiting.values())
        reject(new Error(event.message || `${url} could not be started`));
      this.#waiting.clear();
    };
  }

  call(method, ...args) {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, args });
    });
  }

  stop() {
    this.#worker.terminate();
  }

  #answer({ id, result, fault }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (fault === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(fault));
  }
}
