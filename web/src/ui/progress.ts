/** The progress of work in parts, and of downloads. */

/** Finished parts of all parts. */
export interface Progress {
  nDone: number;
  nTotal: number;
}

export interface Transfer {
  file: string;
  loadedBytes: number;
  /** Of these, bytes of an earlier attempt, which don't count for the speed. */
  keptBytes?: number;
  totalBytes: number | null;
  /** Milliseconds of `performance.now()`. */
  startedAt: number;
  at: number;
}

/** True if all bytes are here. */
export function isComplete({ loadedBytes, totalBytes }: Transfer): boolean {
  return totalBytes !== null && loadedBytes >= totalBytes;
}

/** Seconds until a download is complete at its mean speed; null before there is a useful estimate. */
export function transferSecsLeft({ loadedBytes, keptBytes = 0, totalBytes, startedAt, at }: Transfer): number | null {
  const secs = (at - startedAt) / 1000;
  const fetchedBytes = loadedBytes - keptBytes;
  if (totalBytes === null || secs < 0.5 || fetchedBytes <= 0) return null;
  return ((totalBytes - loadedBytes) * secs) / fetchedBytes;
}
