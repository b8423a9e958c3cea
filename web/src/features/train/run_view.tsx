import { LossChart } from "../../ui/chart/loss_chart";
import { Panel } from "../../ui/panel";
import { ConfusionTables } from "./confusion_table";
import { emptyCurve } from "./curve";
import type { Run } from "./run";
import { ScoreTable } from "./score_table";
import { TrainedParts } from "./trained_parts";

interface RunViewProps {
  run: Run;
  isDark: boolean;
}

/** What a run trains, its curves and its scores. */
export function RunView({ run, isDark }: RunViewProps) {
  const nSteps = run.plan?.nSteps ?? 0;
  return (
    <Panel id="run" title="What training does">
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
    </Panel>
  );
}
