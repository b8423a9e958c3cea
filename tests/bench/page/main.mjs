// The bench page: what the harness, which drives it, can have done in a browser. Everything that computes does so in a
// worker, ours and the peer's alike, as a page that stays responsive has it.

import { trainOnce } from "./lab_run.mjs";
import { RemoteWorker } from "./rpc.mjs";

const workers = new Map();

window.bench = {
  async start(name, script, options) {
    const worker = new RemoteWorker(new URL(script, document.baseURI));
    workers.set(name, worker);
    await worker.ready;
    await worker.call("open", options);
  },

  call(name, method, ...args) {
    return workers.get(name).call(method, ...args);
  },

  async timeAll(names, method, ...args) {
    const start = performance.now();
    await Promise.all(names.map((name) => workers.get(name).call(method, ...args)));
    return performance.now() - start;
  },

  stop(name) {
    workers.get(name).stop();
    workers.delete(name);
  },

  train: trainOnce,
};
