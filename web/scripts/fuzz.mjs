// Fuzzes the reader of saved-run files: npm run fuzz -- [--cases N] [--first NUMBER]. A case is made from its number.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";

/** A case that takes longer than this hangs. */
const HANG_MILLIS = 10_000;

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: { cases: { type: "string", default: "100000" }, first: { type: "string", default: "0" } },
});
const [nCases, first] = [Number(values.cases), Number(values.first)];

await build({
  absWorkingDir: root,
  entryPoints: ["test/saved_run_fuzz.ts", "test/saved_run_check.ts", "test/saved_run_mutations.ts"],
  outdir: "build/fuzz",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  logLevel: "warning",
});

const start = performance.now();
const current = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(`${root}/build/fuzz/saved_run_fuzz.mjs`, { workerData: { first, nCases, current } });

let last = -1;
const watch = setInterval(() => {
  if (current[0] === last) void fail(last, `it takes longer than ${HANG_MILLIS / 1000} s`);
  last = current[0];
}, HANG_MILLIS);

worker.on("error", (error) => void fail(current[0], error.stack));
worker.on("message", ({ nTaken, number, error }) => {
  clearInterval(watch);
  if (error !== undefined) return void fail(number, error);
  const secs = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${nCases} cases from ${first} in ${secs} s: ${nTaken} taken (${((100 * nTaken) / nCases).toFixed(1)} %)`,
  );
});

async function fail(number, error) {
  clearInterval(watch);
  const load = (name) => import(pathToFileURL(`${root}/build/fuzz/${name}.mjs`).href);
  const [{ savedRunSeeds }, { mutatedFile }] = await Promise.all(["saved_run_check", "saved_run_mutations"].map(load));
  mkdirSync(`${root}/build`, { recursive: true });
  const path = `build/failed-${number}.sbert-run.zip`;
  writeFileSync(`${root}/${path}`, mutatedFile(savedRunSeeds(), number));
  console.error(`case ${number}, in ${path}: ${error}\nAgain: npm run fuzz -- --first ${number} --cases 1`);
  process.exit(1);
}
