/** The saved runs, which are offered after a reload, a crash or a closed tab, and the files that are exported. */

import type { Failure, RunCheckpoint } from "../../protocol";
import { MAX_SAVED_RUNS } from "../../settings";
import type { Owner } from "../../storage/run_locks";
import type { RunFiles, UnusableRun } from "../../storage/run_record";
import type { RunWrite } from "../../storage/run_writer";
import type { FoundRun, RunList } from "../../storage/runs";
import type { ComputeState } from "../compute/state";
import type { PairSource } from "../pairs/corpus";
import { isActive, type Run } from "../train/run";
import type { TrainState } from "../train/state";
import type { FileExport } from "./file_export";

export interface SavedRun extends FoundRun {
  /** Its files, where they are in memory only; null where they are on the disk. */
  held: RunFiles | null;
  /** Why they are in memory only. */
  refusal: string | null;
  /** They were saved as a file. */
  isTaken: boolean;
}

/** What is being done with a saved run. `id` is null for one that is read from a file. */
export type SavedRunTask =
  | { status: "none" }
  | { status: "opening" | "exporting" | "discarding"; id: string }
  | { status: "importing"; id: null }
  | {
      status: "failed";
      doing: "opening" | "exporting" | "discarding" | "importing";
      id: string | null;
      failure: Failure;
    };

export interface RunsState {
  /** The newest first. */
  saved: readonly SavedRun[];
  /** Those of other versions of this page. */
  unusable: readonly FoundRun<UnusableRun>[];
  /** Why storage could not be read; null if it was. */
  problem: string | null;
  /** The saved run that the run of this tab is written to. */
  own: { runKey: number; id: string } | null;
  /** Key of the run of this tab whose trained model was exported. */
  exportedKey: number | null;
  task: SavedRunTask;
  fileExport: FileExport;
}

export const noRuns: RunsState = {
  saved: [],
  unusable: [],
  problem: null,
  own: null,
  exportedKey: null,
  task: { status: "none" },
  fileExport: { status: "none" },
};

/** A saved run with its bytes, for the worker. This tab has it. */
export interface OpenedRun {
  id: string;
  about: FoundRun["about"];
  checkpoint: RunCheckpoint;
  source: PairSource;
}

export type RunsAction =
  | { type: "runs/listed"; list: RunList }
  /** The run of this tab will be saved under this id. */
  | { type: "runs/owned"; runKey: number; id: string }
  /** Written, or not: then it is held in memory, and `refusal` says why. */
  | ({ type: "runs/saved" } & RunWrite)
  /** The run, as it was saved at that time, is in a file. */
  | { type: "runs/taken"; id: string; savedAt: number }
  | { type: "runs/task_changed"; task: SavedRunTask }
  | { type: "runs/discarded"; id: string }
  /** `runKey`: the run that trained the exported model; null if none did, or if this is no model. */
  | { type: "runs/export_changed"; fileExport: FileExport; runKey: number | null };

export function reduceRuns(runs: RunsState, action: RunsAction): RunsState {
  switch (action.type) {
    case "runs/listed":
      return withList(runs, action.list);
    case "runs/owned":
      return withOwn(runs, action.runKey, action.id);
    case "runs/saved": {
      const { id, files, refusal, droppedId } = action;
      const { task, saved } = runs;
      const held = refusal === null ? null : files;
      const { about } = files;
      const written: SavedRun = { id, about, savedAt: about.savedAt, owner: "this_tab", held, refusal, isTaken: false };
      return {
        ...runs,
        saved: newestFirst([written, ...saved.filter((other) => other.id !== id && other.id !== droppedId)]),
        task: task.status === "importing" ? { status: "none" } : task,
      };
    }
    case "runs/taken": {
      const isIt = ({ id, savedAt }: SavedRun) => id === action.id && savedAt === action.savedAt;
      return { ...runs, saved: runs.saved.map((saved) => (isIt(saved) ? { ...saved, isTaken: true } : saved)) };
    }
    case "runs/task_changed":
      return { ...runs, task: action.task };
    case "runs/discarded": {
      const others = <T extends { id: string }>(list: readonly T[]) => list.filter(({ id }) => id !== action.id);
      const own = runs.own?.id === action.id ? null : runs.own;
      return { ...runs, saved: others(runs.saved), unusable: others(runs.unusable), own, task: { status: "none" } };
    }
    case "runs/export_changed": {
      const { fileExport, runKey } = action;
      const isExported = fileExport.status === "saved" && runKey !== null;
      return { ...runs, fileExport, exportedKey: isExported ? runKey : runs.exportedKey };
    }
  }
}

/** The run of this tab is saved under `id` from now on. Other tabs may have the one before. */
export function withOwn(runs: RunsState, runKey: number, id: string): RunsState {
  const ownerOf = (saved: SavedRun): Owner => {
    if (saved.id === id) return "this_tab";
    return saved.id === runs.own?.id && saved.owner === "this_tab" ? "nobody" : saved.owner;
  };
  return { ...runs, own: { runKey, id }, saved: runs.saved.map((saved) => ({ ...saved, owner: ownerOf(saved) })) };
}

/** What this tab has written or holds is newer than what was found; what could not be read may still be there. */
function withList(runs: RunsState, { runs: found, unusable, problem }: RunList): RunsState {
  const isKnown = ({ id, held }: SavedRun) => held !== null || id === runs.own?.id;
  const isFound = (id: string) => found.some((other) => other.id === id);
  const kept = runs.saved.filter((saved) => isKnown(saved) || (problem !== null && !isFound(saved.id)));
  const others = found.filter(({ id }) => !kept.some((saved) => saved.id === id));
  const listed = others.map((saved) => ({ ...saved, held: null, refusal: null, isTaken: false }));
  const saved = newestFirst([...kept, ...listed]);
  return { ...runs, saved, unusable: problem === null ? unusable : runs.unusable, problem };
}

function newestFirst(saved: SavedRun[]): SavedRun[] {
  return saved.sort((a, b) => b.savedAt - a.savedAt);
}

interface Shown {
  runs: RunsState;
  train: TrainState;
  compute: ComputeState;
}

/** The id under which the run of this tab is saved, or will be; null before it has one. */
export function ownSavedId({ own }: RunsState, run: Run | null): string | null {
  return own !== null && own.runKey === run?.key ? own.id : null;
}

/** What is saved of the run of this tab; null if nothing is. */
export function ownSavedRun(runs: RunsState, run: Run | null): SavedRun | null {
  const ownId = ownSavedId(runs, run);
  return runs.saved.find(({ id }) => id === ownId) ?? null;
}

/**
 * The saved runs, without the one that the visitor sees already: it is under way, or it has ended in this tab and the
 * worker still has what it has trained.
 */
export function offeredRuns({ runs, train: { run }, compute }: Shown): SavedRun[] {
  const isDone = run?.phase === "finished" && run.saved !== null && compute.worker.status !== "crashed";
  const seen = isDone || isActive(run) ? ownSavedRun(runs, run) : null;
  return runs.saved.filter((saved) => saved !== seen);
}

/** True if storage has as many runs as it keeps: when a new run is saved, an older one goes. */
export function isFull({ saved }: RunsState): boolean {
  return saved.filter(({ held }) => held === null).length >= MAX_SAVED_RUNS;
}

/** True if leaving the page would lose something trained that is neither on the disk nor in a file. */
export function isUnsaved({ runs, train: { run }, compute }: Shown): boolean {
  if (runs.saved.some(({ held, isTaken }) => held !== null && !isTaken)) return true;
  const own = ownSavedRun(runs, run);
  // Before its first checkpoint nothing of a run is saved.
  if (run?.phase !== "finished") return isActive(run) && run.plan?.nSteps !== 0 && own === null;
  const nStepsDone = run.end?.nStepsDone ?? 0;
  const isGone = compute.worker.status === "crashed" || runs.exportedKey === run.key;
  return nStepsDone > 0 && !isGone && own?.about.checkpoint.step !== nStepsDone;
}
