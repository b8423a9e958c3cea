import { useId } from "preact/hooks";
import { MAX_SAVED_RUNS } from "../../settings";
import { FailureNotice } from "../../ui/failure_notice";
import { FilePicker } from "../../ui/file_picker";
import { formatCount } from "../../ui/format";
import { isActive, type Run } from "../train/run";
import { ExportButton, InMemory } from "./saved_run_item";
import { isFull, ownSavedRun, type RunsState, type SavedRun } from "./state";
import type { RunsActions } from "./use_runs";

interface SavedRunAreaProps {
  run: Run | null;
  runs: RunsState;
  /** The saved runs that are offered elsewhere on the page. */
  offered: readonly SavedRun[];
  /** Why no file can be opened now; null if one can. */
  blocker: string | null;
  actions: RunsActions;
}

/** What a file picker offers first. The format is detected from the content. */
const FILE_ENDINGS = ".zip";

/** The state of saving this run, and the picker for a saved run's file. */
export function SavedRunArea({ run, runs, offered, blocker, actions }: SavedRunAreaProps) {
  const id = useId();
  const { task } = runs;
  const saved = ownSavedRun(runs, run);
  const own = saved !== null && !offered.includes(saved) ? saved : null;
  const isTooLarge = isActive(run) && run.plan !== null && !run.plan.isSaved;
  return (
    <div class="stack saved-run-area">
      {isTooLarge && (
        <p class="muted small" data-testid="saved-run-status">
          This run is too large to be saved on the way: until you export its model, it ends with the tab.
        </p>
      )}
      {offered.length > 0 && (
        <p class="small">
          <a href="#saved-runs">
            {offered.length === 1 ? "There is a saved run" : `There are ${offered.length} saved runs`}: see above.
          </a>
          {isFull(runs) &&
            ` The page keeps ${MAX_SAVED_RUNS}: when the next one is saved, the oldest that no tab has is deleted.`}
        </p>
      )}
      {own !== null && own.held !== null && <InMemory refusal={own.refusal} />}
      {own !== null && (
        <p class="button-row small">
          <span class="muted" data-testid="saved-run-status">
            Saved at step {formatCount(own.about.checkpoint.step)}
            {own.held === null ? ": it can be resumed after a reload or a closed tab." : "."}
          </span>
          <ExportButton id={own.id} task={task} onExport={actions.saveFile} />
        </p>
      )}
      {task.status === "failed" && !offered.some((other) => other.id === task.id) && (
        <FailureNotice failure={task.failure} action="Dismiss" onAction={actions.dismissFailure} />
      )}
      <details class="more-settings">
        <summary>Open a saved run…</summary>
        <fieldset class="stack-tight" disabled={blocker !== null || task.status === "importing"}>
          <label class="visually-hidden" for={id}>
            A file of a saved run
          </label>
          <FilePicker
            id={id}
            accept={FILE_ENDINGS}
            testId="saved-run-file"
            hintId={`${id}-hint`}
            onFiles={([file]) => file && actions.openFile(file)}
          />
          <small id={`${id}-hint`} class="muted">
            {blocker ??
              (task.status === "importing"
                ? "The file is being read."
                : "A file that this page has saved, ending in .sbert-run.zip; or drop it on this panel. It is added to the saved runs.")}
          </small>
        </fieldset>
      </details>
    </div>
  );
}
