// The page as a visitor has it: how long until it is ready, and from the click to the first step; and what a training
// step is made of.

import { openBenchPage } from "../browser.mjs";
import { alternate, firstLine } from "../rounds.mjs";
import { alone, digits } from "../rows.mjs";
import { PAGE, ROUNDS } from "../settings.mjs";

const STRATEGY_NAMES = { nothing: "whole model", "last-2": "last two layers", backbone: "head only" };
const READY_LIMIT_MILLIS = 120_000;
const FIRST_STEP_LIMIT_MILLIS = 300_000;

export async function page(bench) {
  const rows = [];
  for (const strategy of PAGE.strategies) {
    const visits = [];
    const visit = async () => {
      visits.push(await visitOnce(bench, strategy));
      return visits.length;
    };
    bench.log(`opening the page, then training: ${STRATEGY_NAMES[strategy]}`);
    const { failures } = await alternate({ ours: visit }, { nRounds: bench.pick(ROUNDS.page) });
    const secondsOf = (millisOf) => visits.map((times) => millisOf(times) / 1000);
    const why = failures.ours;
    const row = (figure, millisOf) => alone({ figure, unit: "s", ours: why ? [] : secondsOf(millisOf), why });
    if (strategy === PAGE.strategies[0]) {
      rows.push(row("page: from opening until it can train", (t) => Math.max(t.model_loaded, t.corpus_loaded)));
      rows.push(row("page: from the click until the held-out pairs are scored", (t) => t.evaluated - t.click));
    }
    rows.push(row(`page: from the click to the first step, ${STRATEGY_NAMES[strategy]}`, (t) => t.stepped - t.click));
  }
  return { rows, ...(await breakdown(bench)) };
}

/** Open the page in a fresh profile, train, and leave at the first step: when it was told what, in its own clock. */
async function visitOnce(bench, strategy) {
  const context = await bench.browser.newContext();
  try {
    const tab = await context.newPage();
    await tab.addInitScript(keepTimes);
    await tab.goto(bench.url("plain", "dist/index.html"));
    // The strategies are shown on demand.
    await tab.locator("#settings summary").first().click({ timeout: READY_LIMIT_MILLIS });
    await tab.getByTestId(`freeze-${strategy}`).check({ timeout: READY_LIMIT_MILLIS });
    const button = tab.locator('[data-testid="train-button"]:enabled');
    await button.click({ timeout: READY_LIMIT_MILLIS });
    await tab.waitForFunction(() => "stepped" in window.benchTimes, null, { timeout: FIRST_STEP_LIMIT_MILLIS });
    return await tab.evaluate(() => window.benchTimes);
  } finally {
    await context.close();
  }
}

/** Runs in the page before its own scripts: notes when each kind of event first comes from the worker, and the click. */
function keepTimes() {
  // It is the CPU that is measured, also where there is a GPU.
  Object.defineProperty(navigator, "gpu", { value: undefined });
  const times = {};
  window.benchTimes = times;
  const note = (name) => {
    times[name] ??= performance.now();
  };
  const isTrainButton = (element) =>
    element instanceof Element && element.closest('[data-testid="train-button"]') !== null;
  addEventListener("click", ({ target }) => isTrainButton(target) && note("click"), { capture: true });
  window.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data: events }) => {
        for (const { kind } of events) note(kind);
      });
    }
  };
}

async function breakdown(bench) {
  if (bench.missing.module) return { notes: [`Breakdown of a step: not run: ${bench.missing.module}.`] };
  const corpus = await bench.corpora.demo(1000);
  const found = [];
  const notes = [];
  for (const strategy of PAGE.breakdown) {
    bench.log(`breakdown of a step: ${STRATEGY_NAMES[strategy]}`);
    try {
      found.push({ strategy, ...(await breakdownOf(bench, corpus, strategy)) });
    } catch (fault) {
      notes.push(`Breakdown of a step, ${STRATEGY_NAMES[strategy]}: failed: ${firstLine(fault)}.`);
    }
  }
  const parts = [...new Set(found.flatMap(({ millis }) => Object.keys(millis)))];
  const cell = (value, total) =>
    value === undefined ? "–" : `${digits(value)} (${Math.round((100 * value) / total)} %)`;
  const rows = found.map(({ strategy, millis, total }) => [
    STRATEGY_NAMES[strategy],
    digits(total),
    ...parts.map((part) => cell(millis[part], total)),
  ]);
  const title = "Breakdown of a training step of 16 pairs, one worker: milliseconds, and their part of the step";
  return { tables: [{ title, header: ["trained", "step", ...parts], rows }], notes };
}

/** Milliseconds a step by what they went into, and in all. */
async function breakdownOf(bench, corpus, freeze) {
  const tab = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: true });
  try {
    await tab.start("ours", "ours_worker.mjs");
    await tab.call("ours", "openTraining", {
      modelUrl: bench.url("plain", "dist/models/all-MiniLM-L6-v2"),
      corpusUrl: bench.url("plain", `files/corpora/${corpus.name}`),
      freeze,
      epochs: 1,
      batchSize: 16,
      nLayers: 0,
    });
    await tab.call("ours", "steps", PAGE.nWarmUpSteps);
    const before = await tab.call("ours", "breakdown");
    const steps = await tab.call("ours", "steps", bench.pick(PAGE.nSteps));
    const after = await tab.call("ours", "breakdown");
    const perStep = (millis) => millis / steps.length;
    const parts = Object.entries(after).map(([part, millis]) => [part, perStep(millis - (before[part] ?? 0))]);
    return { millis: Object.fromEntries(parts), total: perStep(steps.reduce((sum, millis) => sum + millis, 0)) };
  } finally {
    await tab.close();
  }
}
