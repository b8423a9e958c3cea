/** Fetches a file of pairs that is served beside the page. */

import type { Failure, PairFile } from "../../protocol";
import { text } from "../../text";
import type { Transfer } from "../../ui/progress";

/** The file; rejects with the `Failure`. Progress is told as bytes arrive. */
export async function fetchPairs(
  url: string,
  signal: AbortSignal,
  onProgress: (transfer: Transfer) => void,
): Promise<PairFile> {
  const name = url.split("/").at(-1) ?? url;
  const startedAt = performance.now();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let response: Response;
  try {
    response = await fetch(url, { signal });
    const totalBytes = lengthOf(response);
    let loadedBytes = 0;
    for (const reader = response.body?.getReader(); response.ok && reader !== undefined; ) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      loadedBytes += value.length;
      onProgress({ file: name, loadedBytes, totalBytes, startedAt, at: performance.now() });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(text.pairs.notFetched(url, reason));
  }
  if (response.ok) return { name, blob: new Blob(parts) };
  throw failure(text.pairs.badStatus(url, response.status));
}

/** Bytes of the body; null if it is compressed, because the header has the compressed length. */
function lengthOf({ headers }: Response): number | null {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? null : Number(length);
}

function failure(said: Omit<Failure, "kind">): Failure {
  return { kind: "file", ...said };
}
