/** Fetches a file of pairs that is served beside the page. */

import type { Failure, PairFile } from "../../protocol";
import type { Transfer } from "../../ui/transfer";

/** The file, or why there is none; nothing if it was no longer wanted. Progress is told as bytes come in. */
export async function fetchPairs(
  url: string,
  signal: AbortSignal,
  onProgress: (transfer: Transfer) => void,
): Promise<PairFile | Failure | null> {
  const name = url.split("/").at(-1) ?? url;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      return failure(`${url} was answered with status ${response.status}`, "Look whether it is there, and try again.");
    }
    const totalBytes = lengthOf(response);
    const startedAt = performance.now();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let loadedBytes = 0;
    for (const reader = response.body?.getReader(); reader !== undefined; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      loadedBytes += value.length;
      onProgress({ file: name, loadedBytes, totalBytes, startedAt, at: performance.now() });
    }
    return { name, blob: new Blob(parts) };
  } catch (error) {
    if (signal.aborted) return null;
    const reason = error instanceof Error ? error.message : String(error);
    return failure(`${url} could not be fetched: ${reason}`, "Check the connection and try again.");
  }
}

/** Bytes of the body; null where it is packed for the way, since that length is another one's. */
function lengthOf({ headers }: Response): number | null {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? null : Number(length);
}

function failure(message: string, remedy: string): Failure {
  return { kind: "file", message, remedy };
}
