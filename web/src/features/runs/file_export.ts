/** An export: one file at a time, written by the worker in parts and saved by the browser. */

import type { Failure } from "../../protocol";
import { text } from "../../text";

export type FileExport =
  | { status: "none" }
  | { status: "writing" }
  | { status: "saved"; name: string; nBytes: number }
  | { status: "failed"; failure: Failure };

/** A file with some of its bytes put where they begin: at its end, or in place of others. */
export function withPart(file: Blob, { start, bytes }: { start: number; bytes: Uint8Array<ArrayBuffer> }): Blob {
  return new Blob([file.slice(0, start), bytes, file.slice(start + bytes.length)]);
}

/** The name of a file if nothing valid is left of the given one. */
const FALLBACK_NAME = "sentence-bert-lab.zip";

/** Some file systems refuse longer names. */
const MAX_NAME_LENGTH = 120;

/**
 * A file name that is valid on every file system: no folders, no control characters, none that reverse the reading
 * direction and so disguise the ending. Names come from files and models of the visitor.
 */
export function safeFileName(name: string): string {
  const plain = name
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .replace(/[<>:"/\\|?*\s]+/g, "-")
    .replace(/^[-.]+|[-. ]+$/g, "");
  if (plain === "") return FALLBACK_NAME;
  const letters = [...plain];
  if (letters.length <= MAX_NAME_LENGTH) return plain;
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(plain)?.[0] ?? "";
  return letters.slice(0, MAX_NAME_LENGTH - ending.length).join("") + ending;
}

/** The worker was lost while it was writing. */
export function exportWithoutWorker(fileExport: FileExport): FileExport {
  if (fileExport.status !== "writing") return fileExport;
  return { status: "failed", failure: { kind: "internal", ...text.runs.notExported } };
}
