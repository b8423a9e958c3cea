// Prints how large the built modules are, as they are and as a host sends them, and fails when one has grown too much:
// a visitor waits for every byte before anything else can happen.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

// Unless said otherwise each bound is the size on the day it was set plus a tenth: room for a compiler's next version and for
// small features, not for a dependency that comes in unnoticed. Whoever raises one says why in the commit.
const bound = (bytes) => Math.floor(bytes * 1.1);

// 2026-11-24, with flex alone, built for size: 5,990,609 bytes, 1,284,400 with brotli. What every visitor waits for is to stay
// below 1.3 MB.
const WORKER = { raw: bound(5_990_609), brotli: 1_300_000 };

// 2026-11-24: 21,915,035 bytes, 3,095,315 with brotli.
const WORKER_WEBGPU = { raw: bound(21_915_035), brotli: bound(3_095_315) };

const MODULES = { "worker_bg.wasm": WORKER, "worker_webgpu_bg.wasm": WORKER_WEBGPU };

// What static hosts and CDNs compress with: the levels above take minutes and save a percent.
const BROTLI_QUALITY = 9;

const counts = new Intl.NumberFormat("en");
const faults = [];

function measure(name, bounds) {
  const path = fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch {
    faults.push(`there is no ${path}: build the page with \`trunk build --release\` first`);
    return;
  }
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
  const sizes = { raw: bytes.length, brotli: brotliCompressSync(bytes, { params }).length };
  console.log(`${name}: ${counts.format(sizes.raw)} bytes, ${counts.format(sizes.brotli)} with brotli`);
  for (const [kind, size] of Object.entries(sizes)) {
    if (size <= bounds[kind]) continue;
    const figures = `${counts.format(size)} bytes, more than ${counts.format(bounds[kind])}`;
    faults.push(`${name} has ${figures} (${kind}): find what has come in, or raise the bound in web/scripts/sizes.mjs`);
  }
}

for (const [name, bounds] of Object.entries(MODULES)) measure(name, bounds);
for (const fault of faults) console.error(`error: ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);
