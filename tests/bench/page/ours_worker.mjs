// Our code as the bench module exports it: products, encoding, and training steps with their breakdown.

import init, * as ours from "../module/bench.js";
import { serveMethods } from "./rpc.mjs";
import { withLayers } from "./safetensors.mjs";

let encoder = null;
let batches = [];
let encoded = [];
let training = null;

serveMethods({
  async open() {
    await init();
  },

  /** Whether this browser has the form of multiply-add. */
  hasKernel: (kernel) => ours.use_kernel(kernel),

  peak: (kernel, millis) => (kernel === "relaxed" ? ours.peak_relaxed(millis) : ours.peak(millis)),

  matmul(kernel, { m, k, n, transposeA = false, transposeB = false }, millis) {
    ours.use_kernel(kernel);
    return ours.matmul(m, k, n, transposeA, transposeB, millis);
  },

  matmulOfBurn({ m, k, n }, backend, millis) {
    return backend === "flex" ? ours.matmul_flex(m, k, n, millis) : ours.matmul_ndarray(m, k, n, millis);
  },

  async openEncoder({ modelUrl }) {
    const { config, weights } = await fetchModel(modelUrl);
    encoder = new ours.Encoder(JSON.stringify(config), weights);
  },

  /** Lay out the input before the clock starts: `ids` of each batch, row after row. */
  prepare(idsOfBatches, batchSize, seqLength) {
    batches = idsOfBatches.map((ids) => ({ ids: Uint32Array.from(ids), batchSize, seqLength }));
  },

  /** Encode what was prepared. */
  async encode() {
    encoded = [];
    for (const { ids, batchSize, seqLength } of batches) encoded.push(await encoder.encode(ids, batchSize, seqLength));
  },

  /** The embeddings of the first batch, as they were encoded last. */
  embeddings: () => Array.from(encoded[0]),

  async openTraining({ modelUrl, corpusUrl, freeze, epochs, batchSize, nLayers }) {
    const model = withLayers(await fetchModel(modelUrl), nLayers);
    const tokenizer = await (await fetchFile(`${modelUrl}/tokenizer.json`)).text();
    const corpus = await (await fetchFile(corpusUrl)).text();
    const config = JSON.stringify(model.config);
    training = new ours.Training(config, model.weights, tokenizer, corpus, freeze, epochs, batchSize, 0);
  },

  /** Milliseconds of each of the next `n` steps, fewer where the run ends. */
  async steps(n) {
    const millis = [];
    while (millis.length < n) {
      const start = performance.now();
      const loss = await training.step();
      if (loss === undefined) break;
      millis.push(performance.now() - start);
    }
    return millis;
  },

  breakdown: () => ({ ...training.breakdown() }),
  memoryBytes: () => training.memory_bytes(),
});

async function fetchModel(url) {
  const config = await (await fetchFile(`${url}/config.json`)).json();
  const weights = new Uint8Array(await (await fetchFile(`${url}/model.safetensors`)).arrayBuffer());
  return { config, weights };
}

async function fetchFile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with status ${response.status}`);
  return response;
}
