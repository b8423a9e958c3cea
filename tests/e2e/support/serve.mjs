// Serves the built page, dist/, as a static host would, under a base path; and beside it a model hub.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { serveHub } from "./hub.mjs";
import { BASE_PATH, BASE_URL, HUB_ORIGIN } from "./site.mjs";

const dist = fileURLToPath(new URL("../../../dist", import.meta.url));
const REMEDY =
  "From the root of the clone, `cargo xtask test` sets up and builds what is missing and runs these tests; " +
  "`trunk build --release` only builds.";

for (const [path, what] of [
  ["index.html", "the page has not been built"],
  ["models/all-MiniLM-L6-v2/model.safetensors", "the page was built without its model"],
]) {
  if (!existsSync(`${dist}/${path}`)) {
    console.error(`\nerror: ${what}: there is no ${dist}/${path}\nremedy: ${REMEDY}\n`);
    process.exit(1);
  }
}

/**
 * @param {string} text @param {RegExp} pattern @param {string} replacement
 */
function replaced(text, pattern, replacement) {
  const found = text.replace(pattern, replacement);
  if (found === text) throw new Error(`the built page has nothing like ${pattern}`);
  return found;
}

/**
 * A policy as whoever runs a mirror would serve it: with another hub.
 *
 * @param {string} text
 */
const withHub = (text) => replaced(text, /(connect-src 'self') [^;]*/, `$1 ${HUB_ORIGIN}`);

const page = () =>
  replaced(
    withHub(readFileSync(`${dist}/index.html`, "utf8")),
    /(<meta\s+name="hub"\s+content=")[^"]+/,
    `$1${HUB_ORIGIN}`,
  );

/** Name and value of each header that the build has written for hosts. */
const HEADERS = [...withHub(readFileSync(`${dist}/_headers`, "utf8")).matchAll(/^ {2}([\w-]+): (.+)$/gm)];

/** Times that a test has had the page deployed again since the server started. */
let nDeploys = 0;

serveHub();
const files = sirv(dist, { dev: true, etag: true });
const server = createServer((request, response) => {
  const notFound = () => {
    response.writeHead(404, { "content-type": "text/plain" }).end("Not found");
  };
  if (!request.url?.startsWith(BASE_PATH)) return notFound();
  request.url = request.url.slice(BASE_PATH.length - 1);
  for (const [, name = "", value = ""] of HEADERS) response.setHeader(name, value);
  if (request.url === "/" || request.url.startsWith("/index.html")) {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page());
    return;
  }
  if (request.url === "/deploy-again") {
    nDeploys += 1;
    response.writeHead(204).end();
    return;
  }
  if (request.url === "/service_worker.js" && nDeploys > 0) {
    // Another revision of one file makes it another version.
    const script = readFileSync(`${dist}/service_worker.js`, "utf8");
    const next = script.replace(/"revision":\s*"[^"]+/, `"revision":"deploy-${nDeploys}`);
    response.writeHead(200, { "content-type": "text/javascript" }).end(next);
    return;
  }
  return files(request, response, notFound);
});
const { port, hostname } = new URL(BASE_URL);
server.listen(Number(port), hostname);
