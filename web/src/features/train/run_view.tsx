import { LossChart } from "../../ui/chart/loss_chart";
import { ConfusionTables } from "./confusion_table";
import { emptyCurve } from "./curve";
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
          {run.plan?.objectives.map(({ name, title, unit }) => (
            <LossChart
              key={name}
              title={title}
              unit={unit}
              testId={`curve-${name}`}
              curve={run.curves[name] ?? emptyCurve}
              nSteps={nSteps}
              isDark={isDark}
            />
          ))}
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
