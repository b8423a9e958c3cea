/** The hub's listing of a model: its commit, and the files to download. */

import type { HubModel } from "../protocol";
import type { ListedFile } from "../storage/models";
import { text } from "../text";
import { FetchError } from "./fetch_failure";
import { fetchJson } from "./fetch_json";
import { chooseFiles } from "./file_choice";

/** A file on a server. */
export interface RemoteFile extends ListedFile {
  url: string;
}

export interface Listing {
  /** The commit that the revision is of: its files never change. */
  commit: string;
  files: RemoteFile[];
}

/** Address of the hub's description of a model, with sizes and hashes (`HfApi.model_info(files_metadata=True)`). */
function listingUrl(hub: string, { id, revision }: HubModel): string {
  return `${hub}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
}

/**
 * Ask a hub for a model.
 *
 * @param hub Address of the hub, without a slash at its end.
 * @throws FetchError if there is no such model, or none that can be loaded.
 */
export async function fetchListing(hub: string, model: HubModel, signal: AbortSignal): Promise<Listing> {
  const url = listingUrl(hub, model);
  const what = text.hub.modelAt(model.id, model.revision);
  return readListing(hub, model, await fetchJson(url, what, notAHub, signal));
}

/** @throws FetchError if this is no description of a model, or of one without weights that can be read. */
export function readListing(hub: string, model: HubModel, json: unknown): Listing {
  const { sha, siblings } = (json ?? {}) as { sha?: unknown; siblings?: unknown };
  if (typeof sha !== "string" || !/^[\w.-]+$/.test(sha) || !Array.isArray(siblings))
    throw notAHub(listingUrl(hub, model));
  const base = `${hub}/${model.id}/resolve/${sha}`;
  const { files, found } = chooseFiles(siblings.flatMap((sibling) => readFile(base, sibling)));
  if (files !== null) return { commit: sha, files };
  throw new FetchError(text.hub.noWeights(model.id, found.slice(0, 4)));
}

interface Sibling {
  rfilename: string;
  size: number;
  lfs?: { sha256?: string; size?: number } | null;
}

function readFile(base: string, json: Partial<Sibling> | null): RemoteFile[] {
  const { rfilename: path, lfs } = json ?? {};
  const size = lfs?.size ?? json?.size;
  if (typeof path !== "string" || typeof size !== "number" || path.split("/").some((part) => /^\.{0,2}$/.test(part))) {
    return [];
  }
  // Parts are counted by it, and storage is asked for it.
  if (!isSize(size)) throw new FetchError(text.hub.badSize(path, size));
  const url = `${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  return [{ path, size, sha256: lfs?.sha256 ?? null, url }];
}

/** True if a file may have so many bytes. */
export function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0;
}

function notAHub(url: string): FetchError {
  return new FetchError(text.hub.noHub(url));
}
