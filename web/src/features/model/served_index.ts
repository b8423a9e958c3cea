/** The models that are served with the page: models/index.json, which set-up writes. */

import { FetchError } from "../../hub/fetch_failure";
import { fetchJson } from "../../hub/fetch_json";
import { isSize, type RemoteFile } from "../../hub/listing";
import type { HubModel } from "../../protocol";
import { text } from "../../text";

export interface ServedModel {
  name: string;
  /** Where its files are from; an exported training script names it. */
  hub: HubModel | null;
  files: RemoteFile[];
}

/**
 * Get the first of the models that are served with the page.
 *
 * @param folder Address of the folder of models, with a slash at its end.
 * @throws FetchError if there is none.
 */
export async function fetchServed(folder: string, signal: AbortSignal): Promise<ServedModel> {
  const url = new URL("index.json", folder).href;
  const json = await fetchJson(url, text.model.servedList, damaged, signal);
  const [first] = readServed(folder, json) ?? [];
  if (first === undefined) throw damaged(url);
  return first;
}

/** Null if this is no list of models. */
export function readServed(folder: string, json: unknown): ServedModel[] | null {
  const { models } = (json ?? {}) as { models?: unknown };
  if (!Array.isArray(models)) return null;
  const read = models.map((model) => readModel(folder, model));
  return read.every((model) => model !== null) ? read : null;
}

interface IndexEntry {
  name: string;
  hub: HubModel | null;
  path: string;
  files: { path: string; size: number; sha256: string }[];
}

function readModel(folder: string, json: Partial<IndexEntry> | null): ServedModel | null {
  const { name, hub, path, files } = json ?? {};
  const isWhole =
    typeof name === "string" &&
    typeof path === "string" &&
    Array.isArray(files) &&
    files.length > 0 &&
    files.every((file) => typeof file?.path === "string" && isSize(file.size) && /^[0-9a-f]{64}$/i.test(file.sha256));
  if (!isWhole) return null;
  const base = new URL(`${path}/`, folder);
  return {
    name,
    hub: typeof hub?.id === "string" && typeof hub.revision === "string" ? hub : null,
    files: files.map(({ path, size, sha256 }) => ({
      path,
      size,
      sha256,
      url: new URL(path.split("/").map(encodeURIComponent).join("/"), base).href,
    })),
  };
}

/** The same files have the same key, wherever and whenever they are served. */
export function servedKey({ files }: ServedModel): string {
  return `served-${files.map(({ sha256 }) => (sha256 ?? "").slice(0, 10)).join("")}`;
}

function damaged(url: string): FetchError {
  return new FetchError(text.model.noServedList(url));
}
