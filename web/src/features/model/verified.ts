/** Says which files of a model were compared with a hash, and what that is worth. */

import type { SourceFile } from "../../protocol";

/** Paths named in a sentence; the others are counted. */
const N_NAMED = 3;

/** The worker has compared each file that has a SHA-256 with it. No hash comes from elsewhere than the file. */
export function verifiedText(files: readonly Pick<SourceFile, "path" | "sha256">[]): string {
  const hashed = files.filter(({ sha256 }) => sha256 !== null);
  const others = files.filter(({ sha256 }) => sha256 === null);
  if (hashed.length === 0) return "Its files are not verified: they came without a hash.";
  const have = hashed.length === 1 ? "has" : "have";
  const checked = `${named(hashed)} ${have} the SHA-256 that the same server lists: this shows damage, not a dishonest server.`;
  return others.length === 0 ? checked : `${checked} Not verified, because they came without a hash: ${named(others)}.`;
}

function named(files: readonly Pick<SourceFile, "path">[]): string {
  const paths = files.slice(0, N_NAMED).map(({ path }) => path);
  const nMore = files.length - paths.length;
  return nMore === 0 ? paths.join(", ") : `${paths.join(", ")} and ${nMore} more`;
}
