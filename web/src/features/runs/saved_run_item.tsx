import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Owner } from "../../storage/run_locks";
import { isTrained } from "../../storage/run_record";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { SmallButton } from "../../ui/small_button";
import type { SavedRun, SavedRunTask } from "./state";
import type { RunsActions } from "./use_runs";

interface SavedRunItemProps {
  saved: SavedRun;
  task: SavedRunTask;
  /** Why it can't be resumed now; null if it can. */
  blocker: string | null;
  actions: RunsActions;
}

/** A saved run. Unless another tab has it, the visitor can resume or discard it. */
export function SavedRunItem({ saved, task, blocker, actions }: SavedRunItemProps) {
  const { id, about, owner } = saved;
  const { embeddings, layers, head, total } = about.plan.trainable;
  const textId = useId();
  const isBusy = isAtWork(task);
  const whoseText = WHOSE[owner];
  return (
    <li class="saved-run stack-tight" data-testid="saved-run">
      <p id={textId}>
        {text.runs.item(
          about.savedAt,
          <Name>{about.model.name}</Name>,
          <Name>{about.pairs.name}</Name>,
          text.runs.trained(embeddings + layers + head, total),
          text.runs.steps(about.checkpoint.step, about.plan.nSteps, about.end),
        )}
      </p>
      <p class="muted small" data-testid="saved-run-note">
        {whoseText ?? blocker ?? (isTrained(about) ? text.runs.canRestore : text.runs.canResume)}
      </p>
      {saved.held !== null && <InMemory refusal={saved.refusal} />}
      {task.status === "failed" && task.id === id && (
        <FailureNotice failure={task.failure} action={text.ui.dismiss} onAction={actions.dismissFailure} />
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be disabled or framed as one. */}
      <div class="button-row" role="group" aria-labelledby={textId}>
        {whoseText === null && (
          <button
            type="button"
            class="small-button"
            data-testid="saved-run-resume"
            disabled={blocker !== null || isBusy}
            onClick={() => actions.resume(id)}
          >
            {task.status === "opening" && task.id === id
              ? text.runs.opening
              : isTrained(about)
                ? text.runs.restore
                : text.ui.resume}
          </button>
        )}
        <ExportButton id={id} task={task} onExport={actions.saveFile} />
        {whoseText === null && (
          <SmallButton data-testid="saved-run-discard" disabled={isBusy} onClick={() => actions.discard(id)}>
            {text.ui.discard}
          </SmallButton>
        )}
      </div>
    </li>
  );
}

/** Why a run can be neither resumed nor discarded here; null if it can. */
const WHOSE: Record<Owner, string | null> = {
  nobody: null,
  this_tab: null,
  ...text.runs.whose,
};

/** True while a saved run is opened, written to a file, read from one or deleted. */
export function isAtWork(task: SavedRunTask): boolean {
  return task.status !== "none" && task.status !== "failed";
}

interface ExportButtonProps {
  id: string;
  task: SavedRunTask;
  onExport: (id: string) => void;
}

export function ExportButton({ id, task, onExport }: ExportButtonProps) {
  return (
    <SmallButton data-testid="saved-run-export" disabled={isAtWork(task)} onClick={() => onExport(id)}>
      {task.status === "exporting" && task.id === id ? text.runs.writing : text.runs.saveFile}
    </SmallButton>
  );
}

/** The notice that a run could not be stored on disk. */
export function InMemory({ refusal }: { refusal: string | null }) {
  return (
    <p class="notice small" role="status" data-testid="saved-run-refusal">
      {text.runs.inMemory(refusal)}
    </p>
  );
}

/** Names come from the visitor: of any length, and in any direction. */
function Name({ children }: { children: ComponentChildren }) {
  return <bdi class="saved-run-name">{children}</bdi>;
}
