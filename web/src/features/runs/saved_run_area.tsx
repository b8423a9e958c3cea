import { useId } from "preact/hooks";
import { FailureNotice } from "../../ui/failure_notice";
import { FilePicker } from "../../ui/file_picker";
import { formatCount } from "../../ui/format";
import { isActive, type Run } from "../train/run";
import { ExportButton, InMemory } from "./saved_run_card";
import type { RunsState } from "./state";
import type { RunsActions } from "./use_runs";

interface SavedRunAreaProps {
  run: Run | null;
  runs: RunsState;
  /** The saved run is offered elsewhere on the page. */
  isOffered: boolean;
  /** Why no file can be opened now; null if one can. */
  blocker: string | null;
  actions: RunsActions;
}

/** What a file picker offers first. The format is detected from the content. */
const FILE_ENDINGS = ".zip";

/** The state of saving this run, and the picker for a saved run's file. */
export function SavedRunArea({ run, runs, isOffered, blocker, actions }: SavedRunAreaProps) {
  const id = useId();
  const { saved, runKey, refusal, task } = runs;
  const isOwn = run !== null && saved !== null && run.key === runKey && !isOffered;
  const isTooLarge = isActive(run) && run.plan !== null && !run.plan.isSaved;
  return (
    <div class="stack saved-run-area">
      {isTooLarge && (
        <p class="muted small" data-testid="saved-run-status">
          This run is too large to be saved on the way: it ends with the tab.
        </p>
      )}
      {isOffered && (
        <p class="small">
          <a href="#saved-run">A saved run can be resumed: see above.</a>
        </p>
      )}
      {isOwn && saved.held !== null && <InMemory refusal={refusal} />}
      {isOwn && (
        <p class="button-row small">
          <span class="muted" data-testid="saved-run-status">
            Saved at step {formatCount(saved.about.checkpoint.step)}
            {saved.held === null ? ": it can be resumed after a reload or a closed tab." : "."}
          </span>
          <ExportButton task={task} onExport={actions.saveFile} />
        </p>
      )}
      {task.status === "failed" && (task.doing === "importing" || !isOffered) && (
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
                : "A file that this page has saved, ending in .sbert-run.zip; or drop it on this panel. It takes the place of the run that is saved here, if there is one.")}
          </small>
        </fieldset>
      </details>
    </div>
  );
}
