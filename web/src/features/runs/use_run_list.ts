/** Lists the saved runs, and again when another tab may have changed them. */

import { type Dispatch, useCallback, useEffect, useRef } from "preact/hooks";
import { LOOK_AGAIN_MILLIS } from "../../settings";
import type { RunStorage } from "../../storage/runs";
import type { RunsAction, RunsState } from "./state";

/** @returns Lists them now. */
export function useRunList(
  { saved }: RunsState,
  opening: Promise<RunStorage>,
  dispatch: Dispatch<RunsAction>,
): () => Promise<void> {
  const nLists = useRef(0);
  const list = useCallback(async () => {
    nLists.current += 1;
    const number = nLists.current;
    const found = await (await opening).list();
    // What a later look has found is newer.
    if (number === nLists.current) dispatch({ type: "runs/listed", list: found });
  }, [opening]);

  useEffect(() => {
    void list();
    const look = () => void list();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [list]);

  // A tab that is closed or has crashed tells nobody.
  const hasOthers = saved.some(({ owner }) => owner === "other_tab");
  useEffect(() => {
    if (!hasOthers) return;
    const timer = setInterval(() => !document.hidden && void list(), LOOK_AGAIN_MILLIS);
    return () => clearInterval(timer);
  }, [hasOthers, list]);

  return list;
}
