// The bench: runs every section, prints one table, and with --write keeps it. `cargo xtask bench` builds what it needs
// and starts it. Whatever the figures are, it ends well: a timing is no test.

import { existsSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments, shownCommand } from "./harness/arguments.mjs";
import { launchBrowser } from "./harness/browser.mjs";
import { Corpora } from "./harness/corpora.mjs";
import { describeMachine, lockedVersion } from "./harness/machine.mjs";
import { Problem } from "./harness/problem.mjs";
import { exportOnnx, versionOfTorch } from "./harness/python.mjs";
import { reportText, writeReport } from "./harness/report.mjs";
import { firstLine } from "./harness/rounds.mjs";
import { notRun } from "./harness/rows.mjs";
import { encode } from "./harness/sections/encode.mjs";
import { gpu } from "./harness/sections/gpu.mjs";
import { growth } from "./harness/sections/growth.mjs";
import { matmul } from "./harness/sections/matmul.mjs";
import { page } from "./harness/sections/page.mjs";
import { train } from "./harness/sections/train.mjs";
import { wide } from "./harness/sections/wide.mjs";
import { startServer } from "./harness/server.mjs";
import { cpuBackend } from "./harness/training.mjs";

const RUNNERS = { matmul, encode, wide, gpu, page, train, growth };

const benchDir = fileURLToPath(new URL(".", import.meta.url));
const root = path.resolve(benchDir, "../..");
const filesDir = path.join(root, "build", "bench");
const ortDir = path.join(benchDir, "node_modules", "onnxruntime-web", "dist");
const modelDir = path.join(root, "tests", "models", "all-MiniLM-L6-v2");

const log = (line) => console.error(line);

async function main() {
  const options = readArguments(process.argv.slice(2));
  const loadBefore = os.loadavg()[0];
  const distDir = path.resolve(options.distDir ?? path.join(root, "dist"));
  for (const file of ["index.html", "worker_loader.js", "models/all-MiniLM-L6-v2/model.safetensors"]) {
    if (existsSync(path.join(distDir, file))) continue;
    throw new Problem(`the page is not built: there is no ${file} in ${distDir}. \`trunk build --release\` builds it`);
  }
  const corpora = await Corpora.open({
    demoFile: path.join(root, "data", "demo-pairs.tsv"),
    vocabularyFile: path.join(modelDir, "vocab.txt"),
    folder: path.join(filesDir, "corpora"),
  });
  const { missing, torchVersion } = await findPeers(options);
  const folders = { dist: distDir, bench: path.join(benchDir, "page"), files: filesDir };
  if (!missing.module) folders.module = path.resolve(options.moduleDir);
  if (!missing.ort) folders.ort = ortDir;
  const measured = readFileSync(path.join(benchDir, "page", "measured_worker.mjs"));
  const server = await startServer(folders, { "/dist/measured_worker.mjs": measured });
  const browser = await launchBrowser();
  try {
    const bench = {
      browser,
      server,
      corpora,
      missing,
      log,
      backend: cpuBackend(),
      program: missing.program ? null : path.resolve(options.program),
      product: options.product === null ? null : path.resolve(options.product),
      python: missing.python ? null : options.python,
      stsb: missing.python ? null : options.stsb,
      /** The quick value of a setting that has two, or the full one. */
      pick: (setting) => (options.isQuick ? setting.quick : setting.full),
      url: (scheme, file) => `${server.origin}/${scheme}/${file}`,
    };
    const sections = [];
    for (const name of options.sections) sections.push(await runSection(bench, name));
    const machine = describeMachine({
      browser,
      backend: bench.backend,
      torchVersion,
      ortVersion: missing.ort ? null : lockedVersion(path.join(benchDir, "package-lock.json"), "onnxruntime-web"),
      command: shownCommand(options),
      root,
      loadBefore,
    });
    const text = reportText({ machine, sections, isQuick: options.isQuick });
    console.log(text);
    if (options.write) await writeReport(benchDir, text, sections);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** What can't be compared, and why; `missing.x` is undefined for what is there. */
async function findPeers({ moduleDir, program, python }) {
  const missing = {};
  if (program === null || !existsSync(program)) missing.program = "no sbert; `cargo xtask bench` builds it";
  if (moduleDir === null || !existsSync(path.join(moduleDir, "bench.js"))) {
    missing.module = "no bench module; `cargo xtask bench` builds it";
  }
  const onnx = path.join(filesDir, "minilm.onnx");
  let torchVersion = null;
  if (python === null) {
    missing.python = "no --python with torch";
  } else {
    try {
      torchVersion = await versionOfTorch(python);
      await exportOnnx(python, path.join(modelDir, "model.safetensors"), onnx);
    } catch (fault) {
      if (torchVersion === null) missing.python = firstLine(fault);
      else log(`the ONNX file can't be written: ${firstLine(fault)}`);
    }
  }
  if (!existsSync(ortDir)) missing.ort = "`npm ci --ignore-scripts` in tests/bench installs it";
  else if (!existsSync(onnx)) missing.ort = "no ONNX file; --python with torch, transformers and onnx writes it";
  return { missing, torchVersion };
}

/** A section that fails doesn't take the others with it. */
async function runSection(bench, name) {
  log(`\n── ${name} ──`);
  try {
    return await RUNNERS[name](bench);
  } catch (fault) {
    log(fault.stack);
    return { rows: [notRun({ figure: name, why: firstLine(fault) })] };
  }
}

main().catch((fault) => {
  console.error(`error: ${fault instanceof Problem ? fault.message : fault.stack}`);
  process.exit(1);
});
