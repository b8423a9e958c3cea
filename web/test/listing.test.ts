import assert from "node:assert/strict";
import { test } from "node:test";
import { readServed, servedKey } from "../src/features/model/served_index";
import { FetchError, statusError } from "../src/hub/fetch_failure";
import { readListing } from "../src/hub/listing";

const HUB = "https://hub.example";
const MODEL = { id: "owner/name", revision: "main" };
const SHA = "a".repeat(64);

test("a hub's listing gives the commit's addresses, sizes and hashes", () => {
  const listing = readListing(HUB, MODEL, {
    sha: "c0ffee",
    siblings: [
      { rfilename: "config.json", size: 612, blobId: "b".repeat(40), lfs: null },
      { rfilename: "model.safetensors", size: 135, blobId: "d".repeat(40), lfs: { sha256: SHA, size: 90_868_376 } },
      { rfilename: "1_Pooling/config.json", size: 190, blobId: "e".repeat(40) },
      { rfilename: "../config.json", size: 1 },
      { rfilename: "README.md", size: 1000 },
    ],
  });
  assert.equal(listing.commit, "c0ffee");
  assert.deepEqual(listing.files, [
    {
      path: "config.json",
      size: 612,
      sha256: null,
      url: `${HUB}/owner/name/resolve/c0ffee/config.json`,
    },
    {
      path: "model.safetensors",
      size: 90_868_376,
      sha256: SHA,
      url: `${HUB}/owner/name/resolve/c0ffee/model.safetensors`,
    },
    {
      path: "1_Pooling/config.json",
      size: 190,
      sha256: null,
      url: `${HUB}/owner/name/resolve/c0ffee/1_Pooling/config.json`,
    },
  ]);
});

test("a model without safetensors, and what is no hub, are refused with what was found", () => {
  const siblings = [
    { rfilename: "config.json", size: 1 },
    { rfilename: "pytorch_model.bin", size: 5 },
  ];
  assert.throws(
    () => readListing(HUB, MODEL, { sha: "c0ffee", siblings }),
    /owner\/name has no model\.safetensors.*pytorch_model\.bin/,
  );
  assert.throws(() => readListing(HUB, MODEL, { sha: "c0ffee", siblings: [] }), /no weights at all/);
  for (const json of [null, {}, [], { sha: 1, siblings }, { sha: "../x", siblings }, { sha: "c0ffee" }]) {
    assert.throws(() => readListing(HUB, MODEL, json), /does not answer as a model hub does/);
  }
});

test("a size that no file has is refused", () => {
  const listing = (size: number) =>
    readListing(HUB, MODEL, {
      sha: "c0ffee",
      siblings: [
        { rfilename: "config.json", size: 612 },
        { rfilename: "model.safetensors", size: 135, lfs: { sha256: SHA, size } },
      ],
    });
  assert.equal(listing(0).files[1]?.size, 0);
  for (const size of [-1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY]) {
    assert.throws(() => listing(size), /announces .* bytes for model\.safetensors, which no file has/, String(size));
  }
});

test("an answer's status and code become a message and a remedy", () => {
  const cases: [number, string, RegExp, boolean][] = [
    [401, "GatedRepo", /without a log-in/, false],
    [403, "", /without a log-in/, false],
    [401, "RepoNotFound", /knows no public model owner\/name/, false],
    [401, "", /knows no public model/, false],
    [404, "RepoNotFound", /knows no public model/, false],
    [404, "RevisionNotFound", /has the model, but not owner\/name/, false],
    [404, "", /status 404/, false],
    [429, "", /status 429/, true],
    [503, "", /status 503/, true],
  ];
  for (const [status, code, message, isPassing] of cases) {
    const response = new Response(null, { status, headers: code === "" ? {} : { "X-Error-Code": code } });
    const error = statusError(`${HUB}/x`, "owner/name", response);
    assert(error instanceof FetchError);
    assert.match(error.failure.message, message, `${status} ${code}`);
    assert.notEqual(error.failure.remedy, "");
    assert.equal(error.isPassing, isPassing, `${status} ${code}`);
  }
});

const INDEX = {
  models: [
    {
      name: "all-MiniLM-L6-v2",
      hub: { id: "sentence-transformers/all-MiniLM-L6-v2", revision: "main" },
      path: "all-MiniLM-L6-v2",
      files: [
        { path: "config.json", size: 612, sha256: SHA },
        { path: "1_Pooling/config.json", size: 190, sha256: "b".repeat(64) },
      ],
    },
  ],
};

test("the list of served models is read, and other files have another key", () => {
  const [model] = readServed("https://lab.example/base/models/", INDEX) ?? [];
  assert(model);
  assert.equal(model.files[1]?.url, "https://lab.example/base/models/all-MiniLM-L6-v2/1_Pooling/config.json");
  assert.equal(model.hub?.id, "sentence-transformers/all-MiniLM-L6-v2");
  const other = { ...model, files: model.files.map((file) => ({ ...file, sha256: "c".repeat(64) })) };
  assert.notEqual(servedKey(model), servedKey(other));
  assert.equal(servedKey(model), servedKey({ ...model, name: "another name" }));
});

test("a list that is damaged is none", () => {
  const file = { path: "config.json", size: 1, sha256: SHA };
  const bad: unknown[] = [
    null,
    {},
    { models: {} },
    { models: [null] },
    { models: [{ name: "a", path: "a", files: [] }] },
    { models: [{ name: "a", path: "a", files: [{ ...file, sha256: "no" }] }] },
    { models: [{ name: "a", path: "a", files: [{ ...file, size: -1 }] }] },
    { models: [{ name: "a", path: "a", files: [{ ...file, size: 0.5 }] }] },
    { models: [{ path: "a", files: [file] }] },
  ];
  for (const json of bad) assert.equal(readServed("https://lab.example/", json), null, JSON.stringify(json));
  assert.equal(
    readServed("https://lab.example/", { models: [{ name: "a", path: "a", files: [file] }] })?.[0]?.hub,
    null,
  );
});
