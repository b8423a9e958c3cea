import { MAX_SAVED_RUNS } from "../../settings";
import type { UnusableRun } from "../../storage/run_record";
import type { FoundRun } from "../../storage/runs";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { SmallButton } from "../../ui/small_button";
import { isAtWork, SavedRunItem } from "./saved_run_item";
import type { RunsState, SavedRun } from "./state";
import type { RunsActions } from "./use_runs";

/** So many are in sight; the others are on request. */
const N_IN_SIGHT = 3;

interface SavedRunsProps {
  offered: readonly SavedRun[];
  runs: RunsState;
  /** Why it can't be resumed now; null if it can. */
  blockerOf: (saved: SavedRun) => string | null;
  actions: RunsActions;
}

/** The saved runs that aren't under way here. */
export function SavedRuns({ offered, runs, blockerOf, actions }: SavedRunsProps) {
  const { problem, unusable, task } = runs;
  if (offered.length + unusable.length === 0 && problem === null) return null;
  const itemOf = (saved: SavedRun) => (
    <SavedRunItem key={saved.id} saved={saved} task={task} blocker={blockerOf(saved)} actions={actions} />
  );
  const others = offered.slice(N_IN_SIGHT);
  return (
    <section id="saved-runs" class="panel saved-runs" aria-labelledby="saved-runs-title" data-testid="saved-runs">
      <h2 id="saved-runs-title">{text.runs.saved}</h2>
      {problem !== null && <Unreadable problem={problem} onRetry={actions.list} />}
      <ul class="plain-list">{offered.slice(0, N_IN_SIGHT).map(itemOf)}</ul>
      {others.length > 0 && (
        <details>
          <summary>{text.runs.older(others.length)}</summary>
          <ul class="plain-list">{others.map(itemOf)}</ul>
        </details>
      )}
      {unusable.map((run) => (
        <Unusable key={run.id} run={run} isBusy={isAtWork(task)} onDiscard={() => actions.discard(run.id)} />
      ))}
      <p class="muted small">{text.runs.keepsSaved(MAX_SAVED_RUNS)}</p>
    </section>
  );
}

function Unreadable({ problem, onRetry }: { problem: string; onRetry: () => void }) {
  const failure = { kind: "file" as const, ...text.runs.notListed(problem) };
  return <FailureNotice failure={failure} action={text.ui.tryAgain} onAction={onRetry} />;
}

interface UnusableProps {
  run: FoundRun<UnusableRun>;
  isBusy: boolean;
  onDiscard: () => void;
}

/** Only the visitor deletes it: another version of this page may be able to open it. */
function Unusable({ run: { savedAt, about, owner }, isBusy, onDiscard }: UnusableProps) {
  return (
    <div class="button-row small" data-testid="unusable-run">
      <span class="muted">{text.runs.unusable(savedAt, about.fault)}</span>
      {owner === "nobody" && (
        <SmallButton disabled={isBusy} onClick={onDiscard}>
          {text.ui.discard}
        </SmallButton>
      )}
    </div>
  );
}
