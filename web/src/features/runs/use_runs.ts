/** Saves the run while it trains, and opens saved runs from storage or from a file. */

import type { RefObject } from "preact";
import { type Dispatch, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { ExportKind, Failure, RunCheckpoint } from "../../protocol";
import { bytesOf } from "../../storage/content";
import type { RunFiles } from "../../storage/run_record";
import { RunWriter } from "../../storage/run_writer";
import { RunStorage } from "../../storage/runs";
import { UnreadableError } from "../../storage/store";
import { text } from "../../text";
import { saveFile } from "../../ui/save_file";
import type { ProgressOf, WorkerClient } from "../../worker/client";
import type { ComputeState } from "../compute/state";
import { shownCorpus } from "../pairs/corpus";
import { isActive } from "../train/run";
import { safeFileName, withPart } from "./file_export";
import { aboutOf, type Recorded } from "./record";
import { readRunFile, runFileName, writeRunFile } from "./run_file";
import { isUnsaved, type OpenedRun, type RunsAction, type RunsState } from "./state";
import { useRunList } from "./use_run_list";

export interface RunsActions {
  /** Resume a saved run. */
  resume(id: string): void;
  /** Save a saved run as a file. */
  saveFile(id: string): void;
  /** Read a saved run from a file, and add it to those in storage. */
  openFile(file: File): void;
  discard(id: string): void;
  dismissFailure(): void;
  /** List the saved runs again. */
  list(): void;
  /** Have the worker write a file. */
  export(what: ExportKind): void;
}

export function useRuns(
  state: Recorded & { runs: RunsState; compute: ComputeState },
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<RunsAction | { type: "saved_run_opened"; opened: OpenedRun; at: number }>,
): RunsActions {
  const { runs } = state;
  const { run } = state.train;
  // A store of its own: if the browser refuses a run, the reason belongs to the run, not to the models.
  const opening = useMemo(() => RunStorage.open(globalThis.caches, document.baseURI, globalThis.navigator?.locks), []);
  const writer = useMemo(
    () => new RunWriter(opening, (write) => dispatch({ type: "runs/saved", ...write })),
    [opening],
  );
  const list = useRunList(runs, opening, dispatch);

  // A run that begins gets a place of its own in storage, which no other tab touches as long as this one has it.
  const newKey = isActive(run) && runs.own?.runKey !== run.key ? run.key : null;
  useEffect(() => {
    if (newKey === null) return;
    void opening
      .then((storage) => storage.locks.create())
      .then((id) => dispatch({ type: "runs/owned", runKey: newKey, id }));
  }, [newKey]);
  const ownId = runs.own?.id ?? null;
  useEffect(() => {
    if (ownId === null) return;
    return () => void writer.release(ownId).then(list);
  }, [ownId]);

  // The checkpoint that was resumed is stored already.
  const resumed = useRef<RunCheckpoint | null>(null);
  const checkpoint = run?.saved?.checkpoint ?? null;
  const end = run?.end ?? null;
  const isOwned = runs.own !== null && runs.own.runKey === run?.key;
  useEffect(() => {
    if (run === null || checkpoint === null || checkpoint === resumed.current) return;
    const about = aboutOf(state, Date.now());
    const pairs = shownCorpus(state.pairs.corpus)?.source.file.blob;
    if (about === null || pairs === undefined || ownId === null || !isOwned) return;
    writer.save(ownId, { about, checkpoint: checkpoint.bytes, pairs }, run.key);
  }, [checkpoint, end, isOwned]);

  const isToWarn = isUnsaved(state);
  // A layout effect: whoever has saved the file may close the tab at once, before the next frame.
  useLayoutEffect(() => {
    if (!isToWarn) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isToWarn]);

  const fail = (
    doing: "opening" | "exporting" | "discarding" | "importing",
    id: string | null,
    said: Omit<Failure, "kind">,
  ) =>
    dispatch({
      type: "runs/task_changed",
      task: { status: "failed", doing, id, failure: { kind: "file", ...said } },
    });

  /** Use the files of a saved run, and show the task meanwhile. Null if that has failed, which is shown. */
  const withFiles = async <T>(status: "opening" | "exporting", id: string, use: (files: RunFiles) => Promise<T>) => {
    dispatch({ type: "runs/task_changed", task: { status, id } });
    try {
      const held = runs.saved.find((saved) => saved.id === id)?.held ?? null;
      const storage = await opening;
      if (status === "opening" && !(await storage.locks.take(id))) {
        fail(status, id, text.runs.taken);
        return null;
      }
      const result = held === null ? await storage.withRun(id, use) : await use(held);
      if (result === null) fail(status, id, text.runs.incomplete);
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : "";
      fail(status, id, text.runs.unreadable(reason, error instanceof UnreadableError));
      return null;
    }
  };

  const resume = async (wantedId: string) => {
    // A copy: the stored files are deleted when the next checkpoint replaces them.
    const files = await withFiles("opening", wantedId, async ({ about, checkpoint: kept, pairs }) => ({
      about,
      checkpoint: await bytesOf(kept),
      pairs: await bytesOf(pairs),
    }));
    if (files === null) {
      if (wantedId !== ownId) await (await opening).locks.release(wantedId);
      return list();
    }
    const { about, pairs } = files;
    const id = await (await opening).adopt(wantedId, files);
    const { nBytes: _, ...facts } = about.checkpoint;
    resumed.current = { ...facts, bytes: files.checkpoint };
    const source = { file: { name: about.pairs.name, blob: new Blob([pairs]) }, plan: about.pairs.plan };
    const opened = { id, about, checkpoint: resumed.current, source };
    dispatch({ type: "saved_run_opened", opened, at: performance.now() });
    return list();
  };

  const openFile = async (file: File) => {
    dispatch({ type: "runs/task_changed", task: { status: "importing", id: null } });
    const { files, failure } = await readRunFile(file);
    if (failure !== null) return fail("importing", null, failure);
    const id = await (await opening).locks.create();
    writer.save(id, files, null);
    await writer.release(id);
    return list();
  };

  const discard = async (id: string) => {
    dispatch({ type: "runs/task_changed", task: { status: "discarding", id } });
    const outcome = await writer.discard(id);
    if (outcome === "discarded") dispatch({ type: "runs/discarded", id });
    else fail("discarding", id, outcome === "taken" ? text.runs.taken : text.runs.notDeleted((await opening).refusal));
    return list();
  };

  const saveRunFile = (id: string) =>
    withFiles("exporting", id, async (files) => {
      saveFile(safeFileName(runFileName(files.about)), await writeRunFile(files));
      dispatch({ type: "runs/taken", id, savedAt: files.about.savedAt });
      dispatch({ type: "runs/task_changed", task: { status: "none" } });
      return true;
    });

  return {
    resume: (id) => void resume(id),
    saveFile: (id) => void saveRunFile(id),
    openFile: (file) => void openFile(file),
    discard: (id) => void discard(id),
    dismissFailure: () => dispatch({ type: "runs/task_changed", task: { status: "none" } }),
    list: () => void list(),
    export: (what) => {
      if (worker.current === null) return;
      const runKey = what.kind === "model" && run?.phase === "finished" ? run.key : null;
      const change = (fileExport: RunsState["fileExport"]) =>
        dispatch({ type: "runs/export_changed", fileExport, runKey });
      change({ status: "writing" });
      // A blob is not in the memory of the page, where the browser would rather have it on the disk.
      let file = new Blob();
      const onProgress = (part: ProgressOf<"export">) => {
        file = withPart(file, part);
      };
      worker.current.call({ kind: "export", what }, { onProgress }).then(
        ({ name: given }) => {
          const name = safeFileName(given);
          saveFile(name, file);
          change({ status: "saved", name, nBytes: file.size });
        },
        (failure) => change({ status: "failed", failure }),
      );
    },
  };
}
