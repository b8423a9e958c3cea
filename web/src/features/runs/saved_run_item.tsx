import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { TrainableCounts } from "../../protocol";
import type { Owner } from "../../storage/run_locks";
import { type AboutRun, isTrained } from "../../storage/run_record";
import { FailureNotice } from "../../ui/failure_notice";
import { formatCount, formatDate } from "../../ui/format";
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
  const textId = useId();
  const isBusy = isAtWork(task);
  const whoseText = WHOSE[owner];
  return (
    <li class="saved-run stack-tight" data-testid="saved-run">
      <p id={textId}>
        Saved {formatDate(about.savedAt)}: <Name>{about.model.name}</Name>, <Name>{about.pairs.name}</Name>,{" "}
        {trainedText(about.plan.trainable)}, {stepText(about)}.
      </p>
      <p class="muted small" data-testid="saved-run-note">
        {whoseText ??
          blocker ??
          (isTrained(about) ? "The trained model can be restored." : "It continues exactly where it stopped.")}
      </p>
      {saved.held !== null && <InMemory refusal={saved.refusal} />}
      {task.status === "failed" && task.id === id && (
        <FailureNotice failure={task.failure} action="Dismiss" onAction={actions.dismissFailure} />
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
            {task.status === "opening" && task.id === id ? "Opening…" : isTrained(about) ? "Restore" : "Resume"}
          </button>
        )}
        <ExportButton id={id} task={task} onExport={actions.saveFile} />
        {whoseText === null && (
          <SmallButton data-testid="saved-run-discard" disabled={isBusy} onClick={() => actions.discard(id)}>
            Discard
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
  other_tab: "Another tab has this run.",
  unknown: "This browser can't tell whether another tab has this run, so it can only be saved as a file.",
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
      {task.status === "exporting" && task.id === id ? "Writing the file…" : "Save as a file"}
    </SmallButton>
  );
}

/** The notice that a run could not be stored on disk. */
export function InMemory({ refusal }: { refusal: string | null }) {
  return (
    <p class="notice small" role="status" data-testid="saved-run-refusal">
      What is saved of the run is kept only until the tab closes: the browser refuses to store it
      {refusal !== null && ` (${refusal})`}. A file of it lasts; other saved runs and kept models can be deleted to make
      room.
    </p>
  );
}

/** Names come from the visitor: of any length, and in any direction. */
function Name({ children }: { children: ComponentChildren }) {
  return <bdi class="saved-run-name">{children}</bdi>;
}

function trainedText({ embeddings, layers, head, total }: TrainableCounts): string {
  return `${formatCount(embeddings + layers + head)} of ${formatCount(total)} parameters trained`;
}

function stepText({ checkpoint, plan, end }: AboutRun): string {
  const steps = `step ${formatCount(checkpoint.step)} of ${formatCount(plan.nSteps)}`;
  if (end === null) return steps;
  return end.stopped ? `stopped at ${steps}` : `finished with ${steps}`;
}
