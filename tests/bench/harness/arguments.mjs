// The command line of run.mjs.

import { parseArgs } from "node:util";
import { Problem } from "./problem.mjs";
import { SECTIONS, SLOW_SECTIONS } from "./settings.mjs";

const USAGE = `Usage: node tests/bench/run.mjs --module DIR [options]

\`cargo xtask bench\` builds what this needs and runs it; it passes the options below on.

  --module DIR    the bench module, as wasm-bindgen wrote it
  --dist DIR      the built page (default: dist, which \`trunk build --release\` writes)
  --program PATH  the terminal's program, sbert, as a release
  --product PATH  the native product beside its peak, an example of crate/kernels
  --python PATH   a Python with torch, transformers and onnx: runs the peers that need one
  --stsb FILE     pairs of STS-B's test set, CSV of two sentences and a score: quality beside speed
  --only LIST     of ${SECTIONS.join(",")}
  --quick         fewer rounds and smaller runs, and no gpu: for trying the bench, not for figures
  --write         replace tests/bench/RESULTS.md and tests/bench/plots`;

export function readArguments(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        module: { type: "string" },
        dist: { type: "string" },
        program: { type: "string" },
        product: { type: "string" },
        python: { type: "string" },
        stsb: { type: "string" },
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (fault) {
    throw new Problem(`${fault.message}\n\n${USAGE}`);
  }
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const named = values.only?.split(",") ?? SECTIONS.filter((name) => !values.quick || !SLOW_SECTIONS.includes(name));
  const unknown = named.filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0) {
    throw new Problem(`--only takes ${SECTIONS.join(", ")}; there is no section "${unknown.join('", "')}"`);
  }
  return {
    moduleDir: values.module ?? null,
    distDir: values.dist ?? null,
    program: values.program ?? null,
    product: values.product ?? null,
    python: values.python ?? null,
    stsb: values.stsb ?? null,
    sections: SECTIONS.filter((name) => named.includes(name)),
    isPartial: values.only !== undefined,
    isQuick: values.quick,
    write: values.write,
  };
}

/** The command as one would repeat it anywhere: without this machine's paths. */
export function shownCommand({ isQuick, isPartial, sections, python, stsb, write }) {
  const words = ["cargo xtask bench"];
  if (isQuick) words.push("--quick");
  if (python !== null) words.push("--python PYTHON");
  if (stsb !== null) words.push("--stsb FILE");
  if (isPartial) words.push(`--only ${sections.join(",")}`);
  if (write) words.push("--write");
  return words.join(" ");
}
