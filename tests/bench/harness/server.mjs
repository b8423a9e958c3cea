// Serves the built page, the bench page and what both load, on this machine only. Everything is there twice: under
// /plain/ as a static host serves it, and under /isolated/ with the headers that give a page shared memory, without
// which onnxruntime-web has one thread.

import { createServer } from "node:http";
import { requireFromE2e } from "./e2e_packages.mjs";

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/** Start serving `folders`, each under its name; `extra` holds single files by their path. */
export async function startServer(folders, extra = {}) {
  const sirv = requireFromE2e("sirv");
  const setHeaders = (response) => response.setHeader("cache-control", "no-cache");
  const mounts = Object.entries(folders).map(([name, folder]) => [
    `/${name}/`,
    // `dev`: corpora are written while it runs.
    sirv(folder, { dev: true, etag: true, setHeaders }),
  ]);
  const single = sirvOfFiles(extra);

  const server = createServer((request, response) => {
    const notFound = () => response.writeHead(404, { "content-type": "text/plain" }).end("Not found");
    const [, scheme, rest] = request.url.match(/^\/(plain|isolated)(\/.*)$/) ?? [];
    if (scheme === undefined) return notFound();
    if (scheme === "isolated") {
      for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
    }
    if (single(rest, response)) return;
    const mount = mounts.find(([prefix]) => rest.startsWith(prefix));
    if (mount === undefined) return notFound();
    const [prefix, serve] = mount;
    request.url = rest.slice(prefix.length - 1);
    return serve(request, response, notFound);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    // Any free port: two benches don't disturb each other's addresses, only each other's times.
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function sirvOfFiles(files) {
  return (path, response) => {
    const body = files[path.split("?")[0]];
    if (body === undefined) return false;
    response.writeHead(200, { "content-type": "text/javascript", "cache-control": "no-cache" }).end(body);
    return true;
  };
}
