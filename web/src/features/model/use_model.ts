/** Fetches the files of the wanted model, gives them to the worker, and looks after the models kept on this device. */

import type { RefObject } from "preact";
import { type Dispatch, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { FetchError } from "../../hub/fetch_failure";
import type { Failure } from "../../protocol";
import { hubUrl, PROGRESS_MILLIS, servedFolder } from "../../settings";
import { keepModel, modelsIn } from "../../storage/models";
import { askToPersist, roomOf, Store } from "../../storage/store";
import { text } from "../../text";
import type { WorkerClient } from "../../worker/client";
import { fetchModel } from "./fetch_model";
import type { FetchedModel, ModelAction, ModelState } from "./state";

/**
 * @param toLoad The model that the worker has to load now; null if none.
 * @returns Deletes a model from this device. If it is loaded, it stays loaded.
 */
export function useModel(
  model: ModelState,
  toLoad: FetchedModel | null,
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<ModelAction>,
): (key: string) => void {
  const opening = useMemo(() => Store.open(globalThis.caches, document.baseURI), []);
  const { next, current, info, loading } = model;

  const list = useCallback(async () => {
    const store = await opening;
    const room = await roomOf(navigator.storage);
    try {
      const models = await modelsIn(store).list();
      dispatch({ type: "model/kept_listed", kept: { models, room, refusal: store.refusal } });
    } catch {
      // Storage can't be read just now: what was listed before stays.
    }
  }, [opening]);
  useEffect(() => void list(), [list]);

  const toFetch = next !== null && next.fetched === null ? next.order : null;
  useLayoutEffect(() => {
    if (toFetch === null) return;
    const controller = new AbortController();
    const { signal } = controller;
    const startedAt = performance.now();
    let shownAt = 0;
    const onProgress = (file: string, loadedBytes: number, keptBytes: number, totalBytes: number) => {
      const at = performance.now();
      if (signal.aborted || (at - shownAt < PROGRESS_MILLIS && loadedBytes < totalBytes)) return;
      shownAt = at;
      dispatch({ type: "model/fetching", transfer: { file, loadedBytes, keptBytes, totalBytes, startedAt, at } });
    };
    const run = async () => {
      const models = modelsIn(await opening);
      try {
        const addresses = { hub: hubUrl(), servedFolder: servedFolder() };
        const fetched = await fetchModel(toFetch, { models, ...addresses, signal, onProgress });
        if (!signal.aborted) dispatch({ type: "model/fetched", fetched });
        if (fetched.keptKey !== null) await askToPersist(navigator.storage);
      } catch (error) {
        if (!signal.aborted) dispatch({ type: "model/not_fetched", failure: failureOf(error) });
      }
      await list();
    };
    void run();
    return () => controller.abort();
  }, [toFetch]);

  const load = useRef(new AbortController());
  useLayoutEffect(() => {
    if (toLoad === null || worker.current === null) return;
    dispatch({ type: "model/load_started", fetched: toLoad });
    load.current = new AbortController();
    const { name, hub, files, order } = toLoad;
    const source = { name, hub, files: [...files], n_layers: order.nLayers, random: order.random };
    worker.current
      .call(
        { kind: "load_model", source },
        {
          signal: load.current.signal,
          onProgress: (event) => dispatch({ type: "model/load_progressed", event, at: performance.now() }),
        },
      )
      .then(
        ({ model: loaded }) => dispatch({ type: "model/loaded", info: loaded }),
        (failure) => dispatch({ type: "model/refused", failure }),
      );
  }, [toLoad]);
  const isCancelled = loading?.isCancelled ?? false;
  useLayoutEffect(() => {
    if (isCancelled) load.current.abort();
  }, [isCancelled]);

  // The visitor's own files are stored after the worker has loaded them, so that a run can be resumed after a reload.
  const own = info !== null && current?.order.origin.kind === "files" ? current : null;
  useEffect(() => {
    if (own === null || own.keptKey === null) return;
    const { keptKey, name, files } = own;
    const run = async () => {
      try {
        await keepModel(modelsIn(await opening), keptKey, name, files);
        await askToPersist(navigator.storage);
      } catch {
        // A file that was moved meanwhile can't be stored; the model is loaded nevertheless.
      }
      await list();
    };
    void run();
  }, [own?.keptKey]);

  return (key) => void opening.then((store) => modelsIn(store).delete(key)).then(list);
}

function failureOf(error: unknown): Failure {
  if (error instanceof FetchError) return error.failure;
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: "internal", ...text.model.unreadableFiles(reason) };
}
