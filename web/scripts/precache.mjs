// Tells the service worker of a built page which files there are. finish.mjs runs this over the folder in which Trunk has
// put the page together, after all else: what stands in front of service_worker.js then is different whenever a file is,
// and that is what makes a browser fetch a new deploy.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SERVICE_WORKER = "service_worker.js";

// Small files that the page asks for at every visit.
const SMALL_FILES = ["data/demo-pairs.tsv", "models/index.json"];

// The page's own files, wherever they are but in these folders. A model's files are on the page's shelf.
const PAGE_FILE = /\.(html|js|css|wasm)$/;
const OTHER_FOLDERS = /^(models|data)\//;

// The module with WebGPU is three times as large as the other, and of no use to most.
const ON_DEMAND = /^worker_webgpu/;

function filesUnder(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  return files.map((path) => path.slice(folder.length + 1).replaceAll("\\", "/")).sort();
}

function describe(folder, url) {
  const bytes = readFileSync(join(folder, url));
  const digest = createHash("sha256").update(bytes).digest();
  // A kept file keeps its headers, among them the policy of a worker: with other headers it is fetched again.
  const headers = readFileSync(join(folder, "_headers"));
  const revision = createHash("sha256").update(digest).update(headers).digest("hex").slice(0, 16);
  // Whoever runs a mirror of the hub changes its address in index.html, after the build too.
  if (url === "index.html") return { url, revision };
  return { url, revision, integrity: `sha256-${digest.toString("base64")}` };
}

const folder = process.env.TRUNK_STAGING_DIR;
if (folder === undefined) {
  console.error("error: TRUNK_STAGING_DIR is not set: this is a hook of `trunk build`; see Trunk.toml");
  process.exit(1);
}

// While one works on the page there is no service worker; see src/app/use_new_version.ts.
if (process.env.TRUNK_PROFILE === "release") {
  const files = filesUnder(folder);
  const own = files.filter((url) => PAGE_FILE.test(url) && !OTHER_FOLDERS.test(url) && url !== SERVICE_WORKER);
  const deployed = {
    page: [...own.filter((url) => !ON_DEMAND.test(url)), ...SMALL_FILES.filter((url) => files.includes(url))],
    onDemand: own.filter((url) => ON_DEMAND.test(url)),
  };
  for (const [kind, urls] of Object.entries(deployed)) deployed[kind] = urls.map((url) => describe(folder, url));
  const path = join(folder, SERVICE_WORKER);
  writeFileSync(path, `const DEPLOYED = ${JSON.stringify(deployed)};\n${readFileSync(path, "utf8")}`);
}
