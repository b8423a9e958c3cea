/** The finished runs, those that are compared, and the queue that compares strategies. */

import type { Failure, ScoreChange } from "../../protocol";
import type { PastRun, PastRuns } from "../../storage/run_history";
import { type ColumnId, type Sort, sortedBy } from "./columns";
import { type Queue, withEnded } from "./queue";

export interface CompareState {
  /** The newest first. */
  runs: readonly PastRun[];
  /** Storage has been read. */
  isListed: boolean;
  /** Why storage could not be read; null if it was. */
  problem: string | null;
  /** Records that only other versions of this page can read. */
  nUnusable: number;
  /** Why something is in memory only; null if nothing is. */
  refusal: string | null;
  /** Of the last renaming or deletion. */
  failure: Failure | null;
  sort: Sort;
  /** Ids, in the order in which they were selected. */
  selected: readonly string[];
  /** What the worker says of the two that are selected; null if it was not asked. */
  difference: Difference | null;
  queue: Queue | null;
}

/** By how much the second run's model differs from the first's. */
export interface Difference {
  first: string;
  second: string;
  /** Null until the worker has answered. */
  changes: readonly ScoreChange[] | null;
  failure: Failure | null;
}

export const nothingCompared: CompareState = {
  runs: [],
  isListed: false,
  problem: null,
  nUnusable: 0,
  refusal: null,
  failure: null,
  sort: { column: "finished", isDescending: true },
  selected: [],
  difference: null,
  queue: null,
};

export type CompareAction =
  | { type: "compare/listed"; list: PastRuns; refusal: string | null }
  /** The run of this tab with that key has finished. */
  | { type: "compare/recorded"; past: PastRun; runKey: number }
  | { type: "compare/deleted"; id: string }
  | { type: "compare/failed"; failure: Failure | null }
  | { type: "compare/sorted"; column: ColumnId }
  | { type: "compare/selected"; id: string; isSelected: boolean }
  | { type: "compare/selection_cleared" }
  | { type: "compare/difference_changed"; difference: Difference }
  | { type: "compare/queued"; queue: Queue }
  | { type: "compare/queued_run_started"; runKey: number }
  | { type: "compare/queued_run_failed"; reason: string }
  | { type: "compare/queue_ended"; outcome: "stopped" | "other_inputs" }
  | { type: "compare/queue_dismissed" };

export function reduceCompare(compare: CompareState, action: CompareAction): CompareState {
  const { runs, queue } = compare;
  switch (action.type) {
    case "compare/listed":
      return withList(compare, action.list, action.refusal);
    case "compare/recorded": {
      const { past, runKey } = action;
      const recorded = { ...compare, runs: [past, ...runs.filter(({ id }) => id !== past.id)] };
      return queue !== null && queue.runKey === runKey ? withQueue(recorded, withEnded(queue, past)) : recorded;
    }
    case "compare/deleted":
      return withRuns(
        compare,
        runs.filter(({ id }) => id !== action.id),
      );
    case "compare/failed":
      return { ...compare, failure: action.failure };
    case "compare/sorted": {
      const { column, isDescending } = compare.sort;
      const isAgain = action.column === column;
      return { ...compare, sort: { column: action.column, isDescending: isAgain && !isDescending } };
    }
    case "compare/selected": {
      const others = compare.selected.filter((id) => id !== action.id);
      return { ...compare, selected: action.isSelected ? [...others, action.id] : others };
    }
    case "compare/selection_cleared":
      return { ...compare, selected: [] };
    case "compare/difference_changed":
      return { ...compare, difference: action.difference };
    case "compare/queued":
      return { ...compare, queue: action.queue };
    case "compare/queued_run_started":
      return { ...compare, queue: queue && { ...queue, runKey: action.runKey } };
    case "compare/queued_run_failed":
      return queue === null ? compare : withQueue(compare, withEnded(queue, null, action.reason));
    case "compare/queue_ended":
      return queue === null ? compare : withQueue(compare, { ...queue, outcome: action.outcome });
    case "compare/queue_dismissed":
      return { ...compare, queue: null };
  }
}

/** What has ended is selected, so that it is compared at once. */
function withQueue(compare: CompareState, queue: Queue): CompareState {
  return { ...compare, queue, selected: queue.outcome === null ? compare.selected : queue.finished };
}

/** What could not be read may still be there. */
function withList(compare: CompareState, { runs, nUnusable, problem }: PastRuns, refusal: string | null): CompareState {
  const missing = problem === null ? [] : compare.runs.filter(({ id }) => !runs.some((found) => found.id === id));
  const all = [...runs, ...missing].sort((a, b) => b.finishedAt - a.finishedAt);
  return { ...withRuns(compare, all), isListed: true, nUnusable, problem, refusal };
}

function withRuns(compare: CompareState, runs: readonly PastRun[]): CompareState {
  const selected = compare.selected.filter((id) => runs.some((past) => past.id === id));
  return { ...compare, runs, selected };
}

/** As the table shows them. */
export function shownRuns({ runs, sort }: CompareState): PastRun[] {
  return sortedBy(runs, sort);
}

/** In the order in which they were selected. */
export function selectedRuns({ runs, selected }: CompareState): PastRun[] {
  return selected.flatMap((id) => runs.find((past) => past.id === id) ?? []);
}

/** The two runs whose models can be compared pair by pair; null if others are selected, or other pairs were held out. */
export function comparablePair(runs: readonly PastRun[]): [PastRun, PastRun] | null {
  const [first, second] = runs;
  if (first === undefined || second === undefined || runs.length !== 2) return null;
  const isSame = first.pairs.heldOutFingerprint === second.pairs.heldOutFingerprint;
  return isSame && first.pairs.hasPredictions && second.pairs.hasPredictions ? [first, second] : null;
}

/** The number of the next run. */
export function nextNumber({ runs }: CompareState): number {
  return 1 + runs.reduce((largest, { number }) => Math.max(largest, number), 0);
}
