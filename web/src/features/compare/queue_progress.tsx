import { text } from "../../text";
import { FailureNotice, sentence } from "../../ui/failure_notice";
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
        {text.compare.runOf(nEnded + 1, planned.length, current.frozen, current.order.config.seed)}
      </p>
      <progress aria-label={text.compare.progress} value={nEnded + fraction} max={planned.length} />
      <div class="button-row small">
        <span class="muted numbers">
          {runKey === null && blocker !== null ? blocker : secs === null ? "" : text.ui.remaining(secs)}
        </span>
        <a href="#/train">{text.compare.showRun}</a>
        <SmallButton data-testid="queue-stop" onClick={onStop}>
          {text.ui.stop}
        </SmallButton>
      </div>
      <Failed queue={queue} />
    </div>
  );
}

function QueueEnd({ queue, onDismiss }: { queue: Queue; onDismiss: () => void }) {
  const { planned, finished, outcome } = queue;
  const counts = [finished.length, planned.length] as const;
  if (outcome === "other_inputs") {
    const failure = { kind: "setting" as const, ...text.compare.otherInputs(...counts) };
    return <FailureNotice failure={failure} action={text.ui.dismiss} onAction={onDismiss} />;
  }
  return (
    <div class={outcome === "stopped" ? "notice stack-tight" : "notice is-done stack-tight"} data-testid="queue">
      <div class="button-row">
        <p role="status">
          {outcome === "stopped" ? text.compare.isStopped(...counts) : text.compare.isFinished(...counts)}
          {finished.length > 0 && ` ${text.compare.areSelected}`}
        </p>
        <SmallButton onClick={onDismiss}>{text.compare.again}</SmallButton>
      </div>
      <Failed queue={queue} />
    </div>
  );
}

function Failed({ queue: { failed } }: { queue: Queue }) {
  return failed.map(({ frozen, reason }, idx) => (
    <p key={idx} class="small field-fault">
      {sentence(text.compare.leftOut(frozen, reason))}
    </p>
  ));
}
