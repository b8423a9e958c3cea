import { LossChart } from "../../ui/chart/loss_chart";
import { ConfusionTables } from "./confusion_table";
import type { Run } from "./run";
import { RunProgress } from "./run_progress";
import { ScoreTable } from "./score_table";
import { TrainedParts } from "./trained_parts";

interface RunViewProps {
  run: Run;
  isDark: boolean;
}

/** The progress, curves and scores of a run. */
export function RunView({ run, isDark }: RunViewProps) {
  const nSteps = run.plan?.nSteps ?? 0;
  return (
    <div class="run">
      <RunProgress run={run} />
      {run.plan !== null && <TrainedParts run={run} plan={run.plan} />}
      {nSteps > 0 && (
        <div class="charts">
          {run.labels.classes.length > 0 && (
            <LossChart
              title="Classification loss"
              unit="cross-entropy in nats"
              testId="curve-classification"
              curve={run.classification}
              nSteps={nSteps}
              isDark={isDark}
            />
          )}
          {run.labels.hasScores && (
            <LossChart
              title="Regression loss"
              unit="squared error of the cosine"
              testId="curve-regression"
              curve={run.regression}
              nSteps={nSteps}
              isDark={isDark}
            />
          )}
        </div>
      )}
      {(run.before !== null || run.after !== null) && (
        <div class="results">
          <ScoreTable run={run} />
          <ConfusionTables classes={run.labels.classes} before={run.before} after={run.after} />
        </div>
      )}
    </div>
  );
}
