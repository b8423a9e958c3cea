// The end-to-end tests' packages: the browser's driver and the file server are theirs, so that there is one of each.

import { createRequire } from "node:module";
import { Problem } from "./problem.mjs";

const require = createRequire(new URL("../../e2e/package.json", import.meta.url));

export function requireFromE2e(name) {
  try {
    const loaded = require(name);
    return loaded.default ?? loaded;
  } catch (fault) {
    throw new Problem(
      `the package ${name} of tests/e2e is not installed: \`cargo xtask setup\` does that (${fault.code})`,
    );
  }
}
