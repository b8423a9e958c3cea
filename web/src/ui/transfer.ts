/** How far a download is. */

export interface Transfer {
  file: string;
  loadedBytes: number;
  /** Of these, bytes that were here before: those of an earlier attempt. They say nothing of the speed. */
  keptBytes?: number;
  totalBytes: number | null;
  /** Milliseconds of the page's clock. */
  startedAt: number;
  at: number;
}

/** True if all bytes are here. */
export function isComplete({ loadedBytes, totalBytes }: Transfer): boolean {
  return totalBytes !== null && loadedBytes >= totalBytes;
}

/** Seconds until a download is complete at its mean speed so far; null while that is a wild guess. */
export function transferSecsLeft({ loadedBytes, keptBytes = 0, totalBytes, startedAt, at }: Transfer): number | null {
  const secs = (at - startedAt) / 1000;
  const fetchedBytes = loadedBytes - keptBytes;
  if (totalBytes === null || secs < 0.5 || fetchedBytes <= 0) return null;
  return ((totalBytes - loadedBytes) * secs) / fetchedBytes;
}
