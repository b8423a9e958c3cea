// Sentences a second over onnxruntime-web, and in the terminal over sentence-transformers and onnxruntime: the same model, the
// same sentences, the same number of threads.

import { openBenchPage } from "../browser.mjs";
import { encodeInTerminal } from "../program.mjs";
import { encodeInPython, tokenizePairs } from "../python.mjs";
import { alternate } from "../rounds.mjs";
import { againstPeer, notRun } from "../rows.mjs";
import { ENCODE, MATMUL, ROUNDS } from "../settings.mjs";
import { spearman } from "../spearman.mjs";

/** The peers in the browser: one engine, with the weights as they are, and as transformers.js loads them by default in wasm. */
const PEERS = [
  { name: "onnxruntime-web", file: "minilm.onnx" },
  { name: "onnxruntime-web, q8", file: "minilm-q8.onnx" },
];

export async function encode(bench) {
  const rows = [];
  const notes = [];
  for (const { name, batchSize, nBatches, threads, goal } of ENCODE.cases) {
    for (const nThreads of threads) {
      const figure = `encoding ${name}, ${nThreads === 1 ? "1 thread" : `${nThreads} threads`}`;
      if (bench.missing.module) {
        rows.push(notRun({ figure, why: bench.missing.module, goal, goalUnit: "×" }));
        continue;
      }
      bench.log(figure);
      const { samples, failures, differences } = await compare(bench, { batchSize, nBatches, nThreads });
      for (const { name } of PEERS) {
        const why = failures.ours ?? failures[name] ?? bench.missing.ort;
        const [ours, peer] = [samples.ours, samples[name] ?? []];
        // With eight bits a weight it is another model; its quality is in the table below.
        const [title, held] = name === PEERS[0].name ? [figure, goal] : [`${figure}, over q8`, undefined];
        rows.push(againstPeer({ figure: title, unit: "sentences/s", ours, peer, peerName: name, why, goal: held }));
      }
      if (nThreads === 1 && batchSize > 1) rows.push(overPeak(figure, samples));
      for (const [name, difference] of Object.entries(differences)) {
        notes.push(
          `${figure}: embeddings of ${name} differ from ours by at most ${difference.toExponential(1)} of their norm.`,
        );
      }
    }
  }
  for (const nThreads of ENCODE.terminalThreads) rows.push(...(await inTerminal(bench, nThreads, notes)));
  return { rows, notes, tables: await quality(bench, notes) };
}

/** The products of encoding over the multiply-adds that the processor could do. */
function overPeak(figure, { ours, peak }) {
  const gflops = ours.map((perSecond) => (perSecond * ENCODE.seqLength * ENCODE.operationsPerToken) / 1e9);
  const goal = ENCODE.peakGoal;
  return againstPeer({
    figure: `${figure}, over the fused peak`,
    unit: "GFLOP/s",
    ours: gflops,
    peer: peak ?? [],
    peerName: "peak",
    why: "no relaxed form in this browser",
    goal,
  });
}

/** Spearman's correlation of each engine on STS-B beside its speed there, in sentences of one length a batch. */
async function quality(bench, notes) {
  if (bench.stsb === null || bench.missing.module || bench.missing.ort) {
    notes.push(`STS-B: not run: ${bench.missing.module ?? bench.missing.ort ?? "no --stsb with its file of pairs"}.`);
    return [];
  }
  const pairs = (await tokenizePairs(bench.python, bench.stsb)).slice(0, bench.pick(ENCODE.nPairsOfStsb));
  const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: true });
  try {
    const engines = [{ name: "ours" }, ...PEERS];
    const rows = [];
    for (const engine of engines) {
      bench.log(`STS-B: ${engine.name}`);
      const { embeddings, seconds } = await embedPairs(bench, page, engine, pairs);
      const cosines = pairs.map((_, idx) => cosine(embeddings[2 * idx], embeddings[2 * idx + 1]));
      const correlation = spearman(
        cosines,
        pairs.map(({ score }) => score),
      );
      rows.push([engine.name, correlation.toFixed(4), String(Math.round(embeddings.length / seconds))]);
    }
    return [
      {
        title: `Quality beside speed, 1 thread, one run: Spearman's correlation on ${pairs.length.toLocaleString("en")} pairs of STS-B`,
        header: ["engine", "Spearman", "sentences/s"],
        rows,
      },
    ];
  } finally {
    await page.close();
  }
}

/** Embeddings of the pairs' sentences, two a pair, and the seconds that they took. */
async function embedPairs(bench, page, { name, file }, pairs) {
  if (file === undefined) await startOurs(bench, page, name);
  else await page.start(name, "ort_worker.mjs", { modelUrl: bench.url("isolated", `files/${file}`), nThreads: 1 });
  const sentences = pairs.flatMap(({ a, b }) => [a, b]);
  const ofLength = new Map();
  for (const [idx, { length }] of sentences.entries()) ofLength.set(length, [...(ofLength.get(length) ?? []), idx]);
  const embeddings = [];
  let millis = 0;
  for (const [seqLength, idxs] of ofLength) {
    for (const batch of chunks(idxs, ENCODE.cases[0].batchSize)) {
      await page.call(name, "prepare", [batch.flatMap((idx) => sentences[idx])], batch.length, seqLength);
      millis += await page.timeAll([name], "encode");
      const found = await page.call(name, "embeddings");
      for (const [place, embedding] of chunks(found, found.length / batch.length).entries()) {
        embeddings[batch[place]] = embedding;
      }
    }
  }
  await page.stop(name);
  return { embeddings, seconds: millis / 1000 };
}

/** The terminal's rows, one a peer. */
async function inTerminal(bench, threads, notes) {
  const { file, nSentences } = await bench.corpora.sentences();
  const nSentencesShown = nSentences.toLocaleString("en");
  const title = `terminal: encoding ${nSentencesShown} sentences, ${threads === 1 ? "1 thread" : `${threads} threads`}`;
  bench.log(title);
  const first = {};
  const measured = (name, encode) => async () => {
    const { perSecond, first: embedding } = await encode();
    first[name] = embedding;
    return perSecond;
  };
  const contenders = {};
  if (bench.program !== null) {
    contenders.ours = measured("ours", () => encodeInTerminal(bench.program, { file, threads }));
  }
  for (const engine of Object.keys(ENCODE.terminalGoals)) {
    if (bench.python !== null) {
      contenders[engine] = measured(engine, () => encodeInPython(bench.python, { engine, file, threads }));
    }
  }
  const { samples, failures } = await alternate(contenders, {
    nRounds: bench.pick(ROUNDS.terminal),
    onSample: (who, _, value) => bench.log(`  ${who}: ${value.toFixed(1)} sentences/s`),
  });
  return Object.entries(ENCODE.terminalGoals).map(([engine, goal]) => {
    const [ours, peer] = [samples.ours ?? [], samples[engine] ?? []];
    if (ours.length > 0 && peer.length > 0) {
      const difference = worst(first.ours, first[engine], 1).toExponential(1);
      notes.push(`${title}: the first embedding differs from that of ${engine} by ${difference} of its norm.`);
    }
    const why = failures.ours ?? bench.missing.program ?? failures[engine] ?? bench.missing.python;
    return againstPeer({
      figure: `${title}, over ${engine}`,
      unit: "sentences/s",
      ours,
      peer,
      peerName: engine,
      why,
      goal,
    });
  });
}

/** Samples in sentences a second, in a page of its own: onnxruntime-web's number of threads is fixed at first use. */
async function compare(bench, { batchSize, nBatches, nThreads }) {
  const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: true });
  try {
    const batches = batchesOf(bench, { batchSize, nBatches });
    const oursOf = chunks(batches, Math.ceil(nBatches / nThreads));
    const ours = oursOf.map((_, idx) => `ours ${idx}`);
    for (const [idx, name] of ours.entries()) {
      await startOurs(bench, page, name);
      await page.call(name, "prepare", oursOf[idx], batchSize, ENCODE.seqLength);
    }
    const perSecond = (millis) => (batchSize * nBatches * 1000) / millis;
    const contenders = { ours: async () => perSecond(await page.timeAll(ours, "encode")) };
    if (nThreads === 1 && (await page.call(ours[0], "hasKernel", "relaxed"))) {
      contenders.peak = () => page.call(ours[0], "peak", "relaxed", bench.pick(MATMUL.millis));
    }
    const failures = {};
    for (const { name, file } of bench.missing.ort ? [] : PEERS) {
      failures[name] = await startPeer(bench, page, { name, file, nThreads, batches, batchSize });
      if (failures[name] === undefined) contenders[name] = async () => perSecond(await page.timeAll([name], "encode"));
    }
    const outcome = await alternate(contenders, {
      nRounds: bench.pick(ROUNDS.short),
      warmUp: true,
      onSample: (who, _, value) =>
        bench.log(`  ${who}: ${value.toFixed(1)} ${who === "peak" ? "GFLOP" : "sentences"}/s`),
    });
    const differences = {};
    for (const { name } of PEERS) {
      if (!outcome.samples[name]?.length || !outcome.samples.ours.length) continue;
      const [a, b] = [await page.call(ours[0], "embeddings"), await page.call(name, "embeddings")];
      differences[name] = worst(a, b, batchSize);
    }
    return { samples: outcome.samples, failures: { ...failures, ...outcome.failures }, differences };
  } finally {
    await page.close();
  }
}

/** Token ids of each batch. */
export function batchesOf(bench, { batchSize, nBatches }) {
  const { seqLength } = ENCODE;
  return chunks(bench.corpora.ids(seqLength, batchSize * nBatches), batchSize * seqLength);
}

/** A worker around our module with the model loaded. */
export async function startOurs(bench, page, name) {
  await page.start(name, "ours_worker.mjs");
  await page.call(name, "openEncoder", { modelUrl: bench.url("isolated", "dist/models/all-MiniLM-L6-v2") });
}

/** Why the peer could not be started; nothing if it was. */
async function startPeer(bench, page, { name, file, nThreads, batches, batchSize }) {
  try {
    await page.start(name, "ort_worker.mjs", { modelUrl: bench.url("isolated", `files/${file}`), nThreads });
    await page.call(name, "prepare", batches, batchSize, ENCODE.seqLength);
    return undefined;
  } catch (fault) {
    bench.log(`  ${name}: ${fault.message}`);
    return `${name} could not be started`;
  }
}

/** The largest distance of two embeddings of one sentence, over the norm. */
function worst(a, b, nRows) {
  const width = a.length / nRows;
  const distances = Array.from({ length: nRows }, (_, row) => {
    const [u, v] = [a, b].map((values) => values.slice(row * width, (row + 1) * width));
    return Math.hypot(...u.map((value, column) => value - v[column])) / Math.hypot(...v);
  });
  return Math.max(...distances);
}

function cosine(u, v) {
  const dot = u.reduce((sum, value, column) => sum + value * v[column], 0);
  return dot / (Math.hypot(...u) * Math.hypot(...v));
}

function chunks(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, idx) => items.slice(idx * size, (idx + 1) * size));
}
