// Sentences a second over onnxruntime-web, and in the terminal over sentence-transformers and onnxruntime: the same model, the
// same sentences, the same number of threads.

import { openBenchPage } from "../browser.mjs";
import { encodeInTerminal } from "../program.mjs";
import { encodeInPython } from "../python.mjs";
import { alternate } from "../rounds.mjs";
import { againstPeer, notRun } from "../rows.mjs";
import { ENCODE, ROUNDS } from "../settings.mjs";

const PEER = "onnxruntime-web";

export async function encode(bench) {
  const rows = [];
  const notes = [];
  for (const { name, batchSize, nBatches, threads } of ENCODE.cases) {
    for (const nThreads of threads) {
      const figure = `encoding ${name}, ${nThreads === 1 ? "1 thread" : `${nThreads} threads`}`;
      if (bench.missing.module) {
        rows.push(notRun({ figure, why: bench.missing.module, goal: ENCODE.goal, goalUnit: "×" }));
        continue;
      }
      bench.log(figure);
      const { samples, failures, difference } = await compare(bench, { batchSize, nBatches, nThreads });
      const why = failures.ours ?? failures.peer ?? bench.missing.ort;
      const { ours, peer = [] } = samples;
      rows.push(againstPeer({ figure, unit: "sentences/s", ours, peer, peerName: PEER, why, goal: ENCODE.goal }));
      if (difference !== null) {
        notes.push(
          `${figure}: the engines' embeddings differ by at most ${difference.toExponential(1)} of their norm.`,
        );
      }
    }
  }
  for (const nThreads of ENCODE.terminalThreads) rows.push(...(await inTerminal(bench, nThreads, notes)));
  return { rows, notes };
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
    nRounds: bench.pick(ROUNDS.short),
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
    const { seqLength } = ENCODE;
    const flat = bench.corpora.ids(seqLength, batchSize * nBatches);
    const batches = chunks(flat, batchSize * seqLength);
    const oursOf = chunks(batches, Math.ceil(nBatches / nThreads));
    const ours = oursOf.map((_, idx) => `ours ${idx}`);
    for (const [idx, name] of ours.entries()) {
      await page.start(name, "ours_worker.mjs");
      await page.call(name, "openEncoder", { modelUrl: bench.url("isolated", "dist/models/all-MiniLM-L6-v2") });
      await page.call(name, "prepare", oursOf[idx], batchSize, seqLength);
    }
    const perSecond = (millis) => (batchSize * nBatches * 1000) / millis;
    const contenders = { ours: async () => perSecond(await page.timeAll(ours, "encode")) };
    const hasPeer = !bench.missing.ort;
    const failures = hasPeer ? await startPeer(bench, page, nThreads, batches, batchSize) : {};
    if (hasPeer && !failures.peer) contenders.peer = async () => perSecond(await page.timeAll(["peer"], "encode"));
    const outcome = await alternate(contenders, {
      nRounds: bench.pick(ROUNDS.short),
      warmUp: true,
      onSample: (who, _, value) => bench.log(`  ${who}: ${value.toFixed(1)} sentences/s`),
    });
    const canCompare = outcome.samples.ours.length > 0 && (outcome.samples.peer ?? []).length > 0;
    const embeddings = (name) => page.call(name, "embeddings");
    const difference = canCompare ? worst(await embeddings(ours[0]), await embeddings("peer"), batchSize) : null;
    return { samples: outcome.samples, failures: { ...failures, ...outcome.failures }, difference };
  } finally {
    await page.close();
  }
}

async function startPeer(bench, page, nThreads, batches, batchSize) {
  try {
    await page.start("peer", "ort_worker.mjs", { modelUrl: bench.url("isolated", "files/minilm.onnx"), nThreads });
    await page.call("peer", "prepare", batches, batchSize, ENCODE.seqLength);
    return {};
  } catch (fault) {
    bench.log(`  ${PEER}: ${fault.message}`);
    return { peer: `${PEER} could not be started` };
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

function chunks(items, size) {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, idx) => items.slice(idx * size, (idx + 1) * size));
}
