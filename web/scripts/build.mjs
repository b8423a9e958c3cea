// Bundles the page: src/main.tsx → build/main.js, src/style.css → build/style.css, src/service_worker.ts →
// build/service_worker.js. Trunk copies them beside index.html.
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
// Trunk says for which build it asks. Only the one that is served works offline.
const isRelease = process.env.TRUNK_PROFILE === "release";
const isDev = process.argv.includes("--dev") || process.env.NODE_ENV === "development";

/** @type {import("esbuild").BuildOptions} */
const shared = {
  absWorkingDir: root,
  outdir: "build",
  bundle: true,
  target: "es2022",
  minify: !isDev,
  sourcemap: isDev ? "linked" : false,
  // The licence texts of what is bundled stay with it.
  legalComments: "eof",
  logLevel: "warning",
};

await build({
  ...shared,
  entryPoints: { main: "src/main.tsx", style: "src/style.css" },
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { IS_RELEASE: JSON.stringify(isRelease) },
});

await build({
  ...shared,
  entryPoints: { service_worker: "src/service_worker.ts" },
  format: "iife",
  // workbox says a lot otherwise.
  define: { "process.env.NODE_ENV": '"production"' },
});
