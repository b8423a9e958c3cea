// The tab with vectors of 256 bits, which V8 makes of pairs of 128 where a flag asks for it, over the tab as it is.

import { launchBrowser, openBenchPage } from "../browser.mjs";
import { alternate, median } from "../rounds.mjs";
import { againstPeer, notRun } from "../rows.mjs";
import { ENCODE, MATMUL, ROUNDS, WIDE } from "../settings.mjs";
import { batchesOf, startOurs } from "./encode.mjs";
import { goalShape, titleOf } from "./matmul.mjs";

export async function wide(bench) {
  if (bench.missing.module) return { rows: [notRun({ figure: "tab with wider vectors", why: bench.missing.module })] };
  const browser = await launchBrowser([WIDE.flag]);
  try {
    const tabs = {};
    for (const [name, opened] of [
      ["wide", browser],
      ["plain", bench.browser],
    ]) {
      tabs[name] = await openTab(bench, opened);
    }
    const rows = [];
    for (const [figure, unit, measure] of workloads(bench)) {
      bench.log(`with wider vectors: ${figure}`);
      const contenders = { ours: () => measure(tabs.wide), peer: () => measure(tabs.plain) };
      const { samples, failures } = await alternate(contenders, { nRounds: bench.pick(ROUNDS.short), warmUp: true });
      const why = failures.ours ?? failures.peer;
      const { ours, peer } = samples;
      const title = `tab with \`--wasm-revectorize\`: ${figure}`;
      rows.push(againstPeer({ figure: title, unit, ours, peer, peerName: "without", why, goal: WIDE.goal }));
    }
    return { rows };
  } finally {
    await browser.close();
  }
}

/** A page with a worker that has everything loaded. */
async function openTab(bench, browser) {
  const page = await openBenchPage(browser, bench.server.origin, { isIsolated: true });
  await startOurs(bench, page, "ours");
  const { batchSize } = ENCODE.cases[0];
  await page.call("ours", "prepare", batchesOf(bench, ENCODE.cases[0]), batchSize, ENCODE.seqLength);
  const { name } = await bench.corpora.demo(1000);
  await page.call("ours", "openTraining", {
    modelUrl: bench.url("isolated", "dist/models/all-MiniLM-L6-v2"),
    corpusUrl: bench.url("isolated", `files/corpora/${name}`),
    freeze: "nothing",
    // Enough for the rounds.
    epochs: 10,
    batchSize: 16,
    nLayers: 0,
  });
  return page;
}

/** Each with its unit; more is better in all of them. */
function workloads(bench) {
  const { batchSize, nBatches } = ENCODE.cases[0];
  const kernel = async (page) => ((await page.call("ours", "hasKernel", "relaxed")) ? "relaxed" : "plain");
  return [
    [
      titleOf(goalShape),
      "GFLOP/s",
      async (page) => page.call("ours", "matmul", await kernel(page), goalShape, MATMUL.millis.full),
    ],
    [
      `encoding batches of ${batchSize} × ${ENCODE.seqLength} tokens, 1 thread`,
      "sentences/s",
      async (page) => (batchSize * nBatches * 1000) / (await page.timeAll(["ours"], "encode")),
    ],
    [
      "whole-model steps of 16 pairs, 1 worker",
      "steps/s",
      async (page) => 1000 / median(await page.call("ours", "steps", bench.pick(WIDE.nSteps))),
    ],
  ];
}
