/**
 * Figures and pictures for the documents, measured on the built page with its own model: `npm run figures`. They are
 * written to docs/figures, each with the commit and the machine. Other programs on the machine falsify them.
 */

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { longestTaskMillis, pageClock } from "./support/diary.ts";
import { expect, test } from "./support/fixtures.ts";
import { type Freeze, type LabPage, RUN_MILLIS } from "./support/lab_page.ts";
import { chooseTinyRun, serveTinyModel } from "./support/tiny_model.ts";

const FOLDER = fileURLToPath(new URL("../../docs/figures/", import.meta.url));
const HOUR_MILLIS = 60 * 60_000;

test.beforeAll(() => void mkdirSync(FOLDER, { recursive: true }));

/** Three take three times as long, and give ranges: `SEEDS=3 npm run figures`. */
const N_SEEDS = process.env.SEEDS === "3" ? 3 : 1;

test("which strategy gains what, and what it costs", async ({ lab, page }) => {
  test.setTimeout(HOUR_MILLIS);
  await page.setViewportSize({ width: 1280, height: 900 });
  await lab.openReady();
  await page.getByTestId("preset-thorough").check();
  await page.getByRole("link", { name: "Compare" }).click();
  await page.getByRole("radio", { name: N_SEEDS === 3 ? /^Three/ : /^One/ }).check();
  await page.getByTestId("queue-start").click();
  const queue = page.getByTestId("queue");
  let last = "";
  while (!last.includes("The comparison is finished")) {
    await page.waitForTimeout(1_000);
    const [line = ""] = (await queue.innerText()).match(/Run \d+ of \d+[^\n]*|The comparison is finished[^\n]*/) ?? [];
    if (line !== last) console.log(line);
    last = line;
  }
  const download = page.waitForEvent("download");
  await page.getByTestId("save-json").click();
  const path = await (await download).path();
  const runs: PastRun[] = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(`${FOLDER}strategies.md`, strategiesTable(runs));
  await unstick(page);
  await page.getByTestId("quality").screenshot({ path: `${FOLDER}quality.png` });
});

/** What is used of a run that the page saves. */
interface PastRun {
  frozen: string;
  trainable: { embeddings: number; layers: number; head: number };
  trainingSecs: number;
  nWorkers: number;
  order: { config: { seed: number; epochs: number } };
  before: ScoresOfRun;
  after: ScoresOfRun;
  changes: { score: string; change: number; interval: [number, number] | null }[];
}

interface ScoresOfRun {
  accuracy: number;
  macro_f1: number;
  correlation: { spearman: number };
}

function strategiesTable(runs: readonly PastRun[]): string {
  const lines = [...new Set(runs.map(({ frozen }) => frozen))].map((frozen) => {
    const same = runs.filter((run) => run.frozen === frozen);
    const first = same.find(({ order }) => order.config.seed === Math.min(...same.map((run) => run.order.config.seed)));
    if (first === undefined) return "";
    const { embeddings, layers, head } = first.trainable;
    const intervalOf = (score: string) => {
      const interval = first.changes.find((change) => change.score === score)?.interval ?? null;
      return interval === null ? "–" : interval.map((end) => signed(end)).join(" to ");
    };
    return `| ${[
      frozen,
      (embeddings + layers + head).toLocaleString("en"),
      meanAndRange(same.map(({ trainingSecs }) => trainingSecs), 0),
      meanAndRange(same.map(({ after }) => after.accuracy), 3),
      intervalOf("accuracy"),
      meanAndRange(same.map(({ after }) => after.correlation.spearman), 3),
      intervalOf("spearman"),
    ].join(" | ")} |`;
  });
  const { before, order, nWorkers } = runs[0] as PastRun;
  return [
    "# What each strategy gains and costs",
    "",
    `Written by \`npm run figures\` in tests/e2e. ${stamp()}`,
    "",
    `all-MiniLM-L6-v2, the demo pairs, the preset "thorough" (${order.config.epochs} epochs), ${nWorkers} workers in Chromium,`,
    `${N_SEEDS === 3 ? "three seeds: mean, lowest and highest" : "one seed"}. Before training, with an untrained head: accuracy ` +
      `${before.accuracy.toFixed(3)}, Spearman's correlation ${before.correlation.spearman.toFixed(3)}. The intervals are those that`,
    "the page shows for the first seed: 95 %, by a paired bootstrap over the held-out pairs, of the change by training.",
    "",
    "| Frozen | Trained parameters | Seconds | Accuracy | its change | Spearman | its change |",
    "|---|---|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}

function meanAndRange(values: readonly number[], digits: number): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return low === high ? mean.toFixed(digits) : `${mean.toFixed(digits)} (${low}–${high})`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
}

test("the page in pictures", async ({ lab, page }) => {
  test.setTimeout(HOUR_MILLIS);
  await page.setViewportSize({ width: 1440, height: 900 });
  await lab.openReady();
  await lab.expectAnswer();
  await page.screenshot({ path: `${FOLDER}first-screen.png` });
  await page.getByTestId("preset-thorough").check();
  await lab.trainToEnd();
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `${FOLDER}train.png` });
  await unstick(page);
  await page.locator("#analysis .plots").screenshot({ path: `${FOLDER}analysis.png` });

  await page.getByRole("link", { name: "Explore" }).click();
  await unstick(page);
  await page.getByTestId("encode").click();
  await expect(page.getByTestId("encoded")).toContainText("at step", { timeout: RUN_MILLIS });
  await page.getByTestId("query").fill("Somebody plays an instrument in the street.");
  await expect(page.getByTestId("results").locator("tr")).toHaveCount(10);
  await page.getByTestId("results").locator("tr").first().getByRole("button").click();
  await page.locator("#search").screenshot({ path: `${FOLDER}search.png` });
  await page.locator("#map").screenshot({ path: `${FOLDER}map.png` });
  await page.locator("#matrix input[value=after]").check();
  await page.locator("#matrix").screenshot({ path: `${FOLDER}matrix.png` });
});

/** What stays in sight would lie over what is further down. */
async function unstick(page: Page): Promise<void> {
  await page.locator(".place-nav").evaluate((nav) => {
    nav.style.position = "static";
  });
}

/** Answers that are timed in each state. */
const N_ANSWERS = 30;

test("how soon typed sentences are answered, and how smooth the page stays", async ({ lab, page }) => {
  test.setTimeout(HOUR_MILLIS);
  await lab.openReady();
  const rows = [await timeAnswers(lab, "idle")];
  for (const [freeze, name] of [
    ["nothing", "while the whole model trains"],
    ["last", "while the last two layers and the head train"],
    ["backbone", "while the head trains"],
  ] as const satisfies readonly (readonly [Freeze, string])[]) {
    rows.push(await timeWhileTraining(lab, freeze, name, null));
  }
  rows.push(await timeWhileTraining(lab, "nothing", "while the whole model trains, by one worker", 1));
  const paint = await page.evaluate(() =>
    performance.getEntriesByType("paint").map(({ name, startTime }) => `${name} after ${startTime.toFixed(0)} ms`),
  );
  writeFileSync(
    `${FOLDER}responsiveness.md`,
    [
      "# How soon the page answers",
      "",
      `Written by \`npm run figures\` in tests/e2e. ${stamp()}`,
      "",
      `all-MiniLM-L6-v2 on the CPU. From the key that changes a sentence to the new answer on the page, ${N_ANSWERS} times each, a`,
      "key every 0.3 to 0.9 s; and the longest task of the page's main thread meanwhile (0: none took 50 ms).",
      "",
      "| State | median, ms | 95th percentile, ms | longest, ms | longest task, ms |",
      "|---|---|---|---|---|",
      ...rows,
      "",
      `Page opened from a local server, cache empty: ${paint.join(", ")}.`,
      "",
    ].join("\n"),
  );
});

async function timeWhileTraining(lab: LabPage, freeze: Freeze, name: string, nWorkers: number | null): Promise<string> {
  await lab.freeze(freeze);
  await lab.set("epochs", "1000");
  await lab.set("n-workers", nWorkers === null ? "" : String(nWorkers));
  await lab.trainButton.click();
  await lab.expectSteps(2);
  const row = await timeAnswers(lab, name);
  await lab.stopButton.click();
  await expect(lab.phase).toHaveText(/^Stopped after step \d+$/, { timeout: RUN_MILLIS });
  return row;
}

async function timeAnswers({ page }: LabPage, name: string): Promise<string> {
  const since = await pageClock(page);
  const millis = (await page.evaluate(answerTimes, N_ANSWERS)).sort((a, b) => a - b);
  const at = (share: number) => (millis[Math.min(millis.length - 1, Math.floor(share * millis.length))] ?? 0).toFixed(0);
  const longest = await longestTaskMillis(page, since);
  console.log(name, millis.map((value) => value.toFixed(0)).join(" "));
  return `| ${name} | ${at(0.5)} | ${at(0.95)} | ${at(1)} | ${longest.toFixed(0)} |`;
}

/** Types into sentence B, inside the page: the milliseconds to each answer. */
async function answerTimes(nAnswers: number): Promise<number[]> {
  const area = document.querySelector<HTMLTextAreaElement>('[data-testid="sentence-b"]');
  if (area === null) throw new Error("there is no sentence to type");
  const words = ["a", "harbour", "keeps", "the", "lantern", "lit", "until", "morning"];
  const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));
  const isStale = () => document.querySelector(".comparisons")?.getAttribute("aria-busy") !== "false";
  const answered = () =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (isStale()) return;
        observer.disconnect();
        resolve();
      };
      const observer = new MutationObserver(look);
      observer.observe(document.body, { subtree: true, childList: true, attributes: true });
      // The page shows what was typed in the next task at the latest.
      setTimeout(look, 20);
    });
  const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set;
  const times: number[] = [];
  for (let n = 0; n < nAnswers; n += 1) {
    await pause(300 + Math.random() * 600);
    const text = Array.from({ length: 4 + (n % 5) }, (_, idx) => words[(n + idx) % words.length]).join(" ");
    set?.call(area, `${text} ${n}`);
    const start = performance.now();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    while (!isStale() && performance.now() - start < 10) await pause(0);
    await answered();
    times.push(performance.now() - start);
  }
  return times;
}

/** Runs in the table of the next test. */
const N_RUNS = 50;

test("how soon the page shows what a click does, with fifty runs and a map of all sentences", async ({ lab, page }) => {
  test.setTimeout(HOUR_MILLIS);
  await serveTinyModel(page);
  await page.unroute("**/data/demo-pairs.tsv");
  await lab.openReady();
  await chooseTinyRun(lab, 1);
  for (let n = 0; n < N_RUNS; n += 1) await lab.trainToEnd();
  await watchInteractions(page);
  await page.getByRole("link", { name: "Compare" }).click();
  await expect(page.getByTestId("past-run")).toHaveCount(N_RUNS);
  for (const header of await page.getByTestId("past-runs").getByRole("columnheader").getByRole("button").all()) {
    await header.click();
  }
  for (const row of (await page.getByTestId("past-run").all()).slice(0, 5)) await row.getByRole("checkbox").check();
  const inTable = await worstInteraction(page);
  await page.getByRole("link", { name: "Explore" }).click();
  await page.getByTestId("encode").click();
  await expect(page.getByTestId("map")).toBeVisible({ timeout: RUN_MILLIS });
  const nPoints = await page.getByTestId("map").getAttribute("data-points");
  await worstInteraction(page);
  const box = await page.getByTestId("map").boundingBox();
  if (box === null) throw new Error("there is no map");
  for (let n = 1; n <= 20; n += 1) {
    const [x, y] = [box.x + (box.width * n) / 21, box.y + box.height * (0.3 + 0.02 * n)];
    await page.mouse.move(x, y);
    await page.mouse.click(x, y);
    await page.keyboard.press("ArrowRight");
  }
  const onMap = await worstInteraction(page);
  writeFileSync(
    `${FOLDER}interactions.md`,
    [
      "# How soon the page shows what a click does",
      "",
      `Written by \`npm run figures\` in tests/e2e. ${stamp()}`,
      "",
      `Longest time from an interaction to the next paint: ${inTable} ms in the table of ${N_RUNS} runs (sorting by each column,`,
      `choosing five runs to compare), ${onMap} ms on the map of ${nPoints} sentences (pointing, clicking, an arrow key).`,
      "",
    ].join("\n"),
  );
});

type WithInteractions = typeof globalThis & { interactions: number[] };

async function watchInteractions(page: Page): Promise<void> {
  await page.evaluate(() => {
    (globalThis as WithInteractions).interactions = [];
    const options = { type: "event", durationThreshold: 16, buffered: false } as PerformanceObserverInit;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) (globalThis as WithInteractions).interactions.push(duration);
    }).observe(options);
  });
}

async function worstInteraction(page: Page): Promise<number> {
  await page.waitForTimeout(500);
  return page.evaluate(() => Math.max(0, ...(globalThis as WithInteractions).interactions.splice(0)));
}

function stamp(): string {
  const commit = execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim();
  const [cpu] = cpus();
  return `${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${cpus().length} cores, ${cpu?.model.trim()}.`;
}
