// Prints how large the built modules are, as they are and as a host sends them, and fails when one has grown too much:
// a visitor waits for every byte before anything else can happen.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

// Each bound is the size on the day it was set plus a tenth: room for a compiler's next version and for small features,
// not for a dependency that comes in unnoticed. Whoever raises one says why in the commit.
const bound = (bytes) => Math.floor(bytes * 1.1);

// 2026-11-24, with the readers of zips, shards and pairs, and what is taken away: 10,416,623 bytes, 1,775,264 with brotli.
const WORKER = { raw: bound(10_416_623), brotli: bound(1_775_264) };

// 2026-11-24: 27,786,428 bytes, 3,923,617 with brotli.
const WORKER_WEBGPU = { raw: bound(27_786_428), brotli: bound(3_923_617) };

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
