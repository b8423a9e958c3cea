import { type Dispatch, useMemo } from "preact/hooks";
import type { Setting } from "../../protocol";
import type { PastRun } from "../../storage/run_history";
import { text } from "../../text";
import { lineStyle } from "../../ui/chart/line_style";
import { OverlayChart, Swatch } from "../../ui/chart/overlay_chart";
import { FailureNotice } from "../../ui/failure_notice";
import { formatDuration } from "../../ui/format";
import { Name } from "../../ui/name";
import { ScoreChange } from "../../ui/score_change";
import { formatScoreOf, SCORE_ROWS } from "../../ui/score_rows";
import { SmallButton } from "../../ui/small_button";
import { scoreOf } from "./columns";
import { differingSettings, haveSamePairs } from "./differing";
import { QualityPlot } from "./quality_plot";
import { type CompareAction, comparablePair, type Difference } from "./state";

interface SelectionViewProps {
  /** Two or more, in the order in which they were selected. */
  runs: readonly PastRun[];
  /** The settings that there are; empty before the worker has started. */
  settings: readonly Setting[];
  difference: Difference | null;
  isDark: boolean;
  dispatch: Dispatch<CompareAction>;
}

/** The selected runs side by side. */
export function SelectionView({ runs, settings, difference, isDark, dispatch }: SelectionViewProps) {
  const objectives = useMemo(() => overlaid(runs), [runs]);
  return (
    <div class="stack" data-testid="selection">
      <div class="button-row">
        <h3 class="selection-title">{text.compare.selection(runs.length)}</h3>
        <SmallButton onClick={() => dispatch({ type: "compare/selection_cleared" })}>{text.compare.clear}</SmallButton>
      </div>
      {!haveSamePairs(runs) && <p class="notice small">{text.compare.otherPairs}</p>}
      <SideBySide runs={runs} settings={settings} />
      <div class="selection-charts">
        {runs.length === 2 && <DifferenceTable runs={runs} difference={difference} />}
        <QualityPlot runs={runs} />
      </div>
      <div class="selection-charts">
        {objectives.map(({ name, title, unit, curves }) => (
          <OverlayChart key={name} title={title} unit={unit} curves={curves} isDark={isDark} />
        ))}
      </div>
    </div>
  );
}

/** Every objective that one of the runs was trained towards, with its curves. A run without one has an empty curve. */
function overlaid(runs: readonly PastRun[]) {
  const named = new Map(runs.flatMap(({ curves }) => curves.map((curve) => [curve.name, curve] as const)));
  return [...named.values()].map(({ name, title, unit }) => ({
    name,
    title,
    unit,
    curves: runs.map((past) => {
      const { steps = [], values = [] } = past.curves.find((curve) => curve.name === name) ?? {};
      return { id: past.id, name: past.name, steps, values };
    }),
  }));
}

/** What differs between the runs, and their scores. */
function SideBySide({ runs, settings }: Pick<SelectionViewProps, "runs" | "settings">) {
  const differing = differingSettings(runs, settings);
  const rows = SCORE_ROWS.filter((row) => runs.some((past) => scoreOf(past, row) !== null));
  return (
    <div class="stack-tight">
      <div class="scroll-box">
        <table class="numbers" data-testid="side-by-side">
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {text.ui.run}
              </th>
              {differing.length > 0 && (
                <th scope="colgroup" colSpan={differing.length}>
                  {text.compare.differs}
                </th>
              )}
              <th scope="colgroup" colSpan={rows.length + 1}>
                {text.ui.ofTraining.after}
              </th>
            </tr>
            <tr>
              {differing.map(({ label }) => (
                <th scope="col" key={label}>
                  {label}
                </th>
              ))}
              {rows.map(({ id, name }) => (
                <th scope="col" key={id} class="is-number">
                  {name}
                </th>
              ))}
              <th scope="col" class="is-number">
                {text.ui.training}
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((past, idx) => (
              <tr key={past.id}>
                <th scope="row" class="run-name">
                  <Swatch style={lineStyle(idx)} />
                  <Name text={past.name} />
                </th>
                {differing.map(({ label, values }) => (
                  <td key={label}>
                    <bdi>{values[idx]}</bdi>
                  </td>
                ))}
                {rows.map((row) => (
                  <td key={row.id} class="is-number">
                    {formatScoreOf(row, scoreOf(past, row))}
                  </td>
                ))}
                <td class="is-number">{formatDuration(past.trainingSecs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="muted small">{differing.length === 0 ? text.compare.areSame : text.compare.restIsSame}</p>
    </div>
  );
}

/** By how much the second run is better or worse, and how sure that is. */
function DifferenceTable({ runs, difference }: Pick<SelectionViewProps, "runs" | "difference">) {
  const [first, second] = runs;
  const pair = comparablePair(runs);
  if (first === undefined || second === undefined) return null;
  if (pair === null) {
    if (!haveSamePairs(runs)) return null;
    return <p class="muted small">{text.compare.notKept}</p>;
  }
  const isOfThese = difference?.first === first.id && difference.second === second.id;
  const { changes = null, failure = null } = isOfThese ? difference : {};
  if (failure !== null) return <FailureNotice failure={failure} />;
  if (changes === null) return <p class="muted small">{text.compare.comparingPairs}</p>;
  return (
    <div class="stack-tight">
      <h3 class="selection-title">{text.compare.against(<Name text={second.name} />, <Name text={first.name} />)}</h3>
      <table class="score-table numbers" data-testid="difference">
        <thead>
          <tr>
            <th scope="col">{text.ui.score}</th>
            <th scope="col">{text.compare.difference}</th>
          </tr>
        </thead>
        <tbody>
          {SCORE_ROWS.map((row) => {
            const change = changes.find(({ score }) => score === row.id);
            if (change === undefined) return null;
            return (
              <tr key={row.id}>
                <th scope="row">
                  {row.name}
                  <small class="muted">{row.hint}</small>
                </th>
                <td data-testid={`difference-${row.id}`}>
                  <ScoreChange row={row} change={change.change} interval={change.interval} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="muted small">{text.compare.differenceNote(first.pairs.nHeldOut)}</p>
    </div>
  );
}
