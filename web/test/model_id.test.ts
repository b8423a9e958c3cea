import assert from "node:assert/strict";
import { test } from "node:test";
import { readModelId } from "../src/hub/model_id";

test("ids, names and copied addresses are understood", () => {
  const cases: [string, string, string, string][] = [
    ["bert-base-uncased", "", "bert-base-uncased", "main"],
    [" BAAI/bge-small-en-v1.5 ", "v1.0", "BAAI/bge-small-en-v1.5", "v1.0"],
    ["owner/name", "refs/pr/3", "owner/name", "refs/pr/3"],
    ["https://huggingface.co/owner/name", "", "owner/name", "main"],
    ["https://huggingface.co/owner/name/", "dev", "owner/name", "dev"],
    ["https://huggingface.co/owner/name/tree/dev", "main", "owner/name", "dev"],
    ["https://mirror.example/bert-base-uncased/tree/abc123", "", "bert-base-uncased", "abc123"],
    ["https://huggingface.co/owner/name/blob/main/config.json", "", "owner/name", "main"],
    ["https://huggingface.co/owner/name/tree/refs%2Fpr%2F1", "", "owner/name", "refs/pr/1"],
  ];
  for (const [id, revision, expectedId, expectedRevision] of cases) {
    const { model, fault } = readModelId(id, revision);
    assert.equal(fault, null, id);
    assert.deepEqual(model, { id: expectedId, revision: expectedRevision }, id);
  }
});

test("what is no id, or would lead elsewhere, is refused with the reason", () => {
  const bad = [
    "",
    "  ",
    "a/b/c",
    "../secret",
    "owner/..",
    "a b",
    "owner/na?me",
    "x--y",
    "https://huggingface.co/",
    "<b>",
    "%2e%2e/x",
  ];
  for (const id of bad) {
    const { model, fault } = readModelId(id, "");
    assert.equal(model, null, id);
    assert.match(fault ?? "", /id/, id);
  }
  for (const revision of ["../..", "a b", "/main", "?x"]) {
    assert.match(readModelId("owner/name", revision).fault ?? "", /revision/i, revision);
  }
});
