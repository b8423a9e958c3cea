import { formatCount, formatDuration, formatPercent, formatRemaining, formatSignificant } from "../format";
import { pairsPerSec, type Run, trainingSecsLeft, workedSecs } from "../state/run";

/** How far the run is, in one line of words, one bar and a few numbers. */
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
            Step {formatCount(report?.step ?? 0)} of {formatCount(plan.nSteps)}
          </span>
        )}
        {report !== null && (
          <span>
            Epoch {report.epoch} of {run.config.epochs}
          </span>
        )}
        {isTraining && report !== null && <span>{formatPercent(report.fraction_done, 0)}</span>}
        <span>{formatDuration(run.end?.elapsedSecs ?? Math.max(0, workedSecs(run.clock)))} of work</span>
        <span data-testid="eta">{remainingText(run)}</span>
        {isTraining && speed !== null && <span>{formatSignificant(speed)} pairs/s</span>}
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
  const { scoring, end } = run;
  const counted =
    scoring === null ? "" : ` (${formatCount(scoring.nDone)} of ${formatCount(scoring.nTotal)} sentences)`;
  if (run.phase === "finished" && end !== null) {
    return end.stopped ? `Stopped after step ${end.nStepsDone}` : `Finished in ${formatDuration(end.elapsedSecs)}`;
  }
  if (run.phase === "failed")
    return run.failure === null ? "The run ended when the worker stopped" : "The run has failed";
  if (run.isStopping && run.phase !== "scoring_after") return "Stopping after this step…";
  if (run.hold === "pausing") return "Pausing after this step…";
  if (run.hold === "paused" || run.hold === "resuming") return `Paused after step ${run.report?.step ?? 0}`;
  switch (run.phase) {
    case "starting":
      return "Preparing the run";
    case "scoring_before":
      return `Scoring the held-out pairs before training${counted}`;
    case "training":
      return "Training";
    case "scoring_after":
      return `Scoring the held-out pairs after training${counted}`;
    default:
      return "";
  }
}

/** Of the phase at hand; none where nothing is known, which shows as a bar without an end. */
function fractionOf(run: Run): number | null {
  if (run.phase === "finished") return 1;
  if (run.scoring !== null) return run.scoring.nTotal === 0 ? null : run.scoring.nDone / run.scoring.nTotal;
  if (run.phase === "failed") return run.report?.fraction_done ?? 0;
  return run.report?.fraction_done ?? (run.phase === "training" ? 0 : null);
}

function remainingText(run: Run): string {
  if (run.phase !== "training" || run.hold === "paused") return "";
  const secs = trainingSecsLeft(run);
  return secs === null ? "" : formatRemaining(secs);
}
