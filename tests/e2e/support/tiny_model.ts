/** A model, pairs and a run that are small enough to take no time, even on a GPU in software. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import type { LabPage } from "./lab_page.ts";

const ROOT = new URL("../../../", import.meta.url);
/** Two layers of 128, with the vocabulary of the model that it stands in for. */
const TINY = new URL("tests/models/bert-tiny/", ROOT);
const MODEL = "**/models/all-MiniLM-L6-v2";

export const N_TRAIN = 64;
export const N_HELD_OUT = 16;
const BATCH_SIZE = 16;
export const STEPS_PER_EPOCH = N_TRAIN / BATCH_SIZE;
const N_EPOCHS = 5;
export const N_STEPS = N_EPOCHS * STEPS_PER_EPOCH;

/** Of a run that is stopped or left: no machine is done with so many epochs while a test looks at it. */
export const ENDLESS_EPOCHS = 1_000;

/** Serve BERT-tiny in the place of the page's model, with its tokenizer, and a few of the demo pairs. */
export async function serveTinyModel(page: Page): Promise<void> {
  await serveFewPairs(page);
  const paths = {
    "config.json": new URL("config.json", TINY),
    "model.safetensors": new URL("model.safetensors", TINY),
    "tokenizer.json": new URL("web/models/all-MiniLM-L6-v2/tokenizer.json", ROOT),
  };
  const files = Object.entries(paths).map(async ([path, url]) => {
    await page.route(`${MODEL}/${path}`, (route) => route.fulfill({ path: fileURLToPath(url) }));
    const bytes = await readFile(url);
    return { path, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  const name = "all-MiniLM-L6-v2";
  const models = [
    { name, path: name, hub: { id: "test/bert-tiny", revision: "main" }, files: await Promise.all(files) },
  ];
  await page.route("**/models/index.json", (route) => route.fulfill({ json: { models } }));
}

/** Serve a few of the demo pairs only: scoring those that are held out takes longer than anything else of a short run. */
export async function serveFewPairs(page: Page): Promise<void> {
  const body = await fewPairs();
  await page.route("**/data/demo-pairs.tsv", (route) => route.fulfill({ body }));
}

/**
 * Train the upper of the two layers. Dropout stays as the page offers it: its masks are drawn from the seed, so whatever
 * computes drops out the same.
 */
export async function chooseTinyRun(lab: LabPage, nEpochs = N_EPOCHS): Promise<void> {
  const { page } = lab;
  await lab.freeze("last");
  await page.getByTestId("last-n").selectOption("1");
  await page.getByTestId("epochs").fill(String(nEpochs));
  await page.getByTestId("batch-size").fill(String(BATCH_SIZE));
}

export async function fewPairs(): Promise<string> {
  const lines = (await readFile(new URL("data/demo-pairs.tsv", ROOT), "utf8")).trimEnd().split("\n");
  const [header = "", ...rows] = lines;
  const split = header.split("\t").indexOf("split");
  const of = (name: string, n: number) => rows.filter((row) => row.split("\t")[split] === name).slice(0, n);
  return [header, ...of("train", N_TRAIN), ...of("held-out", N_HELD_OUT), ""].join("\n");
}
