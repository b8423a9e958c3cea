/** Files that a visitor drops or picks: one zip, some files, or a folder with all that is in it. */

import { chooseFiles } from "../../hub/file_choice";
import type { Failure } from "../../protocol";
import { hexOf } from "../../storage/content";
import { PART_BYTES } from "../../storage/models";
import { text } from "../../text";

/** Limit on the entries of a folder: a model has a dozen, so a larger folder is not that of a model. */
export const MAX_ENTRIES = 2_000;

/** A file with its path. */
export interface LocalFile {
  /** Path in what was dropped, such as "my-model/1_Pooling/config.json". */
  path: string;
  file: File;
}

/** The files of a model, or the failure. */
export type LocalModel = { name: string; files: LocalFile[]; failure: null } | { failure: Failure };

/** What was dropped. Must be called before the drop's event is over; the browser forgets the items after it. */
export async function droppedFiles(transfer: DataTransfer): Promise<LocalFile[]> {
  const entries = Array.from(transfer.items, (item) => (item.kind === "file" ? item.webkitGetAsEntry() : null));
  if (entries.every((entry) => entry === null)) return pickedFiles(transfer.files);
  const found: LocalFile[] = [];
  for (const entry of entries) if (entry !== null) await walk(entry, found);
  return found;
}

/** What was picked: with paths where a folder was. */
export function pickedFiles(files: FileList | readonly File[]): LocalFile[] {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(entry: FileSystemEntry, found: LocalFile[]): Promise<void> {
  if (found.length >= MAX_ENTRIES || isHidden(entry.name)) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    // A reader returns some entries at a time, and an empty list at the end.
    for (;;) {
      const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (entries.length === 0) return;
      for (const inner of entries) await walk(inner, found);
    }
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Files of the system, of editors and of archive programs. */
const isHidden = (name: string) => name.startsWith(".") || name === "__MACOSX";

/** Make a model of what was dropped or picked: the files that count, under their paths in the model's folder. */
export function localModel(found: readonly LocalFile[]): LocalModel {
  const all = found.filter(({ path }) => !path.split("/").some(isHidden));
  const [first] = all;
  if (first === undefined) return refusal(text.model.noFile);
  if (all.length >= MAX_ENTRIES) return refusal(text.model.manyFiles(MAX_ENTRIES));
  const zips = all.filter(({ path }) => /\.zip$/i.test(path));
  if (zips.length === 1 && all.length === 1) {
    const { file } = first;
    return { name: file.name.replace(/\.zip$/i, ""), files: [{ path: file.name, file }], failure: null };
  }
  // A folder may hold the model's folder.
  const folder = commonFolder(all.map(({ path }) => path));
  const inFolder = all.map(({ path, file }) => ({ path: path.slice(folder.length), file }));
  const { files, found: otherWeights } = chooseFiles(inFolder);
  if (files === null) {
    const what = otherWeights.length > 0 ? otherWeights : inFolder.map(({ path }) => path);
    const shown = what.slice(0, 4).join(", ") + (what.length > 4 ? ", …" : "");
    return refusal(text.model.noWeights(shown));
  }
  const name = folder.split("/").at(-2) ?? "";
  return { name: name === "" ? text.model.filesName : name, files, failure: null };
}

/** The folder that all paths have in common, with a slash at its end; empty if there is none. */
function commonFolder(paths: readonly string[]): string {
  const [first = "", ...others] = paths.map((path) => path.split("/").slice(0, -1));
  let n = first.length;
  for (const folders of others) {
    let same = 0;
    while (same < n && folders[same] === first[same]) same += 1;
    n = same;
  }
  return Array.from(first)
    .slice(0, n)
    .map((part) => `${part}/`)
    .join("");
}

/**
 * The key of a model in storage. The same files under the same name have the same key, so that dropping them again stores
 * them once; other bytes have another one.
 *
 * A SHA-256 of the SHA-256 of each part, because the browser hashes whole buffers only, and a model may have gigabytes.
 *
 * @param subtle The browser's `crypto.subtle`; undefined outside secure contexts, where storage can't be used either.
 * @returns Null without `subtle`: the model isn't kept.
 */
export async function localKey(
  { name, files }: { name: string; files: readonly LocalFile[] },
  subtle: SubtleCrypto | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  if (subtle === undefined) return null;
  const sha256 = async (bytes: BufferSource) => hexOf(new Uint8Array(await subtle.digest("SHA-256", bytes)));
  const hashes: string[][] = [];
  for (const { path, file } of files) {
    const ofParts: string[] = [];
    for (let start = 0; start < file.size; start += PART_BYTES) {
      signal.throwIfAborted();
      ofParts.push(await sha256(await file.slice(start, start + PART_BYTES).arrayBuffer()));
    }
    hashes.push([path, ...ofParts]);
  }
  // The order in which files were picked makes no other model.
  const all = JSON.stringify(hashes.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
  return `files-${name.replaceAll("/", "_")}-${await sha256(new TextEncoder().encode(all))}`;
}

function refusal(said: Omit<Failure, "kind">): LocalModel {
  return { failure: { kind: "file", ...said } };
}
