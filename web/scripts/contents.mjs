// Prints how many bytes of code each crate has in a module with names, which is one that cargo has built and Trunk not yet
// touched: `npm run contents -- ../target/wasm32-unknown-unknown/release/worker.wasm`. What is generic counts for the crate
// that it is named after.
import { readFileSync } from "node:fs";
import { functionSizes } from "./wasm_module.mjs";

const N_SHOWN = 20;

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("error: name a module, such as ../target/wasm32-unknown-unknown/release/worker.wasm");
  process.exit(1);
}

/** `burn_flex` of `_ZN9burn_flex3ops…` and of `_ZN84_$LT$burn_flex..backend..Flex$u20$as$u20$…`. */
function crateOf(symbol) {
  const found = symbol.match(
    /^_ZN\d+(?:_?\$LT\$)?(?:\$RF\$|\$BP\$|mut\$u20\$|dyn\$u20\$|\$u5b\$|\$LP\$)*([a-z]\w*?)(?:\.\.|\d|17h|\$|$)/,
  );
  return found?.[1] ?? "(other)";
}

const byCrate = new Map();
let all = 0;
for (const { name, size } of functionSizes(readFileSync(path))) {
  const crate = crateOf(name);
  byCrate.set(crate, (byCrate.get(crate) ?? 0) + size);
  all += size;
}
const counts = new Intl.NumberFormat("en");
console.log(`${counts.format(all)} bytes of code`);
const largest = [...byCrate].sort((a, b) => b[1] - a[1]).slice(0, N_SHOWN);
for (const [crate, size] of largest) {
  console.log(`${((100 * size) / all).toFixed(1).padStart(5)} %  ${counts.format(size).padStart(9)}  ${crate}`);
}
