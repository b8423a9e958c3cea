// Serves the built page, dist/, as a static host would: under a base path, and nothing else.

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { BASE_PATH, BASE_URL } from "./site.mjs";

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

const files = sirv(dist, { dev: true, etag: true });
const server = createServer((request, response) => {
  const notFound = () => {
    response.writeHead(404, { "content-type": "text/plain" }).end("Not found");
  };
  if (!request.url?.startsWith(BASE_PATH)) return notFound();
  request.url = request.url.slice(BASE_PATH.length - 1);
  return files(request, response, notFound);
});
const { port, hostname } = new URL(BASE_URL);
server.listen(Number(port), hostname);
