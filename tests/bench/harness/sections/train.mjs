// Trainings on the demo pairs by the built page's own worker, against PyTorch on the CPU with as many threads.

import { openBenchPage } from "../browser.mjs";
import { trainInPyTorch } from "../python.mjs";
import { alternate } from "../rounds.mjs";
import { againstPeer, alone, digits } from "../rows.mjs";
import { TRAIN, VECTORS } from "../settings.mjs";
import { freezeOf, trainOptions } from "../training.mjs";

const BATCHINGS = ["longest", "bucketed"];
const BYTES_PER_MB = 1e6;

export async function train(bench) {
  const corpus = await bench.corpora.demo(bench.pick(TRAIN.nPairs));
  const rows = [];
  const losses = [];
  for (const run of TRAIN.runs) {
    const results = [];
    for (const nWorkers of TRAIN.workers) {
      const result = await compare(bench, corpus, run, nWorkers);
      results.push(result);
      rows.push(...rowsOf(bench, run, nWorkers, result));
      losses.push([`${run.name}, ${nWorkers}`, ...["ours", ...BATCHINGS].map((name) => result.losses[name] ?? "–")]);
    }
    rows.push(speedUp(bench, run, results));
  }
  const header = ["run, workers or threads", "ours", ...BATCHINGS.map((batching) => `PyTorch, ${batching}`)];
  const tables = [{ title: "Mean joint loss of the last epoch", header, rows: losses }];
  if (bench.python !== null && process.arch === "x64") tables.push(await byVectors(bench, corpus));
  return { rows, tables };
}

/** PyTorch's time by the vectors that it is let have. */
async function byVectors(bench, corpus) {
  const { freeze, epochs, batching, threads } = VECTORS;
  const rows = [];
  for (const { name, variables } of VECTORS.held) {
    const { seconds } = await trainInPyTorch(
      bench.python,
      { data: corpus.file, freeze, epochs, batching, threads },
      variables,
    );
    bench.log(`PyTorch with vectors of ${name}: ${seconds.toFixed(1)} s`);
    rows.push([name, digits(seconds)]);
  }
  const title = "PyTorch by its vectors, seconds: whole model, 1 epoch, padded to the longest, 1 thread, one run each";
  return { title, header: ["vectors", "seconds"], rows };
}

async function compare(bench, corpus, run, nWorkers) {
  const { freeze, epochs } = run;
  const losses = {};
  const memory = [];
  const contenders = {
    ours: async () => {
      const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: false });
      try {
        const settings = { freeze: freezeOf(freeze), epochs };
        const result = await page.train(trainOptions(bench, corpus, settings, nWorkers));
        losses.ours = result.loss.toFixed(3);
        memory.push(result.memoryBytes / BYTES_PER_MB);
        return result.totalMillis / 1000;
      } finally {
        await page.close();
      }
    },
  };
  if (bench.python !== null) {
    for (const batching of run.batchings ?? BATCHINGS) {
      contenders[batching] = async () => {
        const peer = { data: corpus.file, freeze, epochs, batching, threads: nWorkers };
        const result = await trainInPyTorch(bench.python, peer);
        losses[batching] = result.loss.toFixed(3);
        return result.seconds;
      };
    }
  }
  bench.log(titleOf(bench, run, nWorkers));
  const outcome = await alternate(contenders, {
    nRounds: bench.pick(run.nRounds),
    onSample: (who, _, seconds) => bench.log(`  ${who}: ${seconds.toFixed(1)} s`),
  });
  return { ...outcome, losses, memory };
}

function rowsOf(bench, run, nWorkers, { samples, failures, memory }) {
  const title = titleOf(bench, run, nWorkers);
  const why = failures.ours;
  const rows = [];
  if (run.secondsGoal) {
    const goal = nWorkers === 1 ? run.secondsGoal : undefined;
    rows.push(alone({ figure: title, unit: "s", ours: samples.ours, goal, why }));
  }
  for (const batching of run.batchings ?? BATCHINGS) {
    const figure = `${title}, over PyTorch ${batching === "longest" ? "padded to the longest" : "in our batches"}`;
    const peer = samples[batching] ?? [];
    const missing = failures.ours ?? failures[batching] ?? bench.missing.python;
    const goal = run.goals[batching];
    rows.push(againstPeer({ figure, unit: "s", ours: samples.ours, peer, peerName: "PyTorch", why: missing, goal }));
  }
  const goal = nWorkers === 1 ? run.memoryGoal : undefined;
  rows.push(alone({ figure: `${title}, peak wasm memory`, unit: "MB", ours: memory, goal, why }));
  return rows;
}

function speedUp(bench, run, [one, two]) {
  const nPairs = bench.pick(TRAIN.nPairs) * run.epochs;
  const perSecond = (result) => result.samples.ours.map((seconds) => nPairs / seconds);
  return againstPeer({
    figure: `${run.name}, two workers over one`,
    unit: "pairs/s",
    ours: perSecond(two),
    peer: perSecond(one),
    peerName: "one",
    why: two.failures.ours ?? one.failures.ours,
    goal: run.speedUpGoal,
  });
}

function titleOf(bench, { name, epochs }, nWorkers) {
  const nPairs = bench.pick(TRAIN.nPairs).toLocaleString("en");
  const nEpochs = epochs === 1 ? "1 epoch" : `${epochs} epochs`;
  return `${name}, ${nPairs} pairs, ${nEpochs}, ${nWorkers === 1 ? "1 worker" : `${nWorkers} workers`}`;
}
