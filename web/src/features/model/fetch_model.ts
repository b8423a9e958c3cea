/** Gets the files of the wanted model: from storage if they are kept, otherwise over the network. */

import { download } from "../../hub/download";
import { FetchError } from "../../hub/fetch_failure";
import { chooseTokenizer } from "../../hub/file_choice";
import { fetchListing, type RemoteFile } from "../../hub/listing";
import type { HubModel, RandomModel } from "../../protocol";
import {
  type AboutModel,
  bytesOf,
  hubModelOf,
  type KeptModel,
  type KeptOrigin,
  type ModelCollection,
  modelsIn,
  openModel,
} from "../../storage/models";
import { UnreadableError } from "../../storage/store";
import { text } from "../../text";
import { localKey, localModel } from "./local_files";
import { fetchServed, type ServedModel, servedKey } from "./served_index";
import type { FetchedModel, ModelOrder } from "./state";

export interface FetchContext {
  models: ModelCollection;
  /** Address of the hub, without a slash at its end. */
  hub: string;
  /** Address of the folder of served models, with a slash at its end. */
  servedFolder: string;
  signal: AbortSignal;
  /** Called with the file, and the loaded, previously stored and total bytes of all files. */
  onProgress: (file: string, loadedBytes: number, keptBytes: number, totalBytes: number) => void;
  retryMillis?: readonly number[];
}

/** @throws FetchError if the files can't be had; the signal's reason if it was aborted. */
export async function fetchModel(order: ModelOrder, context: FetchContext): Promise<FetchedModel> {
  try {
    return await fetchFrom(order, context);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new FetchError(text.model.unreadable(error.message));
  }
}

async function fetchFrom(order: ModelOrder, context: FetchContext): Promise<FetchedModel> {
  const { origin } = order;
  switch (origin.kind) {
    case "served": {
      const fetched = await served(order, context);
      return order.random === null ? fetched : drawn(fetched, order.random);
    }
    case "hub":
      return fromHub(order, origin.model, context);
    case "kept":
      return kept(order, origin.key, context);
    case "files": {
      const model = localModel(origin.files);
      if (model.failure !== null) throw new FetchError(model.failure);
      const files = model.files.map(({ path, file }) => ({ path, blob: file, sha256: null }));
      // They are stored after the worker has loaded them.
      const keptKey = await localKey(model, globalThis.crypto.subtle, context.signal);
      return { order, name: model.name, hub: null, files, keptKey };
    }
  }
}

async function served(order: ModelOrder, context: FetchContext): Promise<FetchedModel> {
  const { models } = context;
  let model: ServedModel;
  try {
    model = await fetchServed(context.servedFolder, context.signal);
  } catch (error) {
    const older = await keptOf(models, ({ kind }) => kind === "served");
    const fetched = older && (await open(order, older.key, older.about, models));
    if (fetched === null) throw error;
    return fetched;
  }
  const about: AboutModel = {
    name: model.name,
    origin: { kind: "served", hub: model.hub },
    files: listed(model.files),
  };
  const key = servedKey(model);
  const fetched = await openOrDownload(order, key, about, model.files, context);
  const records = await models.list().catch(() => []);
  const isStored = records.some((record) => record.key === key && record.isComplete && !record.isInMemory);
  // Delete what an earlier deploy of this page served under the same name, once this one is on the disk.
  for (const other of isStored ? records : []) {
    const { name, origin } = other.about;
    if (origin.kind === "served" && name === model.name && other.key !== key) await models.delete(other.key);
  }
  return fetched;
}

/** A random model uses the tokenizer of the served one. */
function drawn(fetched: FetchedModel, { n_layers, d_model }: RandomModel): FetchedModel {
  const name = text.model.randomName(n_layers, d_model);
  return { ...fetched, name, hub: null, files: chooseTokenizer(fetched.files), keptKey: null };
}

/** @param commit Commit of the stored files, if there are any. */
async function fromHub(
  order: ModelOrder,
  asked: HubModel,
  context: FetchContext,
  commit = asked.revision,
): Promise<FetchedModel> {
  const { models, hub } = context;
  const { host } = new URL(hub);
  let listing: Awaited<ReturnType<typeof fetchListing>>;
  try {
    listing = await fetchListing(hub, { id: asked.id, revision: commit }, context.signal);
  } catch (error) {
    // Offline, the stored files of this revision are used.
    const isIt = (origin: KeptOrigin) =>
      origin.kind === "hub" && origin.host === host && origin.id === asked.id && origin.revision === asked.revision;
    const isOfLine = error instanceof FetchError && (error.isPassing || globalThis.navigator?.onLine === false);
    const older = isOfLine ? await keptOf(models, isIt) : null;
    const fetched = older && (await open(order, older.key, older.about, models));
    if (fetched === null) throw error;
    return fetched;
  }
  const origin: KeptOrigin = { kind: "hub", host, ...asked, commit: listing.commit };
  const about: AboutModel = { name: asked.id, origin, files: listed(listing.files) };
  const key = `hub-${host}-${asked.id.replace("/", "--")}-${listing.commit}`;
  return openOrDownload(order, key, about, listing.files, context);
}

async function kept(order: ModelOrder, key: string, context: FetchContext): Promise<FetchedModel> {
  const { models } = context;
  const about = (await models.manifest(key))?.about ?? null;
  const fetched = about === null || order.isRefetch ? null : await open(order, key, about, models);
  if (fetched !== null) return fetched;
  // Missing or bad files are downloaded again from their source.
  const { origin } = about ?? {};
  if (origin?.kind === "served") return served({ ...order, origin: { kind: "served" } }, context);
  if (origin?.kind === "hub" && origin.host === new URL(context.hub).host) {
    const { id, revision } = origin;
    return fromHub(
      { ...order, origin: { kind: "hub", model: { id, revision } } },
      { id, revision },
      context,
      origin.commit,
    );
  }
  await models.delete(key);
  throw new FetchError(text.model.incomplete(about?.name ?? null));
}

async function openOrDownload(
  order: ModelOrder,
  key: string,
  about: AboutModel,
  files: readonly RemoteFile[],
  context: FetchContext,
): Promise<FetchedModel> {
  if (order.isRefetch) await context.models.delete(key);
  try {
    return await openOrDownloadIn(order, key, about, files, context);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    // What is stored may be whole, so it stays as it is. This visit works from memory.
    const models = modelsIn(context.models.store.inMemory(error.message));
    return openOrDownloadIn(order, key, about, files, { ...context, models });
  }
}

async function openOrDownloadIn(
  order: ModelOrder,
  key: string,
  about: AboutModel,
  files: readonly RemoteFile[],
  { models, signal, retryMillis, onProgress }: FetchContext,
): Promise<FetchedModel> {
  const fetched = order.isRefetch ? null : await open(order, key, about, models);
  if (fetched !== null) return fetched;
  const totalBytes = bytesOf(files);
  await download(models, key, about, files, {
    signal,
    onProgress: (file, loadedBytes, keptBytes) => onProgress(file, loadedBytes, keptBytes, totalBytes),
    ...(retryMillis === undefined ? {} : { retryMillis }),
  });
  const opened = await open(order, key, about, models);
  if (opened === null) throw new FetchError(text.model.notKept(about.name));
  return opened;
}

/** Null if it isn't complete. @throws UnreadableError */
async function open(
  order: ModelOrder,
  key: string,
  about: AboutModel,
  models: ModelCollection,
): Promise<FetchedModel | null> {
  const files = await openModel(models, key);
  return files && { order, name: about.name, hub: hubModelOf(about), files, keptKey: key };
}

/** The newest complete record of that origin, if storage can be read. */
async function keptOf(models: ModelCollection, isIt: (origin: KeptOrigin) => boolean): Promise<KeptModel | null> {
  const records = await models.list().catch(() => []);
  return records.find(({ isComplete, about }) => isComplete && isIt(about.origin)) ?? null;
}

const listed = (files: readonly RemoteFile[]) => files.map(({ path, size, sha256 }) => ({ path, size, sha256 }));
