import { text } from "../../text";
import { formatPercent, formatSignificant } from "../../ui/format";
import { formatScoreOf, SCORE_ROWS } from "../../ui/score_rows";
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
      {run.phase === "finished" && (
        <p class="small numbers" data-testid="gains">
          {gainsOf(run).join(" · ")}
        </p>
      )}
      <progress
        data-testid="train-progress"
        aria-label={text.train.progress}
        {...(fraction === null ? {} : { value: fraction, max: 1 })}
      />
      <p class="muted small numbers progress-facts">
        {plan !== null && plan.nSteps > 0 && (
          <span data-testid="step-count">{text.train.step(run.nStepsDone, plan.nSteps)}</span>
        )}
        {report !== null && <span>{text.train.epoch(report.epoch, run.order.config.epochs)}</span>}
        {isTraining && report !== null && <span>{formatPercent(report.fraction_done, 0)}</span>}
        <span>{text.train.ofWork(run.end?.elapsedSecs ?? Math.max(0, workedSecs(run.clock)))}</span>
        <span data-testid="eta">{remainingText(run)}</span>
        {isTraining && speed !== null && <span>{text.train.pairsPerSec(speed)}</span>}
        {plan !== null && plan.nWorkers > 1 && (
          <span data-testid="worker-count">{text.train.sharedBy(plan.nWorkers)}</span>
        )}
        {isTraining && report !== null && (
          <>
            <span>{text.train.rate(rateText(run, report))}</span>
            <span>{text.train.norm(report.gradient_norm)}</span>
          </>
        )}
        {run.end !== null && run.end.nStepsDone > 0 && <span>{text.train.ofTraining(run.end.trainingSecs)}</span>}
      </p>
    </div>
  );
}

/** What the run has changed, in the two scores that say most. */
function gainsOf({ before, after }: Run): string[] {
  const rows = SCORE_ROWS.filter(({ id }) => id === "accuracy" || id === "spearman");
  return rows.flatMap((row) => {
    const [from, to] = [before && row.value(before), after && row.value(after)];
    return from === null || to === null
      ? []
      : [text.train.gain(row.name, formatScoreOf(row, from), formatScoreOf(row, to))];
  });
}

/** The rate of what is trained; both, encoder first, where both are. */
function rateText(run: Run, report: NonNullable<Run["report"]>): string {
  const trainable = run.plan?.trainable;
  const encoder = trainable === undefined || trainable.embeddings + trainable.layers > 0;
  const head = trainable === undefined || trainable.head > 0;
  const headRate = formatSignificant(report.head_learning_rate);
  const rates = [
    ...(encoder ? [formatSignificant(report.learning_rate)] : []),
    ...(head ? [encoder ? text.train.rateOfHead(headRate) : headRate] : []),
  ];
  return rates.join(" · ");
}

function phaseText(run: Run): string {
  const { end } = run;
  const { phases } = text.train;
  if (run.phase === "finished" && end !== null) {
    return end.stopped ? phases.stoppedAfter(end.nStepsDone) : phases.finishedIn(end.elapsedSecs);
  }
  if (run.phase === "failed") return run.failure === null ? phases.workerStopped : phases.failed;
  if (run.phase === "recovering") return phases.recovering;
  if (run.isStopping && run.phase !== "scoring_after" && run.phase !== "comparing_scores") return phases.stopping;
  if (run.hold === "pausing") return phases.pausing;
  if (run.hold === "paused" || run.hold === "resuming") return phases.pausedAfter(run.nStepsDone);
  switch (run.phase) {
    case "starting":
      return phases.starting;
    case "tokenizing":
      return phases.tokenizing(run.setUp);
    case "starting_workers":
      return phases.startingWorkers;
    case "warming_up":
      return phases.warmingUp(run.setUp);
    case "scoring_before":
      return phases.scoringBefore(run.scoring);
    case "training":
      return phases.training;
    case "scoring_after":
      return phases.scoringAfter(run.scoring);
    case "comparing_scores":
      return phases.comparing(run.scoring);
    default:
      return "";
  }
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
  return secs === null ? "" : text.ui.remaining(secs);
}
