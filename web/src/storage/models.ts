/** Models in storage. Each file is kept in parts, so that an interrupted download can be resumed. */

import type { HubModel, SourceFile } from "../protocol";
import type { Collection, Kept, Part, Store } from "./store";

/** The number is the version of the layout: records of another version are deleted. */
const COLLECTION = "models-1";

/**
 * Bytes of a part. An interrupted download loses at most one part; smaller ones would only be more entries (BERT-base
 * has 55 of these).
 */
export const PART_BYTES = 8_000_000;

/** A file as its source describes it. */
export interface ListedFile {
  /** Path in the model's folder. */
  path: string;
  /** Bytes. */
  size: number;
  /** SHA-256 in hexadecimal digits, if the source gives it. The worker verifies it. */
  sha256: string | null;
}

/** Where a kept model came from. */
export type KeptOrigin =
  | { kind: "served"; hub: HubModel | null }
  | { kind: "hub"; host: string; id: string; revision: string; commit: string }
  | { kind: "files" };

export interface AboutModel {
  name: string;
  origin: KeptOrigin;
  files: ListedFile[];
}

export type KeptModel = Kept<AboutModel>;
export type ModelCollection = Collection<AboutModel>;

export function modelsIn(store: Store): ModelCollection {
  return store.collection(COLLECTION, readAbout);
}

/** Parts of a file, in order; an empty file has one. */
export function partsOf({ path, size }: Pick<ListedFile, "path" | "size">): Part[] {
  const nParts = Math.max(1, Math.ceil(size / PART_BYTES));
  return Array.from({ length: nParts }, (_, idx) => ({
    name: `${path}/${idx}`,
    size: Math.min(PART_BYTES, size - idx * PART_BYTES),
  }));
}

/** Bytes of all files. */
export function bytesOf(files: readonly Pick<ListedFile, "size">[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Write a model's table of contents: with `isComplete` false before its parts are put, true when all are there. */
export function putContents(models: ModelCollection, key: string, about: AboutModel, isComplete: boolean) {
  return models.putManifest(key, { savedAt: Date.now(), isComplete, parts: about.files.flatMap(partsOf), about });
}

/** The parts of a file put together; null if one is missing or of another size. @throws UnreadableError */
async function openFile(models: ModelCollection, key: string, file: ListedFile): Promise<Blob | null> {
  const blobs: Blob[] = [];
  for (const { name, size } of partsOf(file)) {
    const blob = await models.part(key, name);
    if (blob === null || blob.size !== size) return null;
    blobs.push(blob);
  }
  return new Blob(blobs);
}

/** A kept model's files, for the worker; null if it isn't complete. @throws UnreadableError */
export async function openModel(models: ModelCollection, key: string): Promise<SourceFile[] | null> {
  const manifest = await models.manifest(key);
  if (manifest === null || !manifest.isComplete) return null;
  const files: SourceFile[] = [];
  for (const file of manifest.about.files) {
    const blob = await openFile(models, key, file);
    if (blob === null) return null;
    files.push({ path: file.path, blob, sha256: file.sha256 });
  }
  return files;
}

/** Store files that are in memory or on disk, such as dropped ones. What is stored already is not copied again. */
export async function keepModel(models: ModelCollection, key: string, name: string, files: readonly SourceFile[]) {
  const kept = await models.manifest(key);
  if (kept?.isComplete) return;
  const listed = files.map(({ path, blob, sha256 }) => ({ path, size: blob.size, sha256 }));
  const about: AboutModel = { name, origin: { kind: "files" }, files: listed };
  await putContents(models, key, about, false);
  for (const { path, blob } of files) {
    for (const [idx, part] of partsOf({ path, size: blob.size }).entries()) {
      await models.putPart(key, part.name, blob.slice(idx * PART_BYTES, idx * PART_BYTES + part.size));
    }
  }
  await putContents(models, key, about, true);
}

/** The id and revision on the hub, if it is from one. */
export function hubModelOf({ origin }: AboutModel): HubModel | null {
  if (origin.kind === "served") return origin.hub;
  return origin.kind === "hub" ? { id: origin.id, revision: origin.commit } : null;
}

function readAbout(json: unknown): AboutModel | null {
  const { name, origin, files } = (json ?? {}) as Partial<AboutModel>;
  const isWhole =
    typeof name === "string" &&
    ["served", "hub", "files"].includes(origin?.kind ?? "") &&
    Array.isArray(files) &&
    files.every((file) => typeof file?.path === "string" && typeof file.size === "number");
  return isWhole ? ({ name, origin, files } as AboutModel) : null;
}
