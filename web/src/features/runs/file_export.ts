/** An export: one file at a time, written by the worker and saved by the browser. */

import type { Failure } from "../../protocol";

export type FileExport =
  | { status: "none" }
  | { status: "writing" }
  | { status: "saved"; name: string; nBytes: number }
  | { status: "failed"; failure: Failure };

/** A file of this name is written where the worker's name has nothing left that a file may be called. */
const FALLBACK_NAME = "sentence-bert-lab.zip";

/** Longer names are refused by some file systems, and by people. */
const MAX_NAME_LENGTH = 120;

/**
 * A name that is one on every file system: no folders, no control characters, none that turn the reading direction
 * round and so hide what kind of file it is. Names come from files and models of the visitor's.
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

/** The worker that was writing is gone. */
export function exportWithoutWorker(fileExport: FileExport): FileExport {
  if (fileExport.status !== "writing") return fileExport;
  const failure: Failure = {
    kind: "internal",
    message: "the worker stopped while it was writing the file",
    remedy: "Try again as soon as the model is loaded again.",
  };
  return { status: "failed", failure };
}
