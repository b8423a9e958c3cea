import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseFiles, chooseTokenizer } from "../src/hub/file_choice";

const files = (...paths: string[]) => paths.map((path) => ({ path }));
const chosen = (...paths: string[]) => chooseFiles(files(...paths)).files?.map(({ path }) => path);

test("of a sentence-transformers folder everything that counts is taken, and nothing else", () => {
  const wanted = [
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "vocab.txt",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
    "2_Dense/config.json",
    "classifier.safetensors",
  ];
  const others = [
    "README.md",
    "pytorch_model.bin",
    "onnx/model.onnx",
    "onnx/config.json",
    "openvino/model.safetensors",
    ".gitattributes",
  ];
  assert.deepEqual(chosen(...wanted, ...others), wanted);
});

test("shards come with their index, unless there is one file", () => {
  const sharded = [
    "model.safetensors.index.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
  ];
  assert.deepEqual(chosen("config.json", ...sharded), ["config.json", ...sharded]);
  assert.deepEqual(chosen("model.safetensors", ...sharded), ["model.safetensors"]);
});

test("a transformer in a folder of its own is found", () => {
  const paths = [
    "modules.json",
    "0_Transformer/model.safetensors",
    "0_Transformer/config.json",
    "0_Transformer/vocab.txt",
  ];
  assert.deepEqual(chosen(...paths), paths);
});

test("without safetensors the weights that are there are named", () => {
  assert.deepEqual(chooseFiles(files("config.json", "pytorch_model.bin", "tf_model.h5")), {
    files: null,
    found: ["pytorch_model.bin", "tf_model.h5"],
  });
  assert.deepEqual(chooseFiles(files("config.json")), { files: null, found: [] });
  assert.equal(chooseFiles(files("model.safetensors.bak", "adapter_model.safetensors")).files, null);
});

test("a random model takes the tokenizer alone", () => {
  const all = files("config.json", "model.safetensors", "tokenizer.json", "vocab.txt");
  assert.deepEqual(chooseTokenizer(all), files("tokenizer.json", "vocab.txt"));
});
