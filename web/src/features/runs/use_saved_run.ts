/** Saves the run while it trains, and opens a saved run from storage or from a file. */

import { type Dispatch, useEffect, useMemo, useRef } from "preact/hooks";
import type { ActionOfVisitor, State } from "../../app/state";
import type { Failure, RunCheckpoint } from "../../protocol";
import { bytesOf } from "../../storage/content";
import type { RunFiles } from "../../storage/run_record";
import { findRun, RunWriter, runsIn, withRun } from "../../storage/runs";
import { Store } from "../../storage/store";
import { saveFile } from "../../ui/save_file";
import { shownCorpus } from "../pairs/corpus";
import { safeFileName } from "./file_export";
import { readRunFile, runFileName, writeRunFile } from "./run_file";
import { aboutOf, isUnsaved } from "./saved_run";

export interface SavedRuns {
  /** Resume the saved run. */
  resume(): void;
  /** Save it as a file. */
  exportFile(): void;
  /** Take a file in its place. */
  importFile(file: File): void;
  discard(): void;
}

export function useSavedRun(state: State, dispatch: Dispatch<ActionOfVisitor>): SavedRuns {
  const { run, savedRun } = state;
  // A store of its own: if the browser refuses a run, the reason belongs to the run, not to the models.
  const opening = useMemo(() => Store.open(globalThis.caches, document.baseURI).then(runsIn), []);
  const writer = useMemo(
    () =>
      new RunWriter(opening, (files, runKey, refusal) =>
        dispatch({ type: "saved_run_written", files, runKey, refusal }),
      ),
    [opening],
  );

  useEffect(() => {
    void opening.then(findRun).then((about) => about !== null && dispatch({ type: "saved_run_found", about }));
  }, [opening]);

  // The checkpoint that was resumed is stored already.
  const resumed = useRef<RunCheckpoint | null>(null);
  const checkpoint = run?.saved?.checkpoint ?? null;
  const end = run?.end ?? null;
  useEffect(() => {
    if (run === null || run.id === null || checkpoint === null || checkpoint === resumed.current) return;
    const about = aboutOf(state, Date.now());
    const pairs = shownCorpus(state.corpus)?.source.file.blob;
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

  /** Do something with the saved run's files, and tell of it while it takes. */
  const withFiles = async (status: "opening" | "exporting", use: (files: RunFiles) => Promise<true>) => {
    dispatch({ type: "saved_run_task", task: { status } });
    try {
      const held = savedRun.saved?.held ?? null;
      const isDone = held === null ? await withRun(await opening, use) : await use(held);
      if (isDone === null) throw new Error("the browser has made room, or it was discarded in another tab");
    } catch (error) {
      dispatch({ type: "saved_run_task", task: { status: "failed", doing: status, failure: lostFailure(error) } });
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
    exportFile: () =>
      void withFiles("exporting", async (files) => {
        saveFile(safeFileName(runFileName(files.about)), await writeRunFile(files));
        dispatch({ type: "saved_run_task", task: { status: "none" } });
        return true;
      }),
    importFile: (file) => {
      dispatch({ type: "saved_run_task", task: { status: "importing" } });
      void readRunFile(file).then(({ files, failure }) => {
        if (files !== null) writer.save(files, null);
        else dispatch({ type: "saved_run_task", task: { status: "failed", doing: "importing", failure } });
      });
    },
    discard: () => {
      writer.discard();
      dispatch({ type: "saved_run_discarded" });
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
