// A model hub on this machine: the paths, the headers and the faults of the real one. Another origin than the page's, as
// the real one is.

import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { HUB_ORIGIN } from "./site.mjs";

const ROOT = new URL("../../../", import.meta.url);
const MINILM = fileURLToPath(new URL("web/models/all-MiniLM-L6-v2/", ROOT));
const TINY = fileURLToPath(new URL("tests/models/bert-tiny/", ROOT));

/** A commit's name; the hub's are as long. */
const COMMIT = "c0ffee0123".repeat(4);

/** BERT-tiny, in the naming of older checkpoints, with the vocabulary file that such a checkpoint has. */
const TINY_FILES = {
  "config.json": `${TINY}config.json`,
  "model.safetensors": `${TINY}model.safetensors`,
  "vocab.txt": `${MINILM}vocab.txt`,
  "README.md": Buffer.from("# BERT-tiny\n"),
  "pytorch_model.bin": Buffer.from("not fetched"),
};

/**
 * @typedef {string | Buffer} File A path, or what is in it.
 * @typedef {{ files?: Record<string, File>, status?: number, breakAt?: number, sha256?: string }} Model
 * @typedef {import("node:http").IncomingMessage} Request
 * @typedef {import("node:http").ServerResponse} Response
 */

/** @type {Record<string, Model>} */
const MODELS = {
  "google/bert_uncased_L-2_H-128_A-2": { files: TINY_FILES },
  // Its connection breaks in the second part (of eight megabytes) of the weights, once. Far from the end of the first: a
  // browser drops what has come in and was not read yet, a megabyte or two.
  "test/breaks-once": { files: TINY_FILES, breakAt: 15_000_000 },
  // The weights are others than the hub says.
  "test/damaged": { files: TINY_FILES, sha256: "0".repeat(64) },
  "test/gated": { status: 401 },
  "test/pickle-only": { files: { "config.json": TINY_FILES["config.json"], "pytorch_model.bin": Buffer.from("x") } },
  "FacebookAI/roberta-base": {
    files: {
      "config.json": Buffer.from('{"model_type": "roberta", "architectures": ["RobertaForMaskedLM"]}'),
      "model.safetensors": TINY_FILES["model.safetensors"],
      "vocab.txt": TINY_FILES["vocab.txt"],
    },
  },
};

/** What is asked of the hub, newest last, for tests that look at it. */
/** @type {{ path: string, range: string | null }[]} */
const requests = [];
/** @type {Set<string>} */
const broken = new Set();

/** @param {File} file */
const bytesOf = (file) => (Buffer.isBuffer(file) ? file : readFileSync(file));
/** @param {File} file */
const sizeOf = (file) => (Buffer.isBuffer(file) ? file.length : statSync(file).size);

/**
 * Large files have a SHA-256.
 *
 * @param {string} path @param {File} file @param {Model} model
 */
function describe(path, file, model) {
  const size = sizeOf(file);
  const isLarge = path.endsWith(".safetensors") || path.endsWith(".bin");
  const sha256 = model.sha256 ?? createHash("sha256").update(bytesOf(file)).digest("hex");
  return { rfilename: path, size, ...(isLarge ? { lfs: { sha256, size, pointerSize: 134 } } : {}) };
}

/** @param {Request} request @param {Response} response */
function answer(request, response) {
  response.setHeader("access-control-allow-origin", request.headers.origin ?? "*");
  response.setHeader("access-control-expose-headers", "Content-Range, Accept-Ranges, ETag");
  if (request.method === "OPTIONS") {
    response
      .writeHead(204, { "access-control-allow-headers": "range", "access-control-allow-methods": "GET, HEAD" })
      .end();
    return;
  }
  const { pathname } = new URL(request.url ?? "/", HUB_ORIGIN);
  /** @param {number} status @param {object} body */
  const say = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  /** @param {number} status @param {string} error */
  const refuse = (status, error) => say(status, { error });
  if (pathname === "/requests") return say(200, requests);
  requests.push({ path: pathname, range: request.headers.range ?? null });

  const api = pathname.match(/^\/api\/models\/(.+)\/revision\/([^/]+)$/);
  const file = pathname.match(/^\/(.+)\/resolve\/([^/]+)\/(.+)$/);
  const id = decodeURIComponent(api?.[1] ?? file?.[1] ?? "");
  const model = MODELS[id];
  // As the real one does: who may not know whether there is such a model is told to log in.
  if (model === undefined) return refuse(401, "Invalid username or password.");
  if (model.status !== undefined) return refuse(model.status, "Access to this model is restricted.");
  if (api) {
    if (api[2] !== "main" && api[2] !== COMMIT) return refuse(404, "Revision not found");
    const siblings = Object.entries(model.files ?? {}).map(([path, of]) => describe(path, of, model));
    return say(200, { id, sha: COMMIT, siblings });
  }
  const found = model.files?.[decodeURIComponent(file?.[3] ?? "")];
  if (found === undefined || file?.[2] !== COMMIT) return refuse(404, "Entry not found");
  return send(request, response, id, model, found);
}

/** @param {Request} request @param {Response} response @param {string} id @param {Model} model @param {File} file */
function send(request, response, id, model, file) {
  const size = sizeOf(file);
  const range = request.headers.range?.match(/^bytes=(\d+)-(\d*)$/);
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range ? 206 : 200, {
    "accept-ranges": "bytes",
    "content-length": String(end - start + 1),
    ...(range ? { "content-range": `bytes ${start}-${end}/${size}` } : {}),
  });
  if (Buffer.isBuffer(file)) {
    response.end(file.subarray(start, end + 1));
    return;
  }
  const { breakAt } = model;
  if (breakAt === undefined || breakAt < start || end < breakAt || broken.has(id)) {
    createReadStream(file, { start, end }).pipe(response);
    return;
  }
  broken.add(id);
  const beginning = createReadStream(file, { start, end: breakAt });
  beginning.on("end", () => response.destroy()).pipe(response, { end: false });
}

export function serveHub() {
  if (!existsSync(TINY)) throw new Error(`there is no ${TINY}: run \`cargo xtask setup\``);
  const { port, hostname } = new URL(HUB_ORIGIN);
  createServer(answer).listen(Number(port), hostname);
}
