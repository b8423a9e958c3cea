/** Fetches the files of the model that is wanted, and looks after what is kept on this device. */

import { type Dispatch, useCallback, useEffect, useMemo } from "preact/hooks";
import type { ActionOfVisitor, State } from "../../app/state";
import { FetchError } from "../../hub/fetch_failure";
import type { Failure } from "../../protocol";
import { hubUrl, PROGRESS_MILLIS, servedFolder } from "../../settings";
import { keepModel, modelsIn } from "../../storage/models";
import { askToPersist, roomOf, Store } from "../../storage/store";
import { fetchModel } from "./fetch_model";

export interface ModelStorage {
  /** Remove a model from this device. What is loaded of it stays until another model is. */
  remove(key: string): void;
}

export function useModels(state: State, dispatch: Dispatch<ActionOfVisitor>): ModelStorage {
  const opening = useMemo(() => Store.open(globalThis.caches, document.baseURI), []);
  const { next, current, info } = state.model;

  const look = useCallback(async () => {
    const store = await opening;
    const models = await modelsIn(store).list();
    const room = await roomOf(navigator.storage);
    dispatch({ type: "kept_models_listed", kept: { models, room, refusal: store.refusal } });
  }, [opening]);

  useEffect(() => void look(), [look]);

  const attempt = next !== null && next.fetched === null ? next.attempt : null;
  useEffect(() => {
    if (next === null || attempt === null) return;
    const controller = new AbortController();
    const startedAt = performance.now();
    let shownAt = 0;
    const onProgress = (file: string, loadedBytes: number, keptBytes: number, totalBytes: number) => {
      const at = performance.now();
      if (controller.signal.aborted || (at - shownAt < PROGRESS_MILLIS && loadedBytes < totalBytes)) return;
      shownAt = at;
      dispatch({
        type: "model_fetching",
        attempt,
        transfer: { file, loadedBytes, keptBytes, totalBytes, startedAt, at },
      });
    };
    const run = async () => {
      const models = modelsIn(await opening);
      const addresses = { hub: hubUrl(), servedFolder: servedFolder() };
      try {
        const fetched = await fetchModel(next.order, { models, ...addresses, signal: controller.signal, onProgress });
        dispatch({ type: "model_fetched", attempt, fetched });
        if (fetched.keptKey !== null) await askToPersist(navigator.storage);
      } catch (error) {
        if (!controller.signal.aborted) dispatch({ type: "model_not_fetched", attempt, failure: failureOf(error) });
      }
      await look();
    };
    void run();
    return () => controller.abort();
  }, [attempt]);

  // Files of the visitor's own are kept once the worker has taken them, so that a run can be resumed after a reload.
  const own = info !== null && current?.order.origin.kind === "files" ? current : null;
  useEffect(() => {
    if (own === null || own.keptKey === null) return;
    const { keptKey, name, files } = own;
    const run = async () => {
      try {
        await keepModel(modelsIn(await opening), keptKey, name, files);
        await askToPersist(navigator.storage);
      } catch {
        // A file that has been moved meanwhile can't be kept; the model is loaded all the same.
      }
      await look();
    };
    void run();
  }, [own?.keptKey]);

  return {
    remove: (key) => {
      void opening.then((store) => modelsIn(store).delete(key)).then(look);
    },
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof FetchError) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: "internal",
    message: `The files could not be read: ${message}`,
    remedy: "Try again, or choose the files once more.",
  };
}
