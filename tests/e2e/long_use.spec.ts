/** A tab that is used for hours: memory, storage and workers stay level. Run by hand (CONTRIBUTING.md); it prints figures. */

import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { chooseTinyRun, ENDLESS_EPOCHS, serveTinyModel } from "./support/tiny_model.ts";

const HOUR_MILLIS = 60 * 60_000;
const BYTES_PER_PAGE = 4096;

interface Use {
  /** Bytes. */
  memory: number;
  /** Bytes that the origin has stored. */
  storage: number;
  /** Of the page; those of the worker are in its memory. */
  listeners: number;
  nodes: number;
  workers: number;
}

test("ten thousand steps of a small model", async ({ lab, page, browser }) => {
  test.setTimeout(2 * HOUR_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab, ENDLESS_EPOCHS);
  await lab.set("batch-size", "4");
  await lab.shareBy(1);
  await lab.trainButton.click();
  const uses: Use[] = [];
  for (let nSteps = 1_000; nSteps <= 10_000; nSteps += 1_000) {
    await lab.expectSteps(nSteps, HOUR_MILLIS);
    uses.push(await useOf(page, browser));
    report(`${nSteps} steps`, uses.at(-1) as Use);
  }
  expectLevel(uses);
  await lab.stop();
});

test("fifty runs of the head of the page's own model", async ({ lab, page, browser }) => {
  test.setTimeout(2 * HOUR_MILLIS);
  await lab.openReady();
  await lab.freeze("backbone");
  const uses: Use[] = [];
  for (let nRuns = 1; nRuns <= 50; nRuns += 1) {
    await lab.trainToEnd();
    await lab.expectAnswer();
    if (nRuns % 5 !== 0) continue;
    uses.push(await useOf(page, browser));
    report(`${nRuns} runs`, uses.at(-1) as Use);
  }
  expectLevel(uses);
});

test("a model of BERT-large's size is loaded from files and exported", async ({ lab, page, browser }, testInfo) => {
  test.setTimeout(HOUR_MILLIS);
  await lab.openReady();
  const weights = testInfo.outputPath("model.safetensors");
  const nParams = writeBertLarge(weights);
  const files = { "config.json": JSON.stringify(BERT_LARGE), "tokenizer.json": readFileSync(TOKENIZER) };
  const folder = Object.entries(files).map(([name, content]) => {
    const path = testInfo.outputPath(name);
    writeFileSync(path, content);
    return path;
  });
  report("before", await useOf(page, browser));
  await lab.chooseModelFiles([...folder, weights]);
  const loading = await mostMemoryUntil(browser, expect(lab.model).toContainText("1,024", { timeout: HOUR_MILLIS }));
  report(`loaded, at most ${megabytes(loading)}`, await useOf(page, browser));
  await lab.expectAnswer();
  const download = page.waitForEvent("download", { timeout: HOUR_MILLIS });
  const written = download.then(async (file) => statSync(await file.path()).size);
  await page.getByTestId("export-model").click();
  const exporting = await mostMemoryUntil(browser, written);
  report(`exported, at most ${megabytes(exporting)}`, await useOf(page, browser));
  expect(await written).toBeGreaterThan(4 * nParams);
  rmSync(weights);
});

const TOKENIZER = new URL("../../web/models/all-MiniLM-L6-v2/tokenizer.json", import.meta.url);

const BERT_LARGE = {
  model_type: "bert",
  vocab_size: 30_522,
  hidden_size: 1024,
  num_hidden_layers: 24,
  num_attention_heads: 16,
  intermediate_size: 4096,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
  hidden_act: "gelu",
};

/** A checkpoint in half precision whose values are noise. Returns how many there are. */
function writeBertLarge(path: string): number {
  const { hidden_size: width, intermediate_size: wide } = BERT_LARGE;
  const shapes: [name: string, shape: number[]][] = [];
  const linear = (name: string, nOutputs: number, nInputs: number) =>
    shapes.push([`${name}.weight`, [nOutputs, nInputs]], [`${name}.bias`, [nOutputs]]);
  const norm = (name: string) => shapes.push([`${name}.weight`, [width]], [`${name}.bias`, [width]]);
  shapes.push(["embeddings.word_embeddings.weight", [BERT_LARGE.vocab_size, width]]);
  shapes.push(["embeddings.position_embeddings.weight", [BERT_LARGE.max_position_embeddings, width]]);
  shapes.push(["embeddings.token_type_embeddings.weight", [BERT_LARGE.type_vocab_size, width]]);
  norm("embeddings.LayerNorm");
  for (let idx = 0; idx < BERT_LARGE.num_hidden_layers; idx += 1) {
    const layer = `encoder.layer.${idx}`;
    for (const name of ["self.query", "self.key", "self.value", "output.dense"]) {
      linear(`${layer}.attention.${name}`, width, width);
    }
    norm(`${layer}.attention.output.LayerNorm`);
    linear(`${layer}.intermediate.dense`, wide, width);
    linear(`${layer}.output.dense`, width, wide);
    norm(`${layer}.output.LayerNorm`);
  }
  let nParams = 0;
  const header: Record<string, object> = {};
  for (const [name, shape] of shapes) {
    const start = 2 * nParams;
    nParams += shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: "F16", shape, data_offsets: [start, 2 * nParams] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  // Either sign, 2^-7 to 2^-6, a mantissa at random.
  const noise = Uint16Array.from({ length: 1 << 20 }, () => (Math.floor(Math.random() * 0x10000) & 0x83ff) | 0x2000);
  const file = openSync(path, "w");
  writeSync(file, length);
  writeSync(file, json);
  for (let nLeft = nParams; nLeft > 0; nLeft -= noise.length) writeSync(file, noise.subarray(0, Math.min(nLeft, noise.length)));
  closeSync(file);
  return nParams;
}

/** The most bytes that the renderers take until something is done. */
async function mostMemoryUntil(browser: Browser, done: Promise<unknown>): Promise<number> {
  let isDone = false;
  const end = done.finally(() => {
    isDone = true;
  });
  let most = 0;
  while (!isDone) {
    most = Math.max(most, await rendererBytes(browser));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await end;
  return most;
}

/**
 * By how much the second half of the time may exceed the first: garbage may not be collected yet, and a checkpoint that is
 * being replaced is stored twice.
 */
const MOST = { memory: 1.1, storage: 1.2, listeners: 1.1, nodes: 1.1, workers: 1 } as const satisfies Use;

function expectLevel(uses: readonly Use[]): void {
  const half = uses.length / 2;
  const largest = (of: keyof Use, some: readonly Use[]) => Math.max(...some.map((use) => use[of]));
  for (const of of Object.keys(MOST) as (keyof Use)[]) {
    const [first, second] = [largest(of, uses.slice(0, half)), largest(of, uses.slice(half))];
    expect(second, `${of}: ${first} in the first half`).toBeLessThanOrEqual(MOST[of] * first);
  }
}

async function useOf(page: Page, browser: Browser): Promise<Use> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { jsEventListeners: listeners, nodes } = await session.send("Memory.getDOMCounters");
  await session.detach();
  const storage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  return {
    memory: await rendererBytes(browser),
    storage,
    listeners,
    nodes,
    workers: page.workers().length,
  };
}

/** Resident bytes of all renderer processes: there is one tab. */
async function rendererBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return renderers.reduce((sum, { id }) => sum + residentBytes(id), 0);
}

/** Of a process, as Linux tells it. */
function residentBytes(id: number): number {
  return Number(readFileSync(`/proc/${id}/statm`, "utf8").split(" ")[1]) * BYTES_PER_PAGE;
}

function report(at: string, { memory, storage, listeners, nodes, workers }: Use): void {
  console.log(
    `${at}: memory ${megabytes(memory)}, storage ${megabytes(storage)}, ${listeners} listeners, ${nodes} nodes, ${workers} workers`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
