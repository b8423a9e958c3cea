import assert from "node:assert/strict";
import { test } from "node:test";
import { strToU8, type Zippable, zipSync } from "fflate";
import { readRunFile, runFileName, writeRunFile } from "../src/features/runs/run_file";
import { MAX_RUN_FILE_BYTES, MAX_UNZIPPED_BYTES } from "../src/settings";
import { sizeOf } from "../src/storage/content";
import { ABOUT_RUN, runFilesOf } from "./fixtures";
import { zip64 } from "./zip_headers";

const FILES = runFilesOf(ABOUT_RUN);
const NAME = "run.sbert-run.zip";

const ENTRIES: Zippable = {
  "run.json": strToU8(JSON.stringify(ABOUT_RUN)),
  "checkpoint.safetensors": new Uint8Array(ABOUT_RUN.checkpoint.nBytes),
  "pairs.tsv": new Uint8Array(ABOUT_RUN.pairs.nBytes),
};

const fileOf = (entries: Zippable) => new File([zipSync(entries) as Uint8Array<ArrayBuffer>], NAME);

async function messageFor(file: File): Promise<string> {
  const { failure } = await readRunFile(file);
  assert(failure, "the file was taken");
  assert(failure.message.startsWith(NAME));
  assert.notEqual(failure.remedy, "");
  return failure.message;
}

test("a run is written to a file and read from it", async () => {
  const zip = await writeRunFile(FILES);
  const { files, failure } = await readRunFile(new File([zip], NAME));
  assert.equal(failure, null);
  assert.deepEqual(files?.about, ABOUT_RUN);
  assert.deepEqual([files?.checkpoint, files?.pairs], [FILES.checkpoint, FILES.pairs]);
});

test("the file's name says which run it is of", () => {
  assert.equal(runFileName(ABOUT_RUN), "run-tiny-step-4.sbert-run.zip");
  const long = runFileName({ ...ABOUT_RUN, model: { ...ABOUT_RUN.model, name: "x".repeat(500) } });
  assert(long.length < 100 && long.endsWith("-step-4.sbert-run.zip"));
});

test("a file that was compressed by another program is accepted if its parts are small", async () => {
  const packed = zipSync(ENTRIES, { level: 9 });
  const stored = zipSync(ENTRIES, { level: 0 });
  assert(packed.length < stored.length);
  assert.equal((await readRunFile(new File([packed as Uint8Array<ArrayBuffer>], NAME))).failure, null);
});

test("what is no saved run is refused with the reason", async () => {
  const without = (name: string) => {
    const { [name]: _, ...rest } = ENTRIES;
    return rest;
  };
  const cases: [File, RegExp][] = [
    [new File(["no zip at all"], NAME), /can't be read as a zip/],
    [new File([], NAME), /can't be read as a zip/],
    [fileOf({ "model.safetensors": new Uint8Array(4) }), /has no run\.json/],
    [fileOf({ ...ENTRIES, "run.json": strToU8("{") }), /run\.json: it is no record/],
    [
      fileOf({ ...ENTRIES, "run.json": strToU8(JSON.stringify({ ...ABOUT_RUN, order: null })) }),
      /run\.json: order is not/,
    ],
    [fileOf(without("checkpoint.safetensors")), /has no checkpoint\.safetensors/],
    [fileOf(without("pairs.tsv")), /has no pairs\.tsv/],
    [fileOf({ ...ENTRIES, "checkpoint.safetensors": new Uint8Array(3) }), /checkpoint\.safetensors has 3 bytes/],
  ];
  for (const [file, message] of cases) assert.match(await messageFor(file), message);
  const [whole] = [zipSync(ENTRIES)];
  assert.match(await messageFor(new File([whole.slice(0, whole.length - 30)], NAME)), /can't be read as a zip/);
});

test("what would unpack to much more than it is is not unpacked", async () => {
  const zeros = new Uint8Array(MAX_UNZIPPED_BYTES + 1);
  assert.match(await messageFor(fileOf({ ...ENTRIES, "run.json": zeros })), /has no run\.json/);
  const bomb = { ...ENTRIES, "checkpoint.safetensors": zeros };
  assert.match(await messageFor(fileOf(bomb)), /has no checkpoint\.safetensors, or has it compressed/);
  const huge = Object.defineProperty(new File(["x"], NAME), "size", { value: MAX_RUN_FILE_BYTES + 1 });
  assert.match(await messageFor(huge), /larger than any saved run/);
});

test("an entry in which a bit has changed is refused", async () => {
  for (const name of Object.keys(ENTRIES)) {
    const zip = zipSync(ENTRIES, { level: 0 });
    const text = new TextDecoder("latin1").decode(zip);
    // Its bytes follow its first header: the last of them is no part of the record's syntax.
    const at = text.indexOf(name) + name.length + (ENTRIES[name] as Uint8Array).length - 2;
    zip[at] = Number(zip[at]) ^ 1;
    assert.match(
      await messageFor(new File([zip as Uint8Array<ArrayBuffer>], NAME)),
      new RegExp(`${name} in it is damaged`),
    );
  }
});

test("an entry that lies about its size gets no more room than it says", async () => {
  const zip = zipSync({ ...ENTRIES, "pairs.tsv": new Uint8Array(1_000_000) });
  // The central directory says how large the entry is, at 24 bytes from the start of its header.
  const at = lastHeaderOf(zip, "pairs.tsv");
  new DataView(zip.buffer, zip.byteOffset).setUint32(at + 24, ABOUT_RUN.pairs.nBytes, true);
  assert.match(await messageFor(new File([zip as Uint8Array<ArrayBuffer>], NAME)), /pairs\.tsv in it is damaged/);
});

test("a zip that says that it has billions of entries is refused at once", async () => {
  const zip = zip64(zipSync(ENTRIES), 2 ** 32 - 1);
  assert.match(await messageFor(new File([zip], NAME)), /more than 100 entries/);
});

test("of the pairs only those are unpacked that the record names", async () => {
  // Forty entries for the same megabyte of the file: each would be a copy of it.
  const n = 40;
  const others = Object.fromEntries(Array.from({ length: n }, (_, idx) => [`pairs.x${idx}`, new Uint8Array()]));
  const large = new Uint8Array(1_000_000);
  const zip = zipSync({ ...ENTRIES, ...others, "pairs.x": [large, { level: 0 }] }, { level: 0 });
  const view = new DataView(zip.buffer, zip.byteOffset);
  const largeHeader = lastHeaderOf(zip, "pairs.x");
  for (let idx = 0; idx < n; idx += 1) {
    const at = lastHeaderOf(zip, `pairs.x${idx}`);
    for (const field of [20, 24, 42]) view.setUint32(at + field, view.getUint32(largeHeader + field, true), true);
  }
  const before = process.memoryUsage().arrayBuffers;
  const { files, failure } = await readRunFile(new File([zip as Uint8Array<ArrayBuffer>], NAME));
  assert.equal(failure, null);
  assert.equal(files && sizeOf(files.pairs), ABOUT_RUN.pairs.nBytes);
  assert(process.memoryUsage().arrayBuffers - before < 4 * large.length, "the file and its copy");
});

test("a file that the browser can't read any more is refused", async () => {
  const unreadable = Object.assign(new File(["x"], NAME), {
    arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")),
  });
  assert.match(await messageFor(unreadable), /the browser can't read it/);
});

/** Where the central directory describes an entry: its name lies 46 bytes into its header. */
function lastHeaderOf(zip: Uint8Array, name: string): number {
  const isIt = (at: number) => new DataView(zip.buffer, zip.byteOffset).getUint16(at + 28, true) === name.length;
  const text = new TextDecoder("latin1").decode(zip);
  let at = text.lastIndexOf(name) - 46;
  while (at > 0 && !isIt(at)) at = text.lastIndexOf(name, at + 45) - 46;
  assert(at > 0);
  return at;
}
