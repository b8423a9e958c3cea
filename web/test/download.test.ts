import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type FetchContext, fetchModel } from "../src/features/model/fetch_model";
import type { ModelOrder } from "../src/features/model/state";
import { download } from "../src/hub/download";
import { FetchError } from "../src/hub/fetch_failure";
import { keepModel, type ModelCollection, modelsIn, openModel, PART_BYTES } from "../src/storage/models";
import { Store } from "../src/storage/store";
import { BASE, FakeCache, storageOf } from "./cache_storage";
import { FileServer } from "./file_server";

const HUB_ORDER: ModelOrder = {
  origin: { kind: "hub", model: { id: "owner/name", revision: "main" } },
  nLayers: null,
  random: null,
};
const SERVED_ORDER: ModelOrder = { origin: { kind: "served" }, nLayers: null, random: null };
const CONFIG = new TextEncoder().encode('{"model_type": "bert"}');
const WEIGHTS = Uint8Array.from({ length: 2 * PART_BYTES + 1000 }, (_, idx) => (idx * 7 + (idx >> 10)) % 251);

let server: FileServer;
let cache: FakeCache;
let models: ModelCollection;
let context: FetchContext;
let progress: [file: string, loaded: number, kept: number, total: number][];

beforeEach(async () => {
  server = new FileServer();
  // An empty file is one too.
  server.files.set("config.json", CONFIG).set("model.safetensors", WEIGHTS).set("vocab.txt", new Uint8Array(0));
  cache = new FakeCache();
  const hub = await server.start();
  await visitAgain();
  progress = [];
  context = {
    models,
    hub,
    servedFolder: `${hub}/models/`,
    signal: new AbortController().signal,
    onProgress: (...told) => progress.push(told),
    retryMillis: [1, 1, 1],
  };
});

afterEach(() => server.stop());

async function visitAgain(): Promise<void> {
  models = modelsIn(await Store.open(storageOf(cache), BASE));
  if (context !== undefined) context = { ...context, models };
}

async function failure(order: ModelOrder): Promise<FetchError> {
  const error = await fetchModel(order, context).then(
    () => null,
    (error: unknown) => error,
  );
  assert(error instanceof FetchError, String(error));
  return error;
}

const bytesOf = async (blob: Blob | undefined) => new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
const total = CONFIG.length + WEIGHTS.length;

test("a hub's model comes whole, with what the worker needs to verify it, and is fetched once", async () => {
  const fetched = await fetchModel(HUB_ORDER, context);
  assert.equal(fetched.name, "owner/name");
  assert.deepEqual(fetched.hub, { id: "owner/name", revision: "c0ffee" });
  assert.deepEqual(
    fetched.files.map(({ path }) => path),
    ["config.json", "model.safetensors", "vocab.txt"],
  );
  assert.deepEqual(await bytesOf(fetched.files[1]?.blob), WEIGHTS);
  assert.match(fetched.files[1]?.sha256 ?? "", /^[0-9a-f]{64}$/);
  assert.deepEqual(progress.at(-1), ["vocab.txt", total, 0, total]);
  assert(progress.every(([, loaded], idx) => loaded >= (progress[idx - 1]?.[1] ?? 0)));

  const nRequests = server.requests.length;
  await visitAgain();
  assert.equal((await fetchModel(HUB_ORDER, context)).keptKey, fetched.keptKey);
  assert.equal(server.requests.length, nRequests);
});

test("a line that breaks is bridged, from the part that is missing", async () => {
  server.files.delete("config.json");
  server.breaks = { afterBytes: PART_BYTES + 500, times: 2 };
  const fetched = await fetchModel(HUB_ORDER, context);
  assert.deepEqual(await bytesOf(fetched.files[0]?.blob), WEIGHTS);
  assert.deepEqual(server.requests.slice(0, 3), [
    "model.safetensors whole",
    `model.safetensors bytes=${PART_BYTES}-`,
    `model.safetensors bytes=${2 * PART_BYTES}-`,
  ]);
});

test("a server without ranges is asked for the whole file again", async () => {
  server.files.delete("config.json");
  server.knowsRanges = false;
  server.breaks = { afterBytes: PART_BYTES + 500, times: 1 };
  const fetched = await fetchModel(HUB_ORDER, context);
  assert.deepEqual(await bytesOf(fetched.files[0]?.blob), WEIGHTS);
});

test("a line that stays broken is told, and another visit resumes it", async () => {
  server.breaks = { afterBytes: PART_BYTES + 500, times: 1 };
  server.files.delete("config.json");
  context = { ...context, retryMillis: [] };
  const { failure: told } = await failure(HUB_ORDER);
  assert.match(told.message, /can't be reached, or the line broke off/);
  assert.match(told.remedy, /continues from there/);
  const [half] = await models.list();
  assert.deepEqual([half?.isComplete, half?.bytes], [false, PART_BYTES]);

  await visitAgain();
  progress = [];
  const { key = "" } = half ?? {};
  const order: ModelOrder = { ...HUB_ORDER, origin: { kind: "kept", key, name: "owner/name" } };
  const fetched = await fetchModel(order, context);
  assert.deepEqual(await bytesOf(fetched.files[0]?.blob), WEIGHTS);
  assert(server.requests.includes(`model.safetensors bytes=${PART_BYTES}-`));
  assert.deepEqual(progress[0], ["model.safetensors", PART_BYTES, PART_BYTES, WEIGHTS.length]);
});

test("a server that falls silent is not waited for for ever", async () => {
  server.stallsAfter = 10;
  const url = `${context.hub}/owner/name/resolve/c0ffee/config.json`;
  const file = { path: "config.json", size: CONFIG.length, sha256: null, url };
  const about = { name: "n", origin: { kind: "files" as const }, files: [file] };
  const options = { signal: context.signal, onProgress: () => {}, retryMillis: [], stallMillis: 30 };
  await assert.rejects(download(models, "k", about, [file], options), /has sent nothing for 0\.03 s/);
});

test("a file of another size is refused and not kept", async () => {
  const listing = server.listing();
  server.listing = () => listing;
  const shorter = CONFIG.slice(1);
  server.files.set("config.json", shorter);
  assert.match(
    (await failure(HUB_ORDER)).failure.message,
    new RegExp(`ended after ${shorter.length} of ${CONFIG.length} bytes`),
  );
  server.files.set("config.json", new Uint8Array([...CONFIG, 32]));
  assert.match((await failure(HUB_ORDER)).failure.message, /more than the 22 bytes/);
  server.files.set("config.json", CONFIG);
  assert.equal((await fetchModel(HUB_ORDER, context)).files.length, 3);
});

test("giving up ends the request, and what has come in stays", async () => {
  const controller = new AbortController();
  server.stallsAfter = PART_BYTES + 10;
  server.files.delete("config.json");
  const fetching = fetchModel(HUB_ORDER, {
    ...context,
    signal: controller.signal,
    onProgress: (_, loaded) => loaded > PART_BYTES && controller.abort(),
  });
  await assert.rejects(fetching, { name: "AbortError" });
  assert.equal((await models.list())[0]?.bytes, PART_BYTES);
});

test("what the hub doesn't have is told at once", async () => {
  server.status = 404;
  assert.match((await failure(HUB_ORDER)).failure.message, /status 404: there is no owner\/name, revision main/);
  server.status = 401;
  assert.match((await failure(HUB_ORDER)).failure.message, /no public model owner\/name/);
});

test("without a line, what was fetched before under that id and revision is what there is", async () => {
  await fetchModel(HUB_ORDER, context);
  server.stop();
  const fetched = await fetchModel(HUB_ORDER, context);
  assert.equal(fetched.name, "owner/name");
  const other: ModelOrder = { ...HUB_ORDER, origin: { kind: "hub", model: { id: "owner/name", revision: "dev" } } };
  assert.match((await failure(other)).failure.message, /can't be reached/);
});

function serve(nWeights: number): void {
  const weights = WEIGHTS.subarray(0, nWeights);
  server.files.set("model.safetensors", weights).set("tokenizer.json", CONFIG);
  const { siblings } = server.listing() as {
    siblings: { rfilename: string; size: number; lfs: { sha256: string } | null }[];
  };
  const files = siblings.map(({ rfilename: path, size, lfs }) => ({
    path,
    size,
    sha256: lfs?.sha256 ?? "0".repeat(64),
  }));
  const hub = { id: "owner/name", revision: "main" };
  const index = {
    models: [{ name: "tiny", hub, path: "tiny", files: files.filter(({ path }) => !path.startsWith("/")) }],
  };
  server.files.set("/models/index.json", new TextEncoder().encode(JSON.stringify(index)));
}

test("the served model is kept, loads without a line, and a new deploy's takes its place", async () => {
  serve(500);
  const first = await fetchModel(SERVED_ORDER, context);
  assert.equal(first.name, "tiny");
  assert.equal(first.hub?.id, "owner/name");
  serve(600);
  const second = await fetchModel(SERVED_ORDER, context);
  assert.notEqual(second.keptKey, first.keptKey);
  assert.deepEqual(
    (await models.list()).map(({ key }) => key),
    [second.keptKey],
  );
  server.stop();
  await visitAgain();
  const offline = await fetchModel(SERVED_ORDER, context);
  assert.equal(offline.keptKey, second.keptKey);
  assert.equal(offline.hub?.id, "owner/name");
  assert.equal((await bytesOf(offline.files.find(({ path }) => path === "model.safetensors")?.blob)).length, 600);
});

test("a random model is given the served one's tokenizer and no more", async () => {
  serve(500);
  const random = { n_layers: 2, d_model: 32, n_heads: 2, d_ff: 64, max_positions: 32, seed: 1 };
  const fetched = await fetchModel({ ...SERVED_ORDER, random }, context);
  assert.deepEqual(
    fetched.files.map(({ path }) => path),
    ["vocab.txt", "tokenizer.json"],
  );
  assert.deepEqual([fetched.name, fetched.hub, fetched.keptKey], ["Random, 2 layers of 32", null, null]);
});

test("files that the worker has refused are downloaded again", async () => {
  await fetchModel(HUB_ORDER, context);
  const nRequests = server.requests.length;
  await fetchModel({ ...HUB_ORDER, isRefetch: true }, context);
  assert.equal(server.requests.length, 2 * nRequests);
});

test("a kept model that is gone says so, and nothing is left of it", async () => {
  const order: ModelOrder = { ...HUB_ORDER, origin: { kind: "kept", key: "gone", name: "x" } };
  assert.match((await failure(order)).failure.message, /not complete any more/);
  const [config] = [{ path: "config.json", file: new File(["{}"], "config.json") }];
  const own: ModelOrder = { ...HUB_ORDER, origin: { kind: "files", name: "mine", files: [config] } };
  assert.match((await failure(own)).failure.message, /no model\.safetensors/);
});

const unreadable = () => Promise.reject(new DOMException("Unexpected internal error.", "UnknownError"));

test("a kept model that can't be read just now stays as it is, and the visit goes on from memory", async () => {
  const { keptKey } = await fetchModel(HUB_ORDER, context);
  const before = [...cache.entries];
  for (const method of ["match", "keys"] as const) {
    const whole = { [method]: cache[method].bind(cache) };
    cache[method] = unreadable;
    await visitAgain();
    const fetched = await fetchModel(HUB_ORDER, context);
    assert.deepEqual([fetched.keptKey, await bytesOf(fetched.files[1]?.blob)], [keptKey, WEIGHTS]);
    Object.assign(cache, whole);
    assert.deepEqual([...cache.entries], before, method);
  }
  assert.equal((await models.list())[0]?.isComplete, true);
});

test("a kept model of the visitor's own files that can't be read just now is not deleted", async () => {
  const own = [{ path: "config.json", blob: new Blob(["{}"]), sha256: null }];
  await keepModel(models, "files-a", "mine", own);
  const order: ModelOrder = { ...HUB_ORDER, origin: { kind: "kept", key: "files-a", name: "mine" } };
  const match = cache.match.bind(cache);
  cache.match = unreadable;
  const { failure: told } = await failure(order);
  assert.match(told.message, /can't be read just now \(Unexpected internal error\.\)/);
  cache.match = match;
  assert.equal((await fetchModel(order, context)).files.length, 1);
});

test("the served model that is kept stays until the one of a new deploy is on the disk", async () => {
  serve(500);
  const first = await fetchModel(SERVED_ORDER, context);
  serve(600);
  cache.roomBytes = 0;
  const second = await fetchModel(SERVED_ORDER, context);
  assert.notEqual(second.keptKey, first.keptKey);
  await visitAgain();
  assert.deepEqual(
    (await models.list()).map(({ key }) => key),
    [first.keptKey],
  );
});

test("two exports of the same name, size and time are kept apart, and each loads its own weights", async () => {
  const exportOf = (weights: string): ModelOrder => {
    const file = new File([weights], "trained.zip", { lastModified: 5 });
    return { ...HUB_ORDER, origin: { kind: "files", name: "trained.zip", files: [{ path: "trained.zip", file }] } };
  };
  for (const weights of ["first", "other", "first"]) {
    const fetched = await fetchModel(exportOf(weights), context);
    const key = fetched.keptKey ?? assert.fail();
    await keepModel(models, key, fetched.name, fetched.files);
    await visitAgain();
    const again = await fetchModel({ ...HUB_ORDER, origin: { kind: "kept", key, name: "trained" } }, context);
    assert.equal(await again.files[0]?.blob.text(), weights);
  }
  assert.equal((await models.list()).length, 2);
});

test("a model that was kept under the key of an earlier version loads from storage", async () => {
  const key = "files-my model-5-1700000000000";
  const files = [{ path: "model.safetensors", blob: new Blob(["first"]), sha256: null }];
  await keepModel(models, key, "my model", files);
  await visitAgain();
  assert.deepEqual(
    (await models.list()).map((kept) => [kept.key, kept.isComplete]),
    [[key, true]],
  );
  const fetched = await fetchModel({ ...HUB_ORDER, origin: { kind: "kept", key, name: "my model" } }, context);
  assert.deepEqual([fetched.name, fetched.keptKey, await fetched.files[0]?.blob.text()], ["my model", key, "first"]);
});

test("a full disk does not stop a download", async () => {
  cache.roomBytes = PART_BYTES + 5000;
  const fetched = await fetchModel(HUB_ORDER, context);
  assert.deepEqual(await bytesOf(fetched.files[1]?.blob), WEIGHTS);
  assert.match(models.store.refusal ?? "", /no room/);
  assert.notEqual(await openModel(models, fetched.keptKey ?? ""), null);
});
