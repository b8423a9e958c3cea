import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { safeFileName } from "../src/features/runs/file_export";
import { after, did, FAILURE, loaded, said } from "./fixtures";

const writing = after(loaded, did({ type: "export_requested", request: 8, what: "model" }));
const bytes = new Uint8Array(1234);

test("a file is written, handed over and let go", () => {
  assert.equal(writing.fileExport.status, "writing");
  assert.match(announcement(writing), /being written/);
  const written = after(writing, said({ kind: "exported", request: 8, name: "a/tiny.zip", bytes }));
  assert(written.fileExport.status === "written");
  assert.equal(written.fileExport.bytes, bytes);
  const saved = after(written, { type: "export_saved" });
  assert.deepEqual(saved.fileExport, { status: "saved", what: "model", name: "a-tiny.zip", nBytes: 1234 });
  assert.match(announcement(saved), /a-tiny\.zip/);
});

test("a file that nobody waits for is not saved, and a failure stays where the file was asked for", () => {
  assert.equal(after(writing, said({ kind: "exported", request: 7, name: "old.zip", bytes })), writing);
  const failed = after(writing, said({ kind: "failed", request: 8, failure: FAILURE }));
  assert.deepEqual(failed.fileExport, { status: "failed", what: "model", failure: FAILURE });
  assert.equal(failed.notice, null);
  const crashed = after(writing, did({ type: "worker_crashed", message: "out of memory" }));
  assert.equal(crashed.fileExport.status, "failed");
});

test("a file's name is one on every file system", () => {
  const cases: [string, string][] = [
    ["all-MiniLM-L6-v2.zip", "all-MiniLM-L6-v2.zip"],
    ["sentence-transformers/all:MiniLM?.zip", "sentence-transformers-all-MiniLM-.zip"],
    ["../../etc/passwd", "etc-passwd"],
    ["a\u202egpj.exe\u0000.zip", "agpj.exe.zip"],
    ["two  words .zip", "two-words-.zip"],
    ["…", "…"],
    ["..", "sentence-bert-lab.zip"],
    ["", "sentence-bert-lab.zip"],
    ["Modell für 模型.zip", "Modell-für-模型.zip"],
  ];
  for (const [name, safe] of cases) assert.equal(safeFileName(name), safe, JSON.stringify(name));
  const long = safeFileName(`${"🙂".repeat(300)}.zip`);
  assert.equal([...long].length, 120);
  assert.match(long, /🙂\.zip$/u);
});
