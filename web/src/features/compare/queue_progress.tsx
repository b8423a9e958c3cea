import { FailureNotice, sentence } from "../../ui/failure_notice";
import { formatQuantity, formatRemaining } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import type { Run } from "../train/run";
import { type Queue, queueSecsLeft } from "./queue";

interface QueueProgressProps {
  queue: Queue;
  /** That of this tab. */
  run: Run | null;
  /** Why the next run can't be started; null if it can. */
  blocker: string | null;
  onStop: () => void;
  onDismiss: () => void;
}

/** How far the queue is, and how it has ended. */
export function QueueProgress({ queue, run, blocker, onStop, onDismiss }: QueueProgressProps) {
  const { planned, nEnded, runKey, outcome } = queue;
  const current = planned[nEnded];
  if (outcome !== null || current === undefined) return <QueueEnd queue={queue} onDismiss={onDismiss} />;
  const secs = queueSecsLeft(queue, run);
  const fraction = run !== null && run.key === runKey ? (run.report?.fraction_done ?? 0) : 0;
  return (
    <div class="stack-tight" data-testid="queue">
      <p class="run-phase" role="status">
        Run {nEnded + 1} of {planned.length}: {current.frozen.toLowerCase()} frozen, seed {current.order.config.seed}
      </p>
      <progress aria-label="Progress of the comparison" value={nEnded + fraction} max={planned.length} />
      <div class="button-row small">
        <span class="muted numbers">
          {runKey === null && blocker !== null ? blocker : secs === null ? "" : formatRemaining(secs)}
        </span>
        <a href="#/train">Show the run</a>
        <SmallButton data-testid="queue-stop" onClick={onStop}>
          Stop
        </SmallButton>
      </div>
      <Failed queue={queue} />
    </div>
  );
}

function QueueEnd({ queue, onDismiss }: { queue: Queue; onDismiss: () => void }) {
  const { planned, finished, outcome } = queue;
  const count = `${finished.length} of ${formatQuantity(planned.length, "run")}`;
  if (outcome === "other_inputs") {
    const message = `The comparison ended after ${count}: the model or the pairs are others now.`;
    const failure = { kind: "setting" as const, message, remedy: "What has finished is selected below." };
    return <FailureNotice failure={failure} action="Dismiss" onAction={onDismiss} />;
  }
  const verb = outcome === "stopped" ? "was stopped after" : "is finished:";
  return (
    <div class="notice stack-tight" data-testid="queue">
      <div class="button-row">
        <p role="status">
          The comparison {verb} {count}.{finished.length > 0 && " They are selected below."}
        </p>
        <SmallButton onClick={onDismiss}>Dismiss</SmallButton>
      </div>
      <Failed queue={queue} />
    </div>
  );
}

function Failed({ queue: { failed } }: { queue: Queue }) {
  return failed.map(({ frozen, reason }, idx) => (
    <p key={idx} class="small field-fault">
      {sentence(`the run with ${frozen.toLowerCase()} frozen failed and is left out: ${reason}`)}
    </p>
  ));
}
