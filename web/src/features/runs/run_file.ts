/** A saved run as one file for another browser: a zip without compression. */

import { strFromU8, type UnzipFileInfo, unzipSync, Zip, ZipPassThrough } from "fflate";
import type { Failure } from "../../protocol";
import { MAX_RUN_FILE_BYTES, MAX_UNZIPPED_BYTES, MAX_ZIP_ENTRIES } from "../../settings";
import { type Content, streamOf } from "../../storage/content";
import { type AboutRun, type RunFiles, readAbout } from "../../storage/run_record";
import { text } from "../../text";

const { fileFaults } = text.runs;

const ABOUT = "run.json";
const CHECKPOINT = "checkpoint.safetensors";
/** Name of the entry of the pairs, without the ending of their file. */
const PAIRS = "pairs";

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;

/** Longer model names are cut in the file name. */
const MAX_MODEL_NAME_LENGTH = 60;

/** The files of a run, or the failure. */
export type ReadRunFile = { files: RunFiles; failure: null } | { files: null; failure: Failure };

/** Such as "run-all-MiniLM-L6-v2-step-120.sbert-run.zip". What of it can't be in a name is left to `safeFileName`. */
export function runFileName({ model, checkpoint }: AboutRun): string {
  const name = [...model.name].slice(0, MAX_MODEL_NAME_LENGTH).join("");
  return `run-${name}-step-${checkpoint.step}.sbert-run.zip`;
}

/** Read piece by piece, so that the page stays responsive. */
export async function writeRunFile({ about, checkpoint, pairs }: RunFiles): Promise<Blob> {
  const written: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, bytes) => {
    if (error !== null) throw error;
    written.push(bytes as Uint8Array<ArrayBuffer>);
  });
  const entries: [string, Content][] = [
    [ABOUT, new Blob([JSON.stringify(about)])],
    [CHECKPOINT, checkpoint],
    [pairsEntry(about), pairs],
  ];
  for (const [name, content] of entries) {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    const reader = streamOf(content).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) entry.push(piece.value);
    entry.push(new Uint8Array(), true);
  }
  zip.end();
  return new Blob(written, { type: "application/zip" });
}

/** Read a file of the visitor. Everything in it is validated. */
export async function readRunFile(file: File): Promise<ReadRunFile> {
  if (file.size > MAX_RUN_FILE_BYTES) return refused(file, fileFaults.large);
  const zip = await file.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    () => null,
  );
  if (zip === null) return refused(file, fileFaults.unreadable);
  const first = unzipped(zip, [ABOUT]);
  if (first.entries === null) return refused(file, first.fault);
  const json = first.entries[ABOUT];
  if (json === undefined) return refused(file, fileFaults.noRecord(ABOUT));
  const { about, fault } = readAbout(parsed(json));
  if (about === null) return refused(file, fileFaults.inRecord(ABOUT, fault));
  // Only the pairs that the record names: each of many others would be another copy of the file in memory.
  const expected = [
    [CHECKPOINT, about.checkpoint.nBytes],
    [pairsEntry(about), about.pairs.nBytes],
  ] as const;
  const rest = unzipped(
    zip,
    expected.map(([name]) => name),
  );
  if (rest.entries === null) return refused(file, rest.fault);
  const { entries } = rest;
  for (const [name, nBytes] of expected) {
    const found = entries[name];
    if (found === undefined) return refused(file, fileFaults.noEntry(name));
    if (found.length !== nBytes) return refused(file, fileFaults.otherSize(name, found.length, ABOUT, nBytes));
  }
  const bytesIn = (name: string) => entries[name] ?? new Uint8Array();
  return { files: { about, checkpoint: bytesIn(CHECKPOINT), pairs: bytesIn(pairsEntry(about)) }, failure: null };
}

type Unzipped = { entries: Record<string, Uint8Array<ArrayBuffer>>; fault: null } | { entries: null; fault: string };

/**
 * The entries of these names, or why they can't be read. A stored entry can't be larger than the file; a compressed one
 * is read only if its declared size is small, and is given no more memory than that.
 */
function unzipped(zip: Uint8Array<ArrayBuffer>, names: readonly string[]): Unzipped {
  const seen = new Set<string>();
  let nEntries = 0;
  const filter = ({ name, compression, originalSize }: UnzipFileInfo) => {
    nEntries += 1;
    // A zip says itself how many it has: four billion would take minutes, although none of them is there.
    if (nEntries > MAX_ZIP_ENTRIES) throw new Error(fileFaults.manyEntries(MAX_ZIP_ENTRIES));
    const isSmall = originalSize <= MAX_UNZIPPED_BYTES;
    const isTaken =
      names.includes(name) && !seen.has(name) && (compression === 0 ? name !== ABOUT || isSmall : isSmall);
    seen.add(name);
    return isTaken;
  };
  try {
    const entries = unzipSync(zip, { filter }) as Record<string, Uint8Array<ArrayBuffer>>;
    const checksums = checksumsIn(zip);
    const damaged = Object.keys(entries).find((name) => checksumOf(entries[name]) !== checksums.get(name));
    return damaged === undefined ? { entries, fault: null } : { entries: null, fault: fileFaults.damaged(damaged) };
  } catch (error) {
    return { entries: null, fault: fileFaults.noZip(error instanceof Error ? error.message : "") };
  }
}

/**
 * The CRC-32 of each entry as the zip's central directory has it (APPNOTE.TXT 4.3.12), which fflate reads and doesn't
 * compare. Empty for a zip64, which no saved run is.
 */
function checksumsIn(zip: Uint8Array<ArrayBuffer>): Map<string, number> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  const checksums = new Map<string, number>();
  let end = zip.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END_SIGNATURE) end -= 1;
  let at = end < 0 ? zip.length : view.getUint32(end + 16, true);
  while (at + ENTRY_BYTES <= zip.length && view.getUint32(at, true) === ENTRY_SIGNATURE) {
    const name = strFromU8(zip.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + view.getUint16(at + 28, true)));
    // Of entries of one name the first is read.
    if (!checksums.has(name)) checksums.set(name, view.getUint32(at + 16, true));
    at += ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return checksums;
}

function checksumOf(bytes = new Uint8Array()): number {
  const entry = new ZipPassThrough("");
  entry.ondata = () => {};
  entry.push(bytes, true);
  return entry.crc >>> 0;
}

function pairsEntry({ pairs }: AboutRun): string {
  return PAIRS + (/\.[A-Za-z0-9]{1,8}$/.exec(pairs.name)?.[0] ?? "");
}

function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(json));
  } catch {
    return null;
  }
}

function refused(file: File, fault: string): ReadRunFile {
  return { files: null, failure: { kind: "file", ...text.runs.noRunFile(file.name, fault) } };
}
