import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

// Tests are bundled into build/test.
const SCRIPT = join(import.meta.dirname, "../../scripts/precache.mjs");

const PATHS = [
  "index.html",
  "main.js",
  "style.css",
  "worker_bg.wasm",
  "worker_webgpu_bg.wasm",
  "snippets/page-1/inline0.js",
  "data/demo-pairs.tsv",
  "data/README.md",
  "models/index.json",
  "models/tiny/model.safetensors",
  "models/tiny/config.js",
  "main.js.map",
  "service_worker.js",
  "_headers",
];

interface Deployed {
  page: { url: string; integrity: string }[];
  onDemand: { url: string }[];
}

function build(profile: string, others: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "precache-"));
  for (const path of PATHS) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), others[path] ?? path);
  }
  const env = { ...process.env, TRUNK_STAGING_DIR: folder, TRUNK_PROFILE: profile };
  assert.equal(spawnSync(process.execPath, [SCRIPT], { env }).status, 0);
  const text = readFileSync(join(folder, "service_worker.js"), "utf8");
  rmSync(folder, { recursive: true });
  return text;
}

test("the page's files are listed with their hashes, models are not, and WebGPU's module is only kept on demand", () => {
  const text = build("release");
  const [first, rest] = text.split("\n");
  assert.equal(rest, "service_worker.js");
  const { page, onDemand } = JSON.parse(first?.match(/^const DEPLOYED = (.*);$/)?.[1] ?? "") as Deployed;
  assert.deepEqual(
    page.map(({ url }) => url),
    [
      "index.html",
      "main.js",
      "snippets/page-1/inline0.js",
      "style.css",
      "worker_bg.wasm",
      "data/demo-pairs.tsv",
      "models/index.json",
    ],
  );
  assert.deepEqual(
    onDemand.map(({ url }) => url),
    ["worker_webgpu_bg.wasm"],
  );
  const hash = createHash("sha256").update("main.js").digest("base64");
  assert.equal(page[1]?.integrity, `sha256-${hash}`);
});

test("a change of a file changes the service worker, so that browsers notice", () => {
  assert.equal(build("release"), build("release"));
  assert.notEqual(build("release"), build("release", { "main.js": "main.js of another deploy" }));
});

test("with other headers every file is fetched again, because a kept file keeps its own", () => {
  const revisions = (text: string) => [...text.matchAll(/"revision":"(\w+)"/g)].map(([, revision]) => revision);
  const before = revisions(build("release"));
  const after = revisions(build("release", { _headers: "of another deploy" }));
  assert.equal(before.length, 8);
  assert(before.every((revision) => !after.includes(revision)));
});

test("while one works on the page the service worker stays as it is", () => {
  assert.equal(build("debug"), "service_worker.js");
});
