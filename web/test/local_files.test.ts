import assert from "node:assert/strict";
import { test } from "node:test";
import { localKey, localModel, MAX_ENTRIES } from "../src/features/model/local_files";

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
  assert.equal(localKey(model), "files-my-model-3-5");
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
