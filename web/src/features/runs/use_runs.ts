/** Saves the run while it trains, and opens a saved run from storage or from a file. */

import type { RefObject } from "preact";
import { type Dispatch, useEffect, useMemo, useRef } from "preact/hooks";
import type { ExportKind, Failure, RunCheckpoint } from "../../protocol";
import { bytesOf } from "../../storage/content";
import type { RunFiles } from "../../storage/run_record";
import { findRun, RunWriter, runsIn, withRun } from "../../storage/runs";
import { Store } from "../../storage/store";
import { saveFile } from "../../ui/save_file";
import type { WorkerClient } from "../../worker/client";
import { shownCorpus } from "../pairs/corpus";
import { safeFileName } from "./file_export";
import { aboutOf, type Recorded } from "./record";
import { readRunFile, runFileName, writeRunFile } from "./run_file";
import { isUnsaved, type OpenedRun, type RunsAction, type RunsState } from "./state";

export interface RunsActions {
  /** Resume the saved run. */
  resume(): void;
  /** Save the saved run as a file. */
  saveFile(): void;
  /** Read a saved run from a file; it replaces the one in storage. */
  openFile(file: File): void;
  discard(): void;
  dismissFailure(): void;
  /** Have the worker write a file. */
  export(what: ExportKind): void;
}

export function useRuns(
  state: Recorded & { runs: RunsState },
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<RunsAction | { type: "saved_run_opened"; opened: OpenedRun; at: number }>,
): RunsActions {
  const { runs } = state;
  const { run } = state.train;
  // A store of its own: if the browser refuses a run, the reason belongs to the run, not to the models.
  const opening = useMemo(() => Store.open(globalThis.caches, document.baseURI).then(runsIn), []);
  const writer = useMemo(
    () => new RunWriter(opening, (files, runKey, refusal) => dispatch({ type: "runs/saved", files, runKey, refusal })),
    [opening],
  );

  useEffect(() => {
    void opening.then(findRun).then((about) => about !== null && dispatch({ type: "runs/found", about }));
  }, [opening]);

  // The checkpoint that was resumed is stored already.
  const resumed = useRef<RunCheckpoint | null>(null);
  const checkpoint = run?.saved?.checkpoint ?? null;
  const end = run?.end ?? null;
  useEffect(() => {
    if (run === null || run.isWaiting || checkpoint === null || checkpoint === resumed.current) return;
    const about = aboutOf(state, Date.now());
    const pairs = shownCorpus(state.pairs.corpus)?.source.file.blob;
    if (about === null || pairs === undefined) return;
    writer.save({ about, checkpoint: checkpoint.bytes, pairs }, run.key);
  }, [checkpoint, end]);

  const isToWarn = isUnsaved(state);
  useEffect(() => {
    if (!isToWarn) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isToWarn]);

  /** Use the files of the saved run, and show the task meanwhile. */
  const withFiles = async (status: "opening" | "exporting", use: (files: RunFiles) => Promise<true>) => {
    dispatch({ type: "runs/task_changed", task: { status } });
    try {
      const held = runs.saved?.held ?? null;
      const isDone = held === null ? await withRun(await opening, use) : await use(held);
      if (isDone === null) throw new Error("the browser has made room, or it was discarded in another tab");
    } catch (error) {
      dispatch({ type: "runs/task_changed", task: { status: "failed", doing: status, failure: lostFailure(error) } });
    }
  };

  return {
    resume: () =>
      void withFiles("opening", async ({ about, checkpoint: kept, pairs }) => {
        const { nBytes: _, ...facts } = about.checkpoint;
        const checkpoint = { ...facts, bytes: await bytesOf(kept) };
        // A copy: the stored file is deleted when the next run replaces it.
        const file = { name: about.pairs.name, blob: new Blob([await bytesOf(pairs)]) };
        resumed.current = checkpoint;
        const opened = { about, checkpoint, source: { file, plan: about.pairs.plan } };
        dispatch({ type: "saved_run_opened", opened, at: performance.now() });
        return true;
      }),
    saveFile: () =>
      void withFiles("exporting", async (files) => {
        saveFile(safeFileName(runFileName(files.about)), await writeRunFile(files));
        dispatch({ type: "runs/task_changed", task: { status: "none" } });
        return true;
      }),
    openFile: (file) => {
      dispatch({ type: "runs/task_changed", task: { status: "importing" } });
      void readRunFile(file).then(({ files, failure }) => {
        if (files !== null) writer.save(files, null);
        else dispatch({ type: "runs/task_changed", task: { status: "failed", doing: "importing", failure } });
      });
    },
    discard: () => {
      writer.discard();
      dispatch({ type: "runs/discarded" });
    },
    dismissFailure: () => dispatch({ type: "runs/task_changed", task: { status: "none" } }),
    export: (what) => {
      if (worker.current === null) return;
      const change = (fileExport: RunsState["fileExport"]) => dispatch({ type: "runs/export_changed", fileExport });
      change({ status: "writing" });
      worker.current.call({ kind: "export", what }).then(
        ({ name: given, bytes }) => {
          const name = safeFileName(given);
          saveFile(name, bytes);
          change({ status: "saved", name, nBytes: bytes.length });
        },
        (failure) => change({ status: "failed", failure }),
      );
    },
  };
}

function lostFailure(error: unknown): Failure {
  const reason = error instanceof Error && error.message !== "" ? ` (${error.message})` : "";
  return {
    kind: "file",
    message: `What was saved of the run can't be read any more${reason}.`,
    remedy: "Discard it and train again, or open a file of it if there is one.",
  };
}
