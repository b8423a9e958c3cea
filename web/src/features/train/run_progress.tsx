import {
  formatCount,
  formatDuration,
  formatPercent,
  formatQuantity,
  formatRemaining,
  formatSignificant,
} from "../../ui/format";
import type { Progress } from "../../ui/progress";
import { workedSecs } from "./clock";
import { pairsPerSec, type Run, trainingSecsLeft } from "./run";

/** The progress of the run: one line of text, one bar and a few numbers. */
export function RunProgress({ run }: { run: Run }) {
  const fraction = fractionOf(run);
  const { report, plan } = run;
  const speed = pairsPerSec(run);
  const isTraining = run.phase === "training";
  return (
    <div class="run-progress">
      <p class="run-phase" data-testid="train-phase">
        {phaseText(run)}
      </p>
      <progress
        data-testid="train-progress"
        aria-label="Progress of this phase"
        {...(fraction === null ? {} : { value: fraction, max: 1 })}
      />
      <p class="muted small numbers progress-facts">
        {plan !== null && plan.nSteps > 0 && (
          <span data-testid="step-count">
            Step {formatCount(run.nStepsDone)} of {formatCount(plan.nSteps)}
          </span>
        )}
        {report !== null && (
          <span>
            Epoch {report.epoch} of {run.order.config.epochs}
          </span>
        )}
        {isTraining && report !== null && <span>{formatPercent(report.fraction_done, 0)}</span>}
        <span>{formatDuration(run.end?.elapsedSecs ?? Math.max(0, workedSecs(run.clock)))} of work</span>
        <span data-testid="eta">{remainingText(run)}</span>
        {isTraining && speed !== null && <span>{formatSignificant(speed)} pairs/s</span>}
        {plan !== null && plan.nWorkers > 1 && (
          <span data-testid="worker-count">Shared by {formatQuantity(plan.nWorkers, "worker")}</span>
        )}
        {isTraining && report !== null && (
          <>
            <span>Learning rate {rateText(run, report)}</span>
            <span>Gradient norm {formatSignificant(report.gradient_norm)}</span>
          </>
        )}
        {run.end !== null && run.end.nStepsDone > 0 && <span>{formatDuration(run.end.trainingSecs)} of training</span>}
      </p>
    </div>
  );
}

/** The rate of what is trained; both, encoder first, where both are. */
function rateText(run: Run, report: NonNullable<Run["report"]>): string {
  const trainable = run.plan?.trainable;
  const encoder = trainable === undefined || trainable.embeddings + trainable.layers > 0;
  const head = trainable === undefined || trainable.head > 0;
  const rates = [
    ...(encoder ? [formatSignificant(report.learning_rate)] : []),
    ...(head ? [`${formatSignificant(report.head_learning_rate)}${encoder ? " (head)" : ""}`] : []),
  ];
  return rates.join(" · ");
}

function phaseText(run: Run): string {
  const { end } = run;
  const counted = countText(run.scoring, " sentences");
  if (run.phase === "finished" && end !== null) {
    return end.stopped ? `Stopped after step ${end.nStepsDone}` : `Finished in ${formatDuration(end.elapsedSecs)}`;
  }
  if (run.phase === "failed")
    return run.failure === null ? "The run ended when the worker stopped" : "The run has failed";
  if (run.phase === "recovering") return "Recovering the run: model and pairs are being loaded again";
  if (run.isStopping && run.phase !== "scoring_after" && run.phase !== "comparing_scores")
    return "Stopping after this step…";
  if (run.hold === "pausing") return "Pausing after this step…";
  if (run.hold === "paused" || run.hold === "resuming") return `Paused after step ${run.nStepsDone}`;
  switch (run.phase) {
    case "starting":
      return "Preparing the run";
    case "tokenizing":
      return `Tokenizing the pairs${countText(run.setUp, "")}`;
    case "starting_workers":
      return "Starting the other workers";
    case "warming_up":
      return `Compiling shaders for the GPU${countText(run.setUp, "")}`;
    case "scoring_before":
      return `Scoring the held-out pairs before training${counted}`;
    case "training":
      return "Training";
    case "scoring_after":
      return `Scoring the held-out pairs after training${counted}`;
    case "comparing_scores":
      return `Comparing the scores on draws of the held-out pairs${countText(run.scoring, "")}`;
    default:
      return "";
  }
}

function countText(progress: Progress | null, noun: string): string {
  return progress === null ? "" : ` (${formatCount(progress.nDone)} of ${formatCount(progress.nTotal)}${noun})`;
}

/** The progress of the current phase; null if it is unknown, which shows an indeterminate bar. */
function fractionOf(run: Run): number | null {
  if (run.phase === "finished") return 1;
  if (run.phase === "recovering") return null;
  const isSetUp = run.phase === "tokenizing" || run.phase === "starting_workers" || run.phase === "warming_up";
  const parts = isSetUp ? run.setUp : run.scoring;
  if (parts !== null) return parts.nTotal === 0 ? null : parts.nDone / parts.nTotal;
  if (run.phase === "failed") return run.report?.fraction_done ?? 0;
  return run.report?.fraction_done ?? (run.phase === "training" ? 0 : null);
}

function remainingText(run: Run): string {
  if (run.phase !== "training" || run.hold === "paused") return "";
  const secs = trainingSecsLeft(run);
  return secs === null ? "" : formatRemaining(secs);
}
