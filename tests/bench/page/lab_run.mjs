// A training by the page's own worker, timed from outside.

import { LabWorker } from "./lab_worker.mjs";

/**
 * Train in a new worker. `settings` take the place of the worker's defaults; `maxSteps` ends the run early. With `random`
 * the model is drawn at random, of that size, and only its tokenizer is that of `modelUrl`.
 *
 * `totalMillis` is from the command to the run's end, `stepMillis` the time between the reports of two steps, the first
 * counted from the start of the run.
 */
export async function trainOnce({ loaderUrl, backend, modelUrl, random, corpusUrl, settings, nWorkers, ...rest }) {
  const lab = await LabWorker.start(loaderUrl, backend);
  try {
    const config = { ...lab.defaultConfig, ...settings };
    await lab.request({ kind: "load_model", source: await modelAt(modelUrl, random) }, "model_loaded");
    const file = { name: fileName(corpusUrl), blob: await blobAt(corpusUrl) };
    await lab.request({ kind: "load_corpus", file, plan: null }, "corpus_loaded");
    return await run(lab, { config, n_workers: nWorkers }, rest);
  } finally {
    lab.close();
  }
}

/** What the peers load too: the encoder and its tokenizer, without the layer of sentence-transformers that scales embeddings. */
const MODEL_FILES = ["config.json", "model.safetensors", "tokenizer.json"];

async function modelAt(url, random = null) {
  const files = (random === null ? MODEL_FILES : ["tokenizer.json"]).map(async (path) => ({
    path,
    blob: await blobAt(`${url}/${path}`),
    sha256: null,
  }));
  return { name: fileName(url), hub: null, files: await Promise.all(files), n_layers: null, random };
}

async function blobAt(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with status ${response.status}`);
  return response.blob();
}

const fileName = (url) => url.slice(url.lastIndexOf("/") + 1);

async function run(lab, order, { maxSteps = Number.POSITIVE_INFINITY, silenceLimitMillis }) {
  const steps = [];
  let nSteps = 0;
  let lastAt = 0;
  let problem = null;
  const start = performance.now();
  const run = lab.post({ kind: "train", ...order });
  const ended = lab.until(
    (event) => event.kind === "run_ended",
    (event) => {
      const now = performance.now();
      if (event.kind === "run_started") {
        nSteps = event.n_steps;
        problem = event.workers_problem;
      }
      if (event.kind === "workers_lost") problem = event.problem;
      if (event.kind === "stepped") {
        steps.push({ millis: now - lastAt, report: event.report });
        if (steps.length === maxSteps) lab.stop(run);
      }
      lastAt = now;
    },
  );
  const { training_secs } = await orSilence(ended, () => Math.max(lastAt, start), silenceLimitMillis);
  const totalMillis = performance.now() - start;
  if (problem !== null) throw new Error(`fewer workers than asked for: ${problem}`);
  const lastEpoch = steps.filter(({ report }) => report.epoch === steps.at(-1)?.report.epoch);
  return {
    totalMillis,
    trainingSecs: training_secs,
    nSteps,
    stepMillis: steps.map(({ millis }) => millis),
    loss: lastEpoch.reduce((sum, { report }) => sum + report.loss, 0) / lastEpoch.length,
    memoryBytes: await lab.memoryBytes(),
    gpu: lab.gpu,
  };
}

/** `promise`, unless nothing has been heard for too long. */
async function orSilence(promise, lastWordAt, limitMillis) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setInterval(() => {
      if (performance.now() - lastWordAt() > limitMillis) {
        reject(new Error(`the worker has said nothing for ${limitMillis / 1000} s`));
      }
    }, 1000);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearInterval(timer);
  }
}
