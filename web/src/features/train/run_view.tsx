import { useState } from "preact/hooks";
import { text } from "../../text";
import { LossChart } from "../../ui/chart/loss_chart";
import { Panel } from "../../ui/panel";
import { ConfusionTables } from "./confusion_table";
import { curveOf, emptyCurve } from "./curve";
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
  const [showsMore, setShowsMore] = useState(false);
  return (
    <Panel id="run" title={text.train.view}>
      {run.plan !== null && <TrainedParts run={run} plan={run.plan} />}
      {nSteps > 0 && run.plan !== null && (
        <>
          <Charts run={run} shown={run.plan.objectives} nSteps={nSteps} isDark={isDark} />
          <details class="more-settings" onToggle={({ currentTarget: { open } }) => setShowsMore(open)}>
            <summary>{text.train.moreCurves}</summary>
            {showsMore && <Charts run={run} shown={OTHER_CURVES} nSteps={nSteps} isDark={isDark} />}
          </details>
        </>
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

/** Drawn on demand. */
const OTHER_CURVES = [
  { name: "learning_rate", title: text.train.learningRate, unit: text.train.ofEncoder },
  { name: "head_learning_rate", title: text.train.learningRate, unit: text.train.ofTheHead },
  { name: "gradient_norm", title: text.train.gradientNorm, unit: text.train.beforeClipping },
] as const;

interface ChartsProps extends RunViewProps {
  shown: readonly { name: string; title: string; unit: string }[];
  nSteps: number;
}

function Charts({ run, shown, nSteps, isDark }: ChartsProps) {
  return (
    <div class="charts">
      {shown.map(({ name, title, unit }) => (
        <LossChart
          key={name}
          title={title}
          unit={unit}
          testId={`curve-${name}`}
          curve={curveOf(run.curves, name) ?? emptyCurve}
          nSteps={nSteps}
          isDark={isDark}
        />
      ))}
    </div>
  );
}
