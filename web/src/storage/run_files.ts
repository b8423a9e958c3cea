/**
 * The files of one saved run in storage: its checkpoint and its pairs as parts, the record of it in the manifest.
 *
 * A part is never overwritten: the next checkpoint gets a new name, then the manifest is written to list it, and only
 * then the previous one is deleted. Wherever a write is interrupted, the manifest lists complete parts.
 */

import { sizeOf } from "./content";
import { type AboutRun, type RunFiles, readAbout, type UnusableRun } from "./run_record";
import type { Collection, Part, Store } from "./store";

const CHECKPOINT = "checkpoint";
const PAIRS = "pairs";

export type RunCollection = Collection<AboutRun | UnusableRun>;

/** The records of `name`. Those of another version can't be used and stay. */
export function runsIn(store: Store, name: string): RunCollection {
  return store.collection(name, (json) => {
    const { about, fault, isOfAVersion } = readAbout(json);
    return about ?? (isOfAVersion ? { fault } : null);
  });
}

export function isUsable(about: AboutRun | UnusableRun): about is AboutRun {
  return !("fault" in about);
}

/** Null if not all of the run is there. @throws UnreadableError */
export async function readRun(runs: RunCollection, key: string): Promise<RunFiles | null> {
  const manifest = await runs.manifest(key);
  if (manifest === null || !isUsable(manifest.about)) return null;
  const { about, parts } = manifest;
  const checkpoint = await partOf(runs, key, parts, CHECKPOINT);
  const pairs = await partOf(runs, key, parts, PAIRS);
  if (checkpoint?.size !== about.checkpoint.nBytes || pairs?.size !== about.pairs.nBytes) return null;
  return { about, checkpoint, pairs };
}

/** What was written last, and under which names: unchanged files are not written again. */
export interface Written {
  files: RunFiles;
  parts: readonly Part[];
  /** Nothing was stored of the run before. */
  isFirst: boolean;
}

/**
 * Replace what is stored of the run; null if the browser refuses, which leaves that as it is.
 *
 * @throws UnreadableError if what is stored can't be read; it stays as it is.
 */
export async function writeRun(
  runs: RunCollection,
  key: string,
  files: RunFiles,
  last: Written | null,
): Promise<Written | null> {
  const written = await writeOnce(runs, key, files, last);
  const isThere = written === null || (await runs.hasAll(key, written.parts).catch(() => true));
  // The visitor has cleared the data of the site meanwhile: a part of it went nowhere.
  return isThere ? written : writeOnce(runs, key, files, null);
}

async function writeOnce(
  runs: RunCollection,
  key: string,
  files: RunFiles,
  last: Written | null,
): Promise<Written | null> {
  const here = await runs.manifest(key);
  // The visitor may have cleared the data of the site since.
  const own = last !== null && here?.savedAt === last.files.about.savedAt ? last : null;
  const number = 1 + Math.max(0, ...(here?.parts.map(({ name }) => numberOf(name)) ?? []));
  const parts: Part[] = [];
  for (const [kind, content, lastContent] of [
    [CHECKPOINT, files.checkpoint, own?.files.checkpoint],
    [PAIRS, files.pairs, own?.files.pairs],
  ] as const) {
    const kept = content === lastContent ? own?.parts.find(({ name }) => isOfKind(name, kind)) : undefined;
    const part = kept ?? { name: `${kind}-${number}`, size: sizeOf(content) };
    parts.push(part);
    if (kept === undefined && !(await runs.putPartOnDisk(key, part.name, content))) return withdraw(runs, key);
  }
  const manifest = { savedAt: files.about.savedAt, isComplete: true, parts, about: files.about };
  if (!(await runs.putManifestOnDisk(key, manifest))) return withdraw(runs, key);
  await keepOnly(runs, key, parts);
  return { files, parts, isFirst: here === null };
}

/** Are all parts there that its manifest lists? @throws UnreadableError */
export async function isWhole(runs: RunCollection, key: string): Promise<boolean> {
  const manifest = await runs.manifest(key);
  return manifest !== null && runs.hasAll(key, manifest.parts);
}

/** Delete what an unfinished write has left. A browser may refuse a manifest and have it nevertheless, so it is read. */
async function withdraw(runs: RunCollection, key: string): Promise<null> {
  const here = await runs.readManifest(key).catch(() => "unreadable" as const);
  if (here === "absent") await keepOnly(runs, key, []);
  else if (typeof here !== "string") await keepOnly(runs, key, here.parts);
  return null;
}

/** What can't be listed or deleted now is deleted after the next write. */
async function keepOnly(runs: RunCollection, key: string, parts: readonly Part[]): Promise<void> {
  for (const name of await runs.partNames(key).catch(() => [])) {
    if (!parts.some((part) => part.name === name)) await runs.deletePart(key, name);
  }
}

async function partOf(runs: RunCollection, key: string, parts: readonly Part[], kind: string): Promise<Blob | null> {
  const part = parts.find(({ name }) => isOfKind(name, kind));
  return part === undefined ? null : runs.part(key, part.name);
}

const isOfKind = (name: string, kind: string) => name.startsWith(`${kind}-`);

const numberOf = (name: string) => Number(name.split("-").at(-1)) || 0;
