import assert from "node:assert/strict";
import { test } from "node:test";
import { verifiedText } from "../src/features/model/verified";

const hashed = (path: string) => ({ path, sha256: "0".repeat(64) });
const bare = (path: string) => ({ path, sha256: null });

test("the page says which files of a model were compared with a hash, and which were not", () => {
  const cases: [Parameters<typeof verifiedText>[0], RegExp, RegExp | null][] = [
    [[], /^Its files are not verified/, null],
    [[bare("trained.zip")], /^Its files are not verified/, null],
    [[hashed("a"), hashed("b")], /^a, b have the SHA-256 that the same server lists.*not a dishonest server\.$/, null],
    [[hashed("model.safetensors"), bare("config.json")], /^model\.safetensors has /, /hash: config\.json\.$/],
    [[hashed("a"), ..."bcdef".split("").map(bare)], /^a has /, /Not verified.*: b, c, d and 2 more\.$/],
  ];
  for (const [files, beginning, end] of cases) {
    const text = verifiedText(files);
    assert.match(text, beginning);
    if (end === null) assert.doesNotMatch(text, /Not verified/);
    else assert.match(text, end);
  }
});
