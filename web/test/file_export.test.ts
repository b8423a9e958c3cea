import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { trainBlocker } from "../src/app/selectors";
import type { Action } from "../src/app/state";
import { type FileExport, safeFileName, withPart } from "../src/features/runs/file_export";
import { after, crash, FAILURE, loaded } from "./fixtures";

const change = (fileExport: FileExport): Action => ({ type: "runs/export_changed", fileExport, runKey: null });
const writing = after(loaded, change({ status: "writing" }));

test("a file is written and saved, and that is announced", () => {
  assert.match(announcement(writing), /being written/);
  assert.match(trainBlocker(writing) ?? "", /being written/);
  const saved = after(writing, change({ status: "saved", name: "a-tiny.zip", nBytes: 1234 }));
  assert.match(announcement(saved), /a-tiny\.zip/);
  assert.equal(trainBlocker(saved), null);
});

test("a file is put together from its parts, of which later ones replace bytes of earlier ones", async () => {
  const parts: [number, number[]][] = [
    [0, [1, 2, 3, 4]],
    [4, [5, 6]],
    // As the header of a file in a zip, which is known when its content is.
    [1, [20, 30]],
    [6, [7]],
    [3, [40, 50, 60, 70, 80]],
  ];
  let file = new Blob();
  for (const [start, bytes] of parts) file = withPart(file, { start, bytes: new Uint8Array(bytes) });
  assert.deepEqual([...new Uint8Array(await file.arrayBuffer())], [1, 20, 30, 40, 50, 60, 70, 80]);
});

test("a failure stays where the file was asked for, and a worker that stops while it writes is one", () => {
  const failed = after(writing, change({ status: "failed", failure: FAILURE }));
  assert.deepEqual(failed.runs.fileExport, { status: "failed", failure: FAILURE });
  assert.equal(failed.notice, null);
  assert.equal(after(writing, crash).runs.fileExport.status, "failed");
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
