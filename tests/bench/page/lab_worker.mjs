// The page's worker as the page uses it: commands there, events back, see web/src/protocol.ts.

/** The workers are asked for their memory so often: they may end before the run. They answer between two steps. */
const MEMORY_QUESTION_MILLIS = 2000;

/** An answer takes milliseconds where nobody computes. */
const MEMORY_ANSWER_MILLIS = 500;

export class LabWorker {
  #worker;
  #onEvent = () => {};
  #onFault = () => {};
  #lastRequest = 0;
  /** Bytes of wasm memory of each worker, as it said last. */
  #memory = new Map();
  /** What the worker has asked of a GPU, as it said last. */
  gpu;
  #memoryChannel = new BroadcastChannel("bench-memory");
  #memoryTimer;
  /** What the worker offers as settings for a run. */
  defaultConfig;

  /** Start `loaderUrl` and have it compute on `backend`. */
  static async start(loaderUrl, backend) {
    const lab = new LabWorker();
    const measured = new URL("measured_worker.mjs", loaderUrl);
    measured.searchParams.set("of", loaderUrl);
    lab.#worker = new Worker(measured, { type: "module" });
    lab.#worker.onmessage = ({ data: events }) => {
      for (const event of events) lab.#onEvent(event);
    };
    lab.#memoryChannel.onmessage = ({ data: { id, bytes, gpu } }) => {
      lab.#memory.set(id, bytes);
      lab.gpu = gpu;
    };
    lab.#memoryTimer = setInterval(() => lab.#memoryChannel.postMessage("report"), MEMORY_QUESTION_MILLIS);
    lab.#worker.onerror = (event) => {
      event.preventDefault();
      lab.#onFault(new Error(event.message || `${loaderUrl} could not be started`));
    };
    const { default_config } = await lab.until((event) => event.kind === "ready");
    lab.defaultConfig = default_config;
    const opened = await lab.request({ kind: "use_backend", backend }, "backend_ready");
    if (opened.backend.backend !== backend) throw new Error(`the worker refuses to compute on ${backend}`);
    return lab;
  }

  /** Listen until an event is `wanted`; every event is shown to `look` on its way. */
  until(wanted, look = () => {}) {
    return new Promise((resolve, reject) => {
      this.#onFault = reject;
      this.#onEvent = (event) => {
        look(event);
        if (event.kind === "failed") reject(new Error(`${event.failure.message}. ${event.failure.remedy}`));
        else if (event.kind === "device_failed") reject(new Error(event.message));
        else if (wanted(event)) resolve(event);
      };
    });
  }

  /** Post a command, with a number of its own, and wait for its reply. */
  request(command, replyKind) {
    const request = this.post(command);
    return this.until((event) => event.kind === replyKind && event.request === request);
  }

  /** Post a command; the number it was given. */
  post(command) {
    this.#lastRequest += 1;
    this.#worker.postMessage({ ...command, request: this.#lastRequest });
    return this.#lastRequest;
  }

  stop(run) {
    this.#worker.postMessage({ kind: "stop", run });
  }

  /** Bytes of wasm memory of the worker and of those that it has started: the sum of their peaks. */
  async memoryBytes() {
    this.#memoryChannel.postMessage("report");
    await new Promise((resolve) => setTimeout(resolve, MEMORY_ANSWER_MILLIS));
    return [...this.#memory.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** End it and give its memory back. */
  close() {
    clearInterval(this.#memoryTimer);
    this.#memoryChannel.close();
    this.#worker.terminate();
  }
}
