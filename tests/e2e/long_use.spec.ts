/** A tab that is used for hours: memory, storage and workers stay level. Run by hand (CONTRIBUTING.md); it prints figures. */

import { readFileSync } from "node:fs";
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { chooseTinyRun, ENDLESS_EPOCHS, serveTinyModel } from "./support/tiny_model.ts";

const HOUR_MILLIS = 60 * 60_000;
const BYTES_PER_PAGE = 4096;

interface Use {
  /** Resident bytes of all renderer processes: there is one tab. */
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

/** The second half of the time uses no more than the first, but for what garbage collection leaves. */
function expectLevel(uses: readonly Use[]): void {
  const half = uses.length / 2;
  const largest = (of: keyof Use, some: readonly Use[]) => Math.max(...some.map((use) => use[of]));
  for (const of of ["memory", "storage", "listeners", "nodes", "workers"] as const) {
    const [first, second] = [largest(of, uses.slice(0, half)), largest(of, uses.slice(half))];
    expect(second, `${of}: ${first} in the first half`).toBeLessThanOrEqual(1.1 * first);
  }
}

async function useOf(page: Page, browser: Browser): Promise<Use> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { jsEventListeners: listeners, nodes } = await session.send("Memory.getDOMCounters");
  await session.detach();
  const ofBrowser = await browser.newBrowserCDPSession();
  const { processInfo } = await ofBrowser.send("SystemInfo.getProcessInfo");
  await ofBrowser.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  const storage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  return {
    memory: renderers.reduce((sum, id) => sum + residentBytes(id), 0),
    storage,
    listeners,
    nodes,
    workers: page.workers().length,
  };
}

/** Of a process, as Linux tells it. */
function residentBytes(id: number): number {
  return Number(readFileSync(`/proc/${id}/statm`, "utf8").split(" ")[1]) * BYTES_PER_PAGE;
}

function report(at: string, { memory, storage, listeners, nodes, workers }: Use): void {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `${at}: memory ${megabytes(memory)}, storage ${megabytes(storage)}, ${listeners} listeners, ${nodes} nodes, ${workers} workers`,
  );
}
