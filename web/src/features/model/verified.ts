/** Says which files of a model were compared with a hash, and what that is worth. */

import type { SourceFile } from "../../protocol";
import { text } from "../../text";

/** Paths named in a sentence; the others are counted. */
const N_NAMED = 3;

/** The worker has compared each file that has a SHA-256 with it. No hash comes from elsewhere than the file. */
export function verifiedText(files: readonly Pick<SourceFile, "path" | "sha256">[]): string {
  const hashed = files.filter(({ sha256 }) => sha256 !== null);
  const others = files.filter(({ sha256 }) => sha256 === null);
  if (hashed.length === 0) return text.model.notVerified;
  const checked = text.model.verified(named(hashed), hashed.length);
  return others.length === 0 ? checked : `${checked} ${text.model.othersNotVerified(named(others))}`;
}

function named(files: readonly Pick<SourceFile, "path">[]): string {
  const paths = files.slice(0, N_NAMED).map(({ path }) => path);
  return text.model.names(paths.join(", "), files.length - paths.length);
}
