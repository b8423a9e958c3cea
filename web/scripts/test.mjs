// Bundles test/*.test.ts with esbuild and runs them with node's own test runner.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const names = readdirSync(`${root}/test`).filter((name) => name.endsWith(".test.ts"));

await build({
  absWorkingDir: root,
  entryPoints: names.map((name) => `test/${name}`),
  outdir: "build/test",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  // It starts a program that lies beside it.
  external: ["typescript"],
  logLevel: "warning",
});

const files = names.map((name) => `build/test/${name.replace(/\.ts$/, ".mjs")}`);
// Node's default is one file at a time on two cores, and many tests wait, for a server or a timer.
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=6", ...files], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
