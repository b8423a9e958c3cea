// Our product over the peak of multiply-adds, both measured in the same worker; burn's own products beside it.

import { openBenchPage } from "../browser.mjs";
import { multiplyNatively } from "../program.mjs";
import { alternate, median } from "../rounds.mjs";
import { againstPeer, digits, notRun } from "../rows.mjs";
import { MATMUL, ROUNDS } from "../settings.mjs";

const KERNELS = ["plain", "relaxed"];
/** burn's products take no transposes here. */
const BACKENDS = ["flex", "ndarray"];

/** The widest product of a step, which a goal is set for. */
export const goalShape = MATMUL.shapes.find(({ hasGoal }) => hasGoal);

export async function matmul(bench) {
  if (bench.missing.module) return { rows: [notRun({ figure: "products over the peak", why: bench.missing.module })] };
  const page = await openBenchPage(bench.browser, bench.server.origin, { isIsolated: true });
  try {
    await page.start("ours", "ours_worker.mjs");
    const kernels = [];
    for (const kernel of KERNELS) if (await page.call("ours", "hasKernel", kernel)) kernels.push(kernel);
    const rows = [];
    const burns = [];
    for (const shape of MATMUL.shapes.slice(0, bench.pick(MATMUL.nShapes))) {
      const samples = await measure(bench, page, shape, kernels);
      rows.push(...KERNELS.map((kernel) => rowOf(shape, kernel, samples)));
      burns.push([titleOf(shape), ...[...KERNELS, ...BACKENDS].map((name) => shown(samples[name]))]);
    }
    const burn = {
      title: "Products, GFLOP/s, ours and burn's",
      header: ["product", ...KERNELS, ...BACKENDS],
      rows: burns,
    };
    return { rows: [...rows, await native(bench)], tables: [burn] };
  } finally {
    await page.close();
  }
}

async function measure(bench, page, shape, kernels) {
  const millis = bench.pick(MATMUL.millis);
  const contenders = {};
  for (const kernel of kernels) {
    contenders[`peak, ${kernel}`] = () => page.call("ours", "peak", kernel, millis);
    contenders[kernel] = () => page.call("ours", "matmul", kernel, shape, millis);
  }
  if (!isTransposed(shape)) {
    for (const backend of BACKENDS) {
      contenders[backend] = () => page.call("ours", "matmulOfBurn", shape, backend, millis);
    }
  }
  bench.log(titleOf(shape));
  const { samples, failures } = await alternate(contenders, { nRounds: bench.pick(ROUNDS.short), warmUp: true });
  for (const [name, failure] of Object.entries(failures)) bench.log(`  ${name} failed: ${failure}`);
  return samples;
}

function rowOf(shape, kernel, samples) {
  const why = `no ${kernel} form in this browser`;
  const [ours, peer] = [samples[kernel] ?? [], samples[`peak, ${kernel}`] ?? []];
  const goal = shape.hasGoal ? MATMUL.goals[kernel] : undefined;
  return againstPeer({
    figure: `${titleOf(shape)}, ${kernel}`,
    unit: "GFLOP/s",
    ours,
    peer,
    peerName: "peak",
    why,
    goal,
  });
}

/** That product by the terminal's kernels. */
async function native(bench) {
  const figure = `native: ${titleOf(goalShape)}`;
  const goal = MATMUL.goals.native;
  if (bench.product === null) return notRun({ figure, why: "no --product", goal, goalUnit: "×" });
  const { product, peak } = await multiplyNatively(bench.product, goalShape, bench.pick(ROUNDS.short));
  return againstPeer({ figure, unit: "GFLOP/s", ours: product, peer: peak, peerName: "peak", goal });
}

export function titleOf(shape) {
  const { name, m, k, n, transposeA, transposeB } = shape;
  const [a, b] = [transposeA ? `[${k},${m}]ᵀ` : `[${m},${k}]`, transposeB ? `[${n},${k}]ᵀ` : `[${k},${n}]`];
  return `${name} ${a}×${b}`;
}

function isTransposed({ transposeA, transposeB }) {
  return transposeA === true || transposeB === true;
}

function shown(samples) {
  return samples === undefined || samples.length === 0 ? "–" : digits(median(samples));
}
