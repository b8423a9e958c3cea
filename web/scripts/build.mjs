// Bundles the page: src/main.tsx → build/main.js, src/style.css → build/style.css. Trunk copies both beside index.html.
import { build } from "esbuild";

const isDev = process.argv.includes("--dev") || process.env.NODE_ENV === "development";

await build({
  absWorkingDir: new URL("..", import.meta.url).pathname,
  entryPoints: { main: "src/main.tsx", style: "src/style.css" },
  outdir: "build",
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: !isDev,
  sourcemap: isDev ? "linked" : false,
  // The licence texts of what is bundled stay with it.
  legalComments: "eof",
  logLevel: "warning",
});
