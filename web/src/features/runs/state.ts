/** The saved run, which is offered after a reload, a crash or a closed tab, and the files that are exported. */

import type { Failure, RunCheckpoint } from "../../protocol";
import type { AboutRun, RunFiles } from "../../storage/run_record";
import type { ComputeState } from "../compute/state";
import type { PairSource } from "../pairs/corpus";
import { isActive } from "../train/run";
import type { TrainState } from "../train/state";
import type { FileExport } from "./file_export";

export interface SavedRun {
  about: AboutRun;
  /** Its files, where they are in memory only; null where they are on the disk. */
  held: RunFiles | null;
}

/** What is being done with the saved run. */
export type SavedRunTask =
  | { status: "none" }
  | { status: "opening" }
  /** Written to a file, or read from one. */
  | { status: "exporting" }
  | { status: "importing" }
  | { status: "failed"; doing: "opening" | "exporting" | "importing"; failure: Failure };

export interface RunsState {
  saved: SavedRun | null;
  /** Key of the run in this tab that it is of; null if it is of an earlier visit, or came from a file. */
  runKey: number | null;
  /** Why its last version is kept in memory only; null if it is on disk. */
  refusal: string | null;
  task: SavedRunTask;
  fileExport: FileExport;
}

export const noRuns: RunsState = {
  saved: null,
  runKey: null,
  refusal: null,
  task: { status: "none" },
  fileExport: { status: "none" },
};

/** A saved run with its bytes, for the worker. */
export interface OpenedRun {
  about: AboutRun;
  checkpoint: RunCheckpoint;
  source: PairSource;
}

export type RunsAction =
  | { type: "runs/found"; about: AboutRun }
  /** Written, or not: then it is held in memory, and `refusal` says why. */
  | { type: "runs/saved"; runKey: number | null; files: RunFiles; refusal: string | null }
  | { type: "runs/task_changed"; task: SavedRunTask }
  | { type: "runs/discarded" }
  | { type: "runs/export_changed"; fileExport: FileExport };

export function reduceRuns(runs: RunsState, action: RunsAction): RunsState {
  switch (action.type) {
    case "runs/found":
      // A run that has begun meanwhile is newer.
      return runs.saved === null ? { ...runs, saved: { about: action.about, held: null } } : runs;
    case "runs/saved": {
      const { files, runKey, refusal } = action;
      const task: SavedRunTask = runs.task.status === "importing" ? { status: "none" } : runs.task;
      const saved = { about: files.about, held: refusal === null ? null : files };
      return { ...runs, saved, runKey, refusal, task };
    }
    case "runs/task_changed":
      return { ...runs, task: action.task };
    case "runs/discarded":
      return { ...runs, saved: null, runKey: null, refusal: null, task: { status: "none" } };
    case "runs/export_changed":
      return { ...runs, fileExport: action.fileExport };
  }
}

interface Shown {
  runs: RunsState;
  train: TrainState;
  compute: ComputeState;
}

/**
 * The saved run, unless the visitor sees it already: it has ended in this tab, and the worker still has what it has
 * trained. Null while any run is under way: that one is about to replace it.
 */
export function offeredRun({ runs, train: { run }, compute }: Shown): SavedRun | null {
  const isHere = run?.phase === "finished" && run.saved !== null && compute.worker.status !== "crashed";
  const isSeen = isHere && run.key === runs.runKey;
  return isSeen || isActive(run) ? null : runs.saved;
}

/** True if leaving the page would lose more of a run than its last steps. */
export function isUnsaved({ runs, train: { run } }: Pick<Shown, "runs" | "train">): boolean {
  if (!isActive(run) || run.plan === null || run.plan.nSteps === 0) return false;
  return !run.plan.isSaved || (runs.refusal !== null && runs.runKey === run.key);
}
