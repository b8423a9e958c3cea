// The peer: onnxruntime-web on the same model with the same input, on so many threads.

import * as ort from "../ort/ort.wasm.min.mjs";
import { serveMethods } from "./rpc.mjs";

let session = null;
let batches = [];
let encoded = [];

serveMethods({
  async open({ modelUrl, nThreads }) {
    if (nThreads > 1 && !self.crossOriginIsolated) throw new Error("threads need a cross-origin isolated page");
    // Fixed from the first session on, hence a worker for each number of threads.
    ort.env.wasm.numThreads = nThreads;
    ort.env.wasm.wasmPaths = new URL("../ort/", import.meta.url).href;
    ort.env.logLevel = "error";
    session = await ort.InferenceSession.create(modelUrl, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
  },

  prepare(idsOfBatches, batchSize, seqLength) {
    const shape = [batchSize, seqLength];
    const mask = () => new ort.Tensor("int64", new BigInt64Array(batchSize * seqLength).fill(1n), shape);
    batches = idsOfBatches.map((ids) => ({
      input_ids: new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), shape),
      attention_mask: mask(),
    }));
  },

  async encode() {
    encoded = [];
    for (const batch of batches) encoded.push((await session.run(batch)).embeddings.data);
  },

  embeddings: () => Array.from(encoded[0]),
});
