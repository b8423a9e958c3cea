// Trainings on the demo pairs by the built page's own worker and by the terminal's program, against PyTorch on the CPU with
// as many threads.

import { openBenchPage } from "../browser.mjs";
import { trainInTerminal } from "../program.mjs";
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
      const named = ["page", "terminal", ...BATCHINGS].map((name) => result.losses[name] ?? "–");
      losses.push([`${run.name}, ${nWorkers}`, ...named]);
    }
    rows.push(speedUp(bench, run, "page", results, run.speedUpGoal));
    rows.push(speedUp(bench, run, "terminal", results, run.terminal.speedUpGoal));
  }
  const peers = BATCHINGS.map((batching) => `PyTorch, ${batching}`);
  const header = ["run, workers or threads", "page", "terminal", ...peers];
  const tables = [{ title: "Mean joint loss of the last epoch", header, rows: losses }];
  if (bench.python !== null && process.arch === "x64") tables.push(await byVectors(bench, corpus));
  return { rows, tables };
}

/** PyTorch's time by the vectors that it is let have. */
async function byVectors(bench, corpus) {
  const { freeze, epochs, batching, threads } = VECTORS;
  const rows = [];
  for (const { name, variables } of VECTORS.held.slice(0, bench.pick(VECTORS.nHeld))) {
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
    page: async () => {
      const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: false });
      try {
        const settings = { freeze: freezeOf(freeze), epochs };
        const result = await page.train(trainOptions(bench, corpus, settings, nWorkers));
        losses.page = result.loss.toFixed(3);
        memory.push(result.memoryBytes / BYTES_PER_MB);
        return result.totalMillis / 1000;
      } finally {
        await page.close();
      }
    },
  };
  if (bench.program !== null) {
    contenders.terminal = async () => {
      const result = await trainInTerminal(bench.program, { data: corpus.file, freeze, epochs, threads: nWorkers });
      losses.terminal = result.loss.toFixed(3);
      return result.seconds;
    };
  }
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
  const rows = [];
  if (run.secondsGoal) {
    const goal = nWorkers === 1 ? run.secondsGoal : undefined;
    rows.push(alone({ figure: `page: ${title}`, unit: "s", ours: samples.page, goal, why: failures.page }));
  }
  for (const [who, goals] of [
    ["page", run.goals],
    ["terminal", run.terminal.goals],
  ]) {
    for (const batching of run.batchings ?? BATCHINGS) {
      const over = `over PyTorch ${batching === "longest" ? "padded to the longest" : "in our batches"}`;
      const ours = samples[who] ?? [];
      const peer = samples[batching] ?? [];
      const why = failures[who] ?? (ours.length === 0 ? bench.missing.program : undefined);
      rows.push(
        againstPeer({
          figure: `${who}: ${title}, ${over}`,
          unit: "s",
          ours,
          peer,
          peerName: "PyTorch",
          why: why ?? failures[batching] ?? bench.missing.python,
          goal: goals[batching],
        }),
      );
    }
  }
  const goal = nWorkers === 1 ? run.memoryGoal : undefined;
  rows.push(alone({ figure: `page: ${title}, peak wasm memory`, unit: "MB", ours: memory, goal, why: failures.page }));
  return rows;
}

function speedUp(bench, run, who, [one, two], goal) {
  const nPairs = bench.pick(TRAIN.nPairs) * run.epochs;
  const perSecond = (result) => (result.samples[who] ?? []).map((seconds) => nPairs / seconds);
  return againstPeer({
    figure: `${who}: ${run.name}, two ${who === "page" ? "workers" : "threads"} over one`,
    unit: "pairs/s",
    ours: perSecond(two),
    peer: perSecond(one),
    peerName: "one",
    why: two.failures[who] ?? one.failures[who] ?? bench.missing.program,
    goal,
  });
}

function titleOf(bench, { name, epochs }, nWorkers) {
  const nPairs = bench.pick(TRAIN.nPairs).toLocaleString("en");
  const nEpochs = epochs === 1 ? "1 epoch" : `${epochs} epochs`;
  return `${name}, ${nPairs} pairs, ${nEpochs}, ${nWorkers === 1 ? "1 thread" : `${nWorkers} threads`}`;
}
