import { useId } from "preact/hooks";
import { MAX_SAVED_RUNS } from "../../settings";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { FilePicker } from "../../ui/file_picker";
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
          {text.runs.tooLarge}
        </p>
      )}
      {offered.length > 0 && (
        <p class="small">
          <a href="#saved-runs">{text.runs.seeAbove(offered.length)}</a>
          {isFull(runs) && ` ${text.runs.isFull(MAX_SAVED_RUNS)}`}
        </p>
      )}
      {own !== null && own.held !== null && <InMemory refusal={own.refusal} />}
      {own !== null && (
        <p class="button-row small">
          <span class="muted" data-testid="saved-run-status">
            {text.runs.savedAt(own.about.checkpoint.step, own.held === null)}
          </span>
          <ExportButton id={own.id} task={task} onExport={actions.saveFile} />
        </p>
      )}
      {task.status === "failed" && !offered.some((other) => other.id === task.id) && (
        <FailureNotice failure={task.failure} action={text.ui.dismiss} onAction={actions.dismissFailure} />
      )}
      <details class="more-settings">
        <summary>{text.runs.open}</summary>
        <fieldset class="stack-tight" disabled={blocker !== null || task.status === "importing"}>
          <label class="visually-hidden" for={id}>
            {text.runs.file}
          </label>
          <FilePicker
            id={id}
            accept={FILE_ENDINGS}
            testId="saved-run-file"
            hintId={`${id}-hint`}
            onFiles={([file]) => file && actions.openFile(file)}
          />
          <small id={`${id}-hint`} class="muted">
            {blocker ?? (task.status === "importing" ? text.runs.reading : text.runs.fileHint)}
          </small>
        </fieldset>
      </details>
    </div>
  );
}
