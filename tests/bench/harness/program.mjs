// The native programs.

import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const MODEL = fileURLToPath(new URL("../../models/all-MiniLM-L6-v2", import.meta.url));
/** What the page and PyTorch train: the encoder and its tokenizer, without the layer that scales embeddings to length 1. */
const TRAINED_FILES = ["config.json", "model.safetensors", "tokenizer.json"];

/** GFLOP/s of a native product `[m, k] × [k, n]` and of the processor's multiply-adds, of each round. */
export async function multiplyNatively(program, { m, k, n }, nRounds) {
  const { stdout } = await execute(program, [m, k, n, nRounds].map(String));
  const rounds = stdout.trim().split("\n").map(JSON.parse);
  return { product: rounds.map(({ product }) => product), peak: rounds.map(({ peak }) => peak) };
}

/** Sentences a second by `sbert encode`, tokenizing included, and the embedding of the first one. */
export async function encodeInTerminal(program, { file, threads }) {
  const words = ["encode", "--model", MODEL, "--in", file, "--threads", String(threads)];
  const { stdout, stderr } = await execute(program, words, { maxBuffer: 1 << 28 });
  const [, perSecond] = stderr.match(/([\d.]+) sentences a second/);
  return { perSecond: Number(perSecond), first: stdout.split("\n")[0].split("\t").map(Number) };
}

/** One training by `sbert train`: the seconds of its steps, and the mean loss of the last epoch. */
export async function trainInTerminal(program, { data, freeze, epochs, threads }) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "bench-"));
  try {
    const [trace, model] = [path.join(folder, "trace.jsonl"), path.join(folder, "model")];
    await mkdir(model);
    for (const file of TRAINED_FILES) await copyFile(path.join(MODEL, file), path.join(model, file));
    const settings = ["--freeze", freeze, "--epochs", epochs, "--threads", threads].map(String);
    const words = ["train", "--model", model, "--data", data, ...settings, "--new-head", "--json", "--trace", trace];
    const { stdout } = await execute(program, words, { maxBuffer: 1 << 24 });
    const { training_secs: seconds } = JSON.parse(stdout.trim().split("\n").at(-1));
    const steps = (await readFile(trace, "utf8")).trim().split("\n").map(JSON.parse);
    const ofLastEpoch = steps.filter(({ epoch }) => epoch === epochs).map(({ loss }) => loss);
    return { seconds, loss: ofLastEpoch.reduce((sum, loss) => sum + loss, 0) / ofLastEpoch.length };
  } finally {
    await rm(folder, { recursive: true });
  }
}
