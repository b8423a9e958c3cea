/** Keeps a summary of each finished run, starts the runs of a queue, and has the worker compare two runs. */

import type { RefObject } from "preact";
import { type Dispatch, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Failure } from "../../protocol";
import { RunHistory } from "../../storage/run_history";
import { reasonOf } from "../../storage/store";
import { text } from "../../text";
import type { WorkerClient } from "../../worker/client";
import { shownCorpus } from "../pairs/corpus";
import type { RunOrder } from "../train/form";
import { isActive } from "../train/run";
import type { TrainAction } from "../train/state";
import { newQueue, nextRun, type PlannedRun, type QueueInputs } from "./queue";
import {
  type CompareAction,
  type CompareState,
  comparablePair,
  type Difference,
  nextNumber,
  selectedRuns,
} from "./state";
import { type Summarised, summaryOf } from "./summary";

export interface CompareActions {
  /** Start these runs, one after the other. */
  start(planned: readonly PlannedRun[]): void;
  /** Stop the run under way, and start no other. */
  stop(): void;
  rename(id: string, name: string): void;
  delete(id: string): void;
  /** List the runs again. */
  list(): void;
}

/**
 * @param savedId The id of what is saved of the run of this tab; its summary has the same, so that a run that is restored
 * has no second one. Null before there is one.
 * @param startRun Starts a run; null while none can be started.
 */
export function useCompare(
  state: Summarised & { compare: CompareState },
  savedId: string | null,
  startRun: ((order: RunOrder) => void) | null,
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<CompareAction | TrainAction>,
): CompareActions {
  const { compare, train, compute } = state;
  const { run } = train;
  const opening = useMemo(() => RunHistory.open(globalThis.caches, document.baseURI), []);

  const nLists = useRef(0);
  const list = useCallback(async () => {
    nLists.current += 1;
    const number = nLists.current;
    const history = await opening;
    const found = await history.list();
    // What a later look has found is newer.
    if (number === nLists.current) dispatch({ type: "compare/listed", list: found, refusal: history.refusal });
  }, [opening]);
  useEffect(() => {
    const look = () => void list();
    look();
    // Another tab may have changed them.
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [list]);

  const writing = useRef<Promise<void>>(Promise.resolve());
  const end = run?.end ?? null;
  useEffect(() => {
    // One that is restored may have a summary, which the list tells.
    if (run === null || end === null || savedId === null || !compare.isListed) return;
    if (compare.runs.some(({ id }) => id === savedId)) return;
    const made = summaryOf(state, nextNumber(compare), Date.now());
    if (made === null) return;
    dispatch({ type: "compare/recorded", past: { ...made.summary, id: savedId }, runKey: run.key });
    writing.current = writing.current
      .then(() => opening)
      .then((history) => history.add(savedId, made.summary, made.predictions));
    void writing.current.then(list);
  }, [end, savedId, compare.isListed]);

  const inputs = inputsOf(state);
  const { queue } = compare;
  const isDue = startRun !== null && nextRun(queue) !== null;
  useLayoutEffect(() => {
    const next = nextRun(queue);
    if (queue === null || next === null || startRun === null) return;
    if (inputs?.model !== queue.inputs.model || inputs.pairs !== queue.inputs.pairs) {
      return dispatch({ type: "compare/queue_ended", outcome: "other_inputs" });
    }
    startRun(next.order);
    dispatch({ type: "compare/queued_run_started", runKey: train.nRuns + 1 });
  }, [isDue]);

  // A run that is stopped before it has begun leaves nothing.
  const queuedKey = queue?.runKey ?? null;
  const isGone = queuedKey !== null && run?.key !== queuedKey && train.nRuns >= queuedKey;
  const isFailed = queuedKey !== null && run?.key === queuedKey && run.phase === "failed";
  useLayoutEffect(() => {
    if (isGone) dispatch({ type: "compare/queue_ended", outcome: "stopped" });
    const reason = run?.failure?.message ?? text.worker.stoppedInRun;
    if (isFailed) dispatch({ type: "compare/queued_run_failed", reason });
  }, [isGone, isFailed]);

  const pair = comparablePair(selectedRuns(compare));
  const [firstId, secondId] = pair?.map(({ id }) => id) ?? [];
  const isReady = compute.worker.status === "ready";
  useEffect(() => {
    if (firstId === undefined || secondId === undefined || !isReady) return;
    const asked = new AbortController();
    const base = { first: firstId, second: secondId, changes: null, failure: null };
    dispatch({ type: "compare/difference_changed", difference: base });
    void (async () => {
      await writing.current;
      const answer = await compared(await opening, firstId, secondId, worker.current, asked.signal);
      if (!asked.signal.aborted) dispatch({ type: "compare/difference_changed", difference: { ...base, ...answer } });
    })();
    return () => asked.abort();
  }, [firstId, secondId, isReady]);

  const fail = (said: Omit<Failure, "kind">) =>
    dispatch({ type: "compare/failed", failure: { kind: "file", ...said } });

  return {
    start: (planned) => inputs !== null && dispatch({ type: "compare/queued", queue: newQueue(planned, inputs) }),
    stop: () => {
      dispatch({ type: "compare/queue_ended", outcome: "stopped" });
      if (isActive(run) && run.key === queuedKey) dispatch({ type: "train/stop_wanted" });
    },
    // The table shows the new name once it is stored: what is seen is there after a reload.
    rename: (id, name) => {
      void opening
        .then((history) => history.rename(id, name))
        .catch((error) => fail(text.compare.notRenamed(reasonOf(error))))
        .then(list);
    },
    delete: (id) => {
      void opening.then(async (history) => {
        if (await history.delete(id)) dispatch({ type: "compare/deleted", id });
        else fail(text.compare.notDeleted(history.refusal ?? text.storage.unreadable));
        await list();
      });
    },
    list: () => void list(),
  };
}

/** By how much the second run's model differs from the first's, or why that can't be said. */
async function compared(
  history: RunHistory,
  firstId: string,
  secondId: string,
  worker: WorkerClient | null,
  signal: AbortSignal,
): Promise<Pick<Difference, "changes" | "failure">> {
  try {
    const [first, second] = await Promise.all([history.predictions(firstId), history.predictions(secondId)]);
    if (first === null || second === null || worker === null) throw new Error(text.compare.incomplete);
    return await worker.call({ kind: "compare_predictions", first, second }, { signal }).then(
      ({ changes }) => ({ changes, failure: null }),
      (failure: Failure) => ({ changes: null, failure }),
    );
  } catch (error) {
    return { changes: null, failure: { kind: "file", ...text.compare.unreadable(reasonOf(error)) } };
  }
}

/** What a queue that is started now would train on; null before there are a model and pairs. */
function inputsOf({ model: { info }, pairs }: Summarised): QueueInputs | null {
  const corpus = shownCorpus(pairs.corpus);
  return info === null || corpus === null ? null : { model: info.fingerprint, pairs: corpus.pairs };
}
