// How time and memory grow with the number of pairs, the length of sentences, the depth of the model and the workers.

import { openBenchPage } from "../browser.mjs";
import { dashIfNone, dimensionTable } from "../growth_table.mjs";
import { firstLine, median } from "../rounds.mjs";
import { alone } from "../rows.mjs";
import { GROWTH } from "../settings.mjs";
import { freezeOf, trainOptions } from "../training.mjs";

const BYTES_PER_MB = 1e6;
/** For steps, whose time is that of their batch, so many pairs are enough for every step to find a full one. */
const N_PAIRS_FOR_STEPS = 320;

export async function growth(bench) {
  const pairs = await points(bench, "pairs", GROWTH.nPairs, (n) => ofPairs(bench, n));
  const lengths = await points(bench, "tokens a sentence", GROWTH.seqLengths, (n) => ofLength(bench, n));
  const depths = await points(bench, "layers", GROWTH.nLayers, (n) => ofDepth(bench, n));
  const workers = await points(bench, "workers", GROWTH.nWorkers, (n) => ofWorkers(bench, n));
  return {
    rows: [linearity(bench, pairs)],
    tables: [
      dimensionTable(
        "Growth with the number of pairs: one epoch of the head alone, and a whole-model step of a run of so many",
        "pairs",
        pairs,
        {
          seconds: "head only, s",
          perPair: "ms a pair",
          stepMillis: "whole-model step, ms",
          megabytes: "wasm memory, MB",
        },
      ),
      dimensionTable(
        "Growth with the length of sentences: a whole-model step of 16 pairs",
        "tokens",
        lengths,
        STEP_COLUMNS,
      ),
      dimensionTable(
        "Growth with depth: a whole-model step of 16 pairs of the demo corpus",
        "layers",
        depths,
        STEP_COLUMNS,
      ),
      dimensionTable("Growth with data-parallel workers: whole-model steps of 16 pairs", "workers", workers, {
        pairsPerSecond: "pairs/s",
        stepMillis: "step, ms",
        megabytes: "wasm memory of all, MB",
      }),
    ],
    plots: [
      plot("pairs", "pairs", pairs, { key: "seconds", title: "Head only, one epoch (s)" }, { time: "xy", memory: "x" }),
      plot("seq_length", "tokens a sentence", lengths, STEP_PLOT, { time: "xy", memory: "xy" }),
      plot("depth", "layers", depths, STEP_PLOT, { time: "", memory: "" }),
      plot(
        "workers",
        "workers",
        workers,
        { key: "pairsPerSecond", title: "Whole model (pairs/s)" },
        { time: "", memory: "" },
      ),
    ],
  };
}

const STEP_COLUMNS = { stepMillis: "step, ms", megabytes: "wasm memory, MB" };
const STEP_PLOT = { key: "stepMillis", title: "Whole-model step (ms)" };

/** One measurement for each size; one that fails is told and left out of the plots. */
async function points(bench, name, sizes, measure) {
  const found = [];
  for (const size of bench.pick(sizes)) {
    try {
      const point = { size, ...(await measure(size)) };
      found.push(point);
      bench.log(
        `growth: ${size} ${name}: ${dashIfNone(point.stepMillis)} ms a step, ${dashIfNone(point.megabytes)} MB`,
      );
    } catch (fault) {
      found.push({ size, failure: firstLine(fault) });
      bench.log(`growth: ${size} ${name}: failed: ${firstLine(fault)}`);
    }
  }
  return found;
}

async function ofPairs(bench, nPairs) {
  const corpus = await bench.corpora.demo(nPairs);
  const head = await trainOnPage(bench, corpus, { freeze: freezeOf("backbone"), epochs: 1 }, 1);
  const whole = await trainOnPage(bench, corpus, { freeze: freezeOf("nothing"), epochs: 1 }, 1, stepsToTake(bench));
  return {
    seconds: head.totalMillis / 1000,
    perPair: head.totalMillis / nPairs,
    stepMillis: stepOf(whole.stepMillis),
    megabytes: Math.max(head.memoryBytes, whole.memoryBytes) / BYTES_PER_MB,
  };
}

async function ofWorkers(bench, nWorkers) {
  const corpus = await bench.corpora.demo(N_PAIRS_FOR_STEPS);
  const settings = { freeze: freezeOf("nothing"), epochs: 1, batch_size: GROWTH.batchSize };
  const run = await trainOnPage(bench, corpus, settings, nWorkers, stepsToTake(bench));
  const stepMillis = stepOf(run.stepMillis);
  return {
    stepMillis,
    pairsPerSecond: (GROWTH.batchSize * 1000) / stepMillis,
    megabytes: run.memoryBytes / BYTES_PER_MB,
  };
}

async function ofLength(bench, seqLength) {
  return stepsOfModule(bench, await bench.corpora.ofLength(seqLength, N_PAIRS_FOR_STEPS), 0);
}

async function ofDepth(bench, nLayers) {
  return stepsOfModule(bench, await bench.corpora.demo(N_PAIRS_FOR_STEPS), nLayers);
}

async function trainOnPage(bench, corpus, settings, nWorkers, maxSteps = undefined) {
  const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: false });
  try {
    return await page.train(
      trainOptions(bench, corpus, settings, nWorkers, maxSteps === undefined ? {} : { maxSteps }),
    );
  } finally {
    await page.close();
  }
}

/** Steps of the bench module, which takes what the page doesn't: other depths, and longer sentences. */
async function stepsOfModule(bench, corpus, nLayers) {
  if (bench.missing.module) throw new Error(bench.missing.module);
  const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: false });
  try {
    await page.start("ours", "ours_worker.mjs");
    await page.call("ours", "openTraining", {
      modelUrl: bench.url("plain", "dist/models/all-MiniLM-L6-v2"),
      corpusUrl: bench.url("plain", `files/corpora/${corpus.name}`),
      freeze: "nothing",
      epochs: 1,
      batchSize: GROWTH.batchSize,
      nLayers,
    });
    const steps = await page.call("ours", "steps", stepsToTake(bench));
    return { stepMillis: stepOf(steps), megabytes: (await page.call("ours", "memoryBytes")) / BYTES_PER_MB };
  } finally {
    await page.close();
  }
}

function stepsToTake(bench) {
  return GROWTH.nWarmUpSteps + bench.pick(GROWTH.nSteps);
}

function stepOf(stepMillis) {
  return median(stepMillis.slice(GROWTH.nWarmUpSteps));
}

/** Whether the time of a pair stays what it is when there are more of them. */
function linearity(bench, points) {
  const base = points.find(({ size }) => size === bench.pick(GROWTH.linearBase));
  const last = points.at(-1);
  const figure = `time of a pair, ${last.size.toLocaleString("en")} pairs over ${base.size.toLocaleString("en")}, head only`;
  const why = base.failure ?? last.failure;
  return alone({ figure, unit: "×", ours: why ? [] : [last.perPair / base.perPair], goal: GROWTH.linearGoal, why });
}

/** Time and memory beside each other; `logarithmic` names the axes of each whose figures span powers of ten. */
function plot(name, xTitle, points, { key, title }, logarithmic) {
  const measured = points.filter(({ failure }) => failure === undefined);
  const pointsOf = (valueKey) => measured.map((point) => [point.size, point[valueKey]]);
  const time = { title, points: pointsOf(key), logarithmic: logarithmic.time, isCompared: true };
  const memory = {
    title: "wasm memory (MB)",
    points: pointsOf("megabytes"),
    logarithmic: logarithmic.memory,
    isCompared: false,
  };
  return { file: `${name}.svg`, panels: [time, memory].map((panel) => ({ ...panel, xTitle })) };
}
