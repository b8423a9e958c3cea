// How the page's worker is asked for a training.

import { readFileSync } from "node:fs";
import { SILENCE_LIMIT_MILLIS } from "./settings.mjs";

/** Where the page says what it computes on when there is no GPU. */
const CHOICE_OF_BACKEND = new URL("../../../web/src/features/compute/state.ts", import.meta.url);

/** The page's own choice, read from its source, so that the bench never measures another. */
export function cpuBackend() {
  const [, backend] = readFileSync(CHOICE_OF_BACKEND, "utf8").match(/^const CPU_BACKEND\b.*= "(\w+)"/m) ?? [];
  if (backend === undefined) {
    throw new Error("web/src/features/compute/state.ts has no CPU_BACKEND: tell tests/bench/harness/training.mjs");
  }
  return backend;
}

/** The protocol's form of `backbone`, `head`, `last-N` and `nothing`. */
export function freezeOf(name) {
  const [, nLayers] = name.match(/^last-(\d+)$/) ?? [];
  return nLayers === undefined ? { kind: name } : { kind: "all_but_last", n_layers: Number(nLayers) };
}

/** What the bench page needs for one training, see page/lab_run.mjs. As static hosts serve it: not isolated. */
export function trainOptions(bench, corpus, settings, nWorkers, more = {}) {
  return {
    loaderUrl: bench.url("plain", "dist/worker_loader.js"),
    backend: bench.backend,
    modelUrl: bench.url("plain", "dist/models/all-MiniLM-L6-v2"),
    corpusUrl: bench.url("plain", `files/corpora/${corpus.name}`),
    settings,
    nWorkers,
    silenceLimitMillis: SILENCE_LIMIT_MILLIS,
    ...more,
  };
}
