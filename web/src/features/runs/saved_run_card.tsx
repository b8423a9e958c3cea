import type { ComponentChildren } from "preact";
import type { TrainableCounts } from "../../protocol";
import { type AboutRun, isTrained } from "../../storage/run_record";
import { FailureNotice } from "../../ui/failure_notice";
import { formatCount, formatDate } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import type { RunsState, SavedRun, SavedRunTask } from "./state";
import type { RunsActions } from "./use_runs";

interface SavedRunCardProps {
  saved: SavedRun;
  runs: RunsState;
  /** Why it can't be resumed now; null if it can. */
  blocker: string | null;
  actions: RunsActions;
}

/** A saved run that isn't under way: the visitor can resume it. */
export function SavedRunCard({ saved, runs, blocker, actions }: SavedRunCardProps) {
  const { task, refusal } = runs;
  const { about } = saved;
  const isBusy = task.status !== "none" && task.status !== "failed";
  return (
    <section id="saved-run" class="panel saved-run" aria-labelledby="saved-run-text" data-testid="saved-run">
      <div class="stack-tight">
        <p id="saved-run-text">
          A run was saved {formatDate(about.savedAt)}: <Name>{about.model.name}</Name>, <Name>{about.pairs.name}</Name>,{" "}
          {trainedText(about.plan.trainable)}, {stepText(about)}.
        </p>
        <p class="muted small">
          {blocker ??
            (isTrained(about) ? "The trained model can be restored." : "It continues exactly where it stopped.")}{" "}
          A new run replaces it.
        </p>
        {saved.held !== null && <InMemory refusal={refusal} />}
        {task.status === "failed" && task.doing !== "importing" && <FailureNotice failure={task.failure} />}
      </div>
      <div class="button-row">
        <button
          type="button"
          class="small-button"
          data-testid="saved-run-resume"
          disabled={blocker !== null || isBusy}
          onClick={actions.resume}
        >
          {task.status === "opening" ? "Opening…" : isTrained(about) ? "Restore" : "Resume"}
        </button>
        <ExportButton task={task} onExport={actions.saveFile} />
        <SmallButton data-testid="saved-run-discard" disabled={isBusy} onClick={actions.discard}>
          Discard
        </SmallButton>
      </div>
    </section>
  );
}

export function ExportButton({ task, onExport }: { task: SavedRunTask; onExport: () => void }) {
  return (
    <SmallButton
      data-testid="saved-run-export"
      disabled={task.status !== "none" && task.status !== "failed"}
      onClick={onExport}
    >
      {task.status === "exporting" ? "Writing the file…" : "Save as a file"}
    </SmallButton>
  );
}

/** The notice that a run could not be stored on disk. */
export function InMemory({ refusal }: { refusal: string | null }) {
  return (
    <p class="notice small" role="status" data-testid="saved-run-refusal">
      What is saved of the run is kept only until the tab closes: the browser refuses to store it
      {refusal !== null && ` (${refusal})`}. A file of it lasts.
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
