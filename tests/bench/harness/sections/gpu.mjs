// What a training step asks of a GPU: kernels launched, bytes sent and read back. They are counted, not timed, on the
// software adapter, which every machine has: the programs are those that a GPU gets.

import { launchBrowser, openBenchPage } from "../browser.mjs";
import { alone } from "../rows.mjs";
import { GPU } from "../settings.mjs";
import { freezeOf, trainOptions } from "../training.mjs";

export async function gpu(bench) {
  const browser = await launchBrowser(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
  try {
    bench.log("what a step asks of a GPU");
    const corpus = await bench.corpora.demo(GPU.batchSize * GPU.nSteps);
    const runs = [];
    for (const epochs of [1, 2]) runs.push(await countOnce({ ...bench, browser }, corpus, epochs));
    return shown(perStep(runs, GPU.nSteps));
  } finally {
    await browser.close();
  }
}

async function countOnce(bench, corpus, epochs) {
  const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: false });
  try {
    const settings = { freeze: freezeOf("nothing"), epochs, batch_size: GPU.batchSize };
    const { gpu } = await page.train(
      trainOptions(bench, corpus, settings, 1, {
        loaderUrl: bench.url("plain", "dist/worker_webgpu_loader.js"),
        backend: "webgpu",
        random: GPU.model,
      }),
    );
    return gpu;
  } finally {
    await page.close();
  }
}

/** Counts of a step: what the run of twice as many steps has more. All else, checkpoints too, both have alike. */
export function perStep([once, twice], nSteps) {
  const more = (counts, before, name) => (counts[name] - (before[name] ?? 0)) / nSteps;
  const of = (name) => more(twice, once, name);
  const kernels = Object.keys(twice.launches).map((name) => [name, more(twice.launches, once.launches, name)]);
  return {
    kernels: kernels.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a),
    launches: kernels.reduce((sum, [, count]) => sum + count, 0),
    submissions: of("submissions"),
    uploads: of("uploads"),
    uploadedBytes: of("uploadedBytes"),
    readBacks: of("readBacks"),
    readBytes: of("readBytes"),
  };
}

function shown(counts) {
  const row = (figure, value, unit = "") =>
    alone({ figure: `GPU, a whole-model step: ${figure}`, unit, ours: [value] });
  const { n_layers, d_model } = GPU.model;
  return {
    rows: [
      row("launches", counts.launches),
      row("submissions", counts.submissions),
      row("sent to it", counts.uploadedBytes / 1000, "kB"),
      row("times something is sent", counts.uploads),
      row("read back", counts.readBytes, "bytes"),
      row("times something is read back", counts.readBacks),
    ],
    tables: [
      {
        title: `Launches of a whole-model step of ${GPU.batchSize} pairs on a GPU, by kernel: ${n_layers} layers of width ${d_model}`,
        header: ["kernel", "launches"],
        rows: counts.kernels.map(([name, count]) => [`\`${name}\``, String(Number(count.toFixed(1)))]),
      },
    ],
  };
}
