// The peers that need a Python.

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const inBench = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** One training by train_pytorch.py, with more `variables` in its environment: its line of JSON. */
export async function trainInPyTorch(python, { data, freeze, epochs, batching, threads }, variables = {}) {
  const words = ["--data", data, "--freeze", freeze, "--epochs", epochs, "--batching", batching, "--threads", threads];
  const output = await runPython(python, [inBench("train_pytorch.py"), ...words.map(String)], variables);
  return JSON.parse(output.trim().split("\n").at(-1));
}

/** Sentences a second by an engine of encode_in_python.py, and the embedding of the first one. */
export async function encodeInPython(python, { engine, file, threads }) {
  const words = ["--engine", engine, "--in", file, "--threads", String(threads)];
  const output = await runPython(python, [inBench("encode_in_python.py"), ...words]);
  const { sentences_per_second: perSecond, first } = JSON.parse(output.trim().split("\n").at(-1));
  return { perSecond, first };
}

/** Token ids of both sentences of each pair, and its score, see tokenize_pairs.py. */
export async function tokenizePairs(python, file) {
  return JSON.parse(await runPython(python, [inBench("tokenize_pairs.py"), "--in", file]));
}

/** Write the ONNX files unless both are there, and newer than the model. */
export async function exportOnnx(python, modelFile, out) {
  const [model, ...files] = await Promise.all([modelFile, out, out.replace(".onnx", "-q8.onnx")].map(modified));
  if (files.every((time) => time > model)) return;
  await runPython(python, [inBench("export_onnx.py"), "--out", out]);
}

/** Which PyTorch it is; throws where there is none. */
export async function versionOfTorch(python) {
  return (await runPython(python, ["-c", "import torch, transformers; print(torch.__version__)"])).trim();
}

async function runPython(python, words, variables = {}) {
  try {
    const env = { ...process.env, ...variables };
    const { stdout } = await execute(python, words, { maxBuffer: 1 << 24, env });
    return stdout;
  } catch (fault) {
    const lines = String(fault.stderr ?? "")
      .trim()
      .split("\n");
    throw new Error(lines.at(-1) || fault.message);
  }
}

/** When a file was last written; 0 where there is none. */
async function modified(file) {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return 0;
  }
}
