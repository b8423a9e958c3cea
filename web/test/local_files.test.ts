import assert from "node:assert/strict";
import { test } from "node:test";
import { localKey, localModel, MAX_ENTRIES } from "../src/features/model/local_files";
import { PART_BYTES } from "../src/storage/models";

const found = (...paths: string[]) =>
  paths.map((path) => ({ path, file: new File(["x"], path.split("/").at(-1) ?? "", { lastModified: 5 }) }));

test("a folder gives its name and its files' paths in it", () => {
  const model = localModel(
    found(
      "my-model/config.json",
      "my-model/model.safetensors",
      "my-model/1_Pooling/config.json",
      "my-model/.git/config",
      "my-model/README.md",
    ),
  );
  assert(model.failure === null);
  assert.equal(model.name, "my-model");
  assert.deepEqual(
    model.files.map(({ path }) => path),
    ["config.json", "model.safetensors", "1_Pooling/config.json"],
  );
});

const { signal } = new AbortController();

/** The key of one file, always of the same time. */
function keyOf(bytes: Uint8Array<ArrayBuffer>, name = "trained", path = "trained.zip"): Promise<string | null> {
  const file = new File([bytes], path, { lastModified: 5 });
  return localKey({ name, files: [{ path, file }] }, crypto.subtle, signal);
}

test("files have the key of their content, whatever their time and order", async () => {
  const bytes = new Uint8Array(2 * PART_BYTES + 1);
  const key = await keyOf(bytes);
  assert.match(key ?? "", /^files-trained-[0-9a-f]{64}$/);
  assert.equal(await keyOf(bytes), key);
  // One bit in any part, a byte less, another name, another path.
  for (const at of [0, PART_BYTES, 2 * PART_BYTES]) {
    const other = bytes.slice();
    other[at] = 1;
    assert.notEqual(await keyOf(other), key);
  }
  assert.notEqual(await keyOf(bytes.subarray(1)), key);
  assert.notEqual(await keyOf(bytes, "other"), key);
  assert.notEqual(await keyOf(bytes, "trained", "other.zip"), key);

  const model = { name: "a/b", files: found("a/b/vocab.txt", "a/b/config.json") };
  const ofBoth = await localKey(model, crypto.subtle, signal);
  assert.match(ofBoth ?? "", /^files-a_b-/);
  assert.equal(await localKey({ ...model, files: model.files.toReversed() }, crypto.subtle, signal), ofBoth);
});

test("files have no key where the browser hashes nothing, and none once the visitor cancels", async () => {
  const model = { name: "m", files: found("model.safetensors") };
  assert.equal(await localKey(model, undefined, signal), null);
  await assert.rejects(localKey(model, crypto.subtle, AbortSignal.abort()), { name: "AbortError" });
});

test("a folder in a folder, loose files and a zip are models too", () => {
  const nested = localModel(found("models/tiny/config.json", "models/tiny/model.safetensors"));
  assert(nested.failure === null);
  assert.equal(nested.name, "tiny");
  const loose = localModel(found("config.json", "model.safetensors", "vocab.txt"));
  assert(loose.failure === null);
  assert.equal(loose.files.length, 3);
  const zip = localModel(found("trained.zip"));
  assert(zip.failure === null);
  assert.deepEqual([zip.name, zip.files.map(({ path }) => path)], ["trained", ["trained.zip"]]);
});

test("what is no model is refused with what was there", () => {
  const whole = /config\.json, model\.safetensors/;
  const cases: [string[], RegExp, RegExp][] = [
    [[], /no file/, whole],
    [[".DS_Store"], /no file/, whole],
    [["a/pytorch_model.bin", "a/config.json"], /there is pytorch_model\.bin\./, whole],
    [["README.md", "notes.txt"], /no model\.safetensors.*README\.md/, whole],
    [["1.txt", "2.txt", "3.txt", "4.txt", "5.txt"], /1\.txt, 2\.txt, 3\.txt, 4\.txt, …/, whole],
    [Array.from({ length: MAX_ENTRIES }, (_, idx) => `a/${idx}.txt`), /2000 files/, /own folder/],
  ];
  for (const [paths, message, remedy] of cases) {
    const { failure } = localModel(found(...paths));
    assert.match(failure?.message ?? "", message);
    assert.match(failure?.remedy ?? "", remedy);
  }
});
