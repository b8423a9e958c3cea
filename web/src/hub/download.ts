/** Downloads the files of a model into storage, part by part, and resumes at the first missing part. */

import { type AboutModel, bytesOf, type ModelCollection, PART_BYTES, partsOf, putContents } from "../storage/models";
import { text } from "../text";
import { FetchError, lineError, stallError, statusError } from "./fetch_failure";
import type { RemoteFile } from "./listing";

/** Pauses before a failed request is repeated; after the last the error is shown. Each part that
 * arrives resets the count. */
const RETRY_MILLIS = [1_000, 3_000, 9_000] as const;

/** A server that is silent for so long sends nothing more: mobile networks are known to drop a connection silently. */
const STALL_MILLIS = 30_000;

export interface DownloadOptions {
  signal: AbortSignal;
  /** Called with the file and the loaded bytes of all files; `keptBytes` of those were stored before. */
  onProgress: (file: string, loadedBytes: number, keptBytes: number) => void;
  retryMillis?: readonly number[];
  stallMillis?: number;
}

/**
 * Download the missing parts of `files` and mark the record as complete.
 *
 * @throws FetchError if a file can't be had or isn't what was announced; what has come in stays. UnreadableError if the
 * stored parts can't be read just now; nothing is changed.
 */
export async function download(
  models: ModelCollection,
  key: string,
  about: AboutModel,
  files: readonly RemoteFile[],
  options: DownloadOptions,
): Promise<void> {
  const nsKept = await Promise.all(files.map((file) => nPartsKept(models, key, file)));
  // Only now: a record whose parts can't be read just now is not to become incomplete.
  await putContents(models, key, about, false);
  const kept = files.map((file, idx) => bytesOf(partsOf(file).slice(0, nsKept[idx])));
  const keptBytes = kept.reduce((sum, bytes) => sum + bytes, 0);
  let bytesBefore = 0;
  for (const [idx, file] of files.entries()) {
    const before = bytesBefore;
    // Stored parts of later files count from the start.
    const keptLater = kept.slice(idx + 1).reduce((sum, bytes) => sum + bytes, 0);
    const onBytes = (bytes: number) => options.onProgress(file.path, before + bytes + keptLater, keptBytes);
    onBytes(kept[idx] ?? 0);
    await fetchFile(new FileSink(models, key, file, nsKept[idx] ?? 0), file, onBytes, options);
    bytesBefore += file.size;
  }
  await putContents(models, key, about, true);
}

async function nPartsKept(models: ModelCollection, key: string, file: RemoteFile): Promise<number> {
  const parts = partsOf(file);
  for (const [idx, { name, size }] of parts.entries()) {
    if ((await models.part(key, name))?.size !== size) return idx;
  }
  return parts.length;
}

/** Takes the bytes of a file in order and stores each part when it is complete. */
class FileSink {
  readonly #models: ModelCollection;
  readonly #key: string;
  readonly #file: RemoteFile;
  readonly #nParts: number;
  #partIdx: number;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #nBytes = 0;

  constructor(models: ModelCollection, key: string, file: RemoteFile, partIdx: number) {
    this.#models = models;
    this.#key = key;
    this.#file = file;
    this.#nParts = partsOf(file).length;
    this.#partIdx = partIdx;
  }

  get isComplete(): boolean {
    return this.#partIdx >= this.#nParts;
  }

  /** Bytes of the stored parts: the next request starts there. */
  get keptBytes(): number {
    return Math.min(this.#partIdx * PART_BYTES, this.#file.size);
  }

  /** Bytes that have come in. */
  get bytes(): number {
    return this.keptBytes + this.#nBytes;
  }

  /** Drop the bytes since the last complete part, or all. */
  rewind(toStart: boolean): void {
    if (toStart) this.#partIdx = 0;
    this.#chunks = [];
    this.#nBytes = 0;
  }

  async write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const nBytes = Math.min(rest.length, PART_BYTES - this.#nBytes);
      this.#chunks.push(rest.subarray(0, nBytes));
      this.#nBytes += nBytes;
      rest = rest.subarray(nBytes);
      if (this.bytes > this.#file.size) throw sizeError(this.#file, true);
      if (this.#nBytes === PART_BYTES || this.bytes === this.#file.size) await this.#putPart();
    }
  }

  /** The response has ended, which completes an empty file. */
  async end(): Promise<void> {
    if (this.#file.size === 0 && !this.isComplete) await this.#putPart();
  }

  async #putPart(): Promise<void> {
    await this.#models.putPart(this.#key, `${this.#file.path}/${this.#partIdx}`, new Blob(this.#chunks));
    this.#partIdx += 1;
    this.#chunks = [];
    this.#nBytes = 0;
  }
}

async function fetchFile(
  sink: FileSink,
  file: RemoteFile,
  onBytes: (bytes: number) => void,
  options: DownloadOptions,
): Promise<void> {
  const retryMillis = options.retryMillis ?? RETRY_MILLIS;
  let nTries = 0;
  while (!sink.isComplete) {
    const before = sink.keptBytes;
    try {
      await fetchOnce(sink, file, onBytes, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(error instanceof FetchError) || !error.isPassing) throw error;
      if (sink.keptBytes > before) nTries = 0;
      const millis = retryMillis[nTries];
      if (millis === undefined) throw error;
      nTries += 1;
      await pause(millis, options.signal);
    }
    sink.rewind(false);
  }
}

/** One request, from the first part that is missing. It ends with the file complete, or throws. */
async function fetchOnce(
  sink: FileSink,
  file: RemoteFile,
  onBytes: (bytes: number) => void,
  { signal, stallMillis = STALL_MILLIS }: DownloadOptions,
): Promise<void> {
  const stall = new AbortController();
  const watch = () => setTimeout(() => stall.abort(), stallMillis);
  let timer = watch();
  try {
    const start = sink.keptBytes;
    const response = await fetch(file.url, {
      signal: AbortSignal.any([signal, stall.signal]),
      headers: start > 0 ? { Range: `bytes=${start}-` } : {},
      // Storage keeps it; the HTTP cache would hold a second copy.
      cache: "no-store",
    });
    // A server without range support sends the whole file; status 416 means that it has another file.
    if (response.status === 416) throw sizeError(file, false);
    if (!response.ok) throw statusError(file.url, file.path, response);
    if (start > 0 && (response.status !== 206 || !startsAt(response, start))) sink.rewind(true);
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) break;
      clearTimeout(timer);
      timer = watch();
      await sink.write(value);
      onBytes(sink.bytes);
    }
    await sink.end();
  } catch (error) {
    if (error instanceof FetchError || signal.aborted) throw error;
    throw stall.signal.aborted ? stallError(file.url, stallMillis) : lineError(file.url, error);
  } finally {
    clearTimeout(timer);
  }
  if (!sink.isComplete) throw new FetchError(text.hub.endedEarly(file.path, sink.bytes, file.size), true);
}

/** True unless the server says that the range begins elsewhere; the page can't always read the header. */
function startsAt(response: Response, start: number): boolean {
  const range = response.headers.get("Content-Range");
  return range === null || range.startsWith(`bytes ${start}-`);
}

function sizeError({ path, size, url }: RemoteFile, isLarger: boolean): FetchError {
  return new FetchError(text.hub.otherSize(path, isLarger, size, new URL(url).host));
}

/** Ends early if the visitor cancels: the next request then throws. */
function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
