import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { text } from "../../text";
import { formatCount, formatSignificant, NONE } from "../format";
import { type ColourOf, createChart } from "./loss_plot";

/** Raw values by step, and a smoothed line through them. */
interface Curve {
  steps: readonly number[];
  raw: readonly number[];
  smooth: readonly number[];
}

interface LossChartProps {
  title: string;
  unit: string;
  testId: string;
  curve: Curve;
  /** Steps of the whole run, which is the length of the axis from the start. */
  nSteps: number;
  isDark: boolean;
}

/** A live loss curve: raw points faint, a smoothed line on top, and the values at the pointer or at the end as text. */
export function LossChart({ title, unit, testId, curve, nSteps, isDark }: LossChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [showsValues, setShowsValues] = useState(false);
  const [pointedIdx, setPointedIdx] = useState<number | null>(null);
  const latest = useRef(curve);
  latest.current = curve;

  // Colours are drawn into the canvas, so another theme needs a new chart.
  useEffect(() => {
    if (host.current === null) return;
    const chart = createChart(host.current, nSteps, seriesOf, dataOf(latest.current), setPointedIdx);
    plot.current = chart.plot;
    return () => {
      plot.current = null;
      chart.destroy();
    };
  }, [nSteps, isDark]);

  useEffect(() => plot.current?.setData(dataOf(curve)), [curve]);

  const idx = pointedIdx !== null && pointedIdx < curve.steps.length ? pointedIdx : curve.steps.length - 1;
  const step = curve.steps[idx];
  const point =
    step === undefined
      ? text.ui.chart.noPoint
      : text.ui.chart.point(step, formatNumber(curve.raw[idx]), formatNumber(curve.smooth[idx]));
  return (
    <figure class="chart">
      <figcaption>
        <span>
          <strong>{title}</strong> <small class="muted">{unit}</small>
        </span>
        <small class="muted numbers" aria-hidden="true">
          {point}
        </small>
      </figcaption>
      <div
        ref={host}
        class="chart-host"
        role="img"
        aria-label={text.ui.chart.label(title, point)}
        data-testid={testId}
        data-points={curve.steps.length}
        data-step={curve.steps.at(-1)}
        data-value={curve.raw.at(-1)}
      />
      <details class="small chart-values" onToggle={({ currentTarget: { open } }) => setShowsValues(open)}>
        <summary class="muted">{text.ui.values}</summary>
        {showsValues && <ValuesTable title={title} curve={curve} />}
      </details>
    </figure>
  );
}

/** Rows of the table behind a chart; of a longer curve evenly chosen steps. */
const MAX_ROWS = 40;

/** What the chart shows, for whoever does not see it. */
function ValuesTable({ title, curve }: Pick<LossChartProps, "title" | "curve">) {
  const stride = Math.ceil(curve.steps.length / MAX_ROWS);
  const shown = curve.steps.map((_, idx) => idx).filter((idx) => (curve.steps.length - 1 - idx) % stride === 0);
  return (
    <table class="score-table numbers">
      <caption class="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{text.ui.chart.step}</th>
          <th scope="col">{text.ui.chart.value}</th>
          <th scope="col">{text.ui.chart.smoothed}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((idx) => (
          <tr key={idx}>
            <th scope="row">{formatCount(curve.steps[idx] ?? 0)}</th>
            <td>{formatNumber(curve.raw[idx])}</td>
            <td>{formatNumber(curve.smooth[idx])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A loss to three digits, a learning rate as one writes it. */
function formatNumber(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  return formatSignificant(value);
}

function seriesOf(colourOf: ColourOf): uPlot.Series[] {
  const raw = colourOf("var(--curve-raw)");
  return [
    {
      label: "loss",
      stroke: raw,
      // Points alone: a line through noise draws the eye to the noise.
      paths: () => null,
      points: { show: true, size: 4, width: 0, fill: raw, stroke: raw },
    },
    { label: "smoothed", stroke: colourOf("var(--curve-line)"), width: 2.2, points: { show: false } },
  ];
}

function dataOf(curve: Curve): uPlot.AlignedData {
  // uPlot only reads what it is given.
  return [curve.steps, curve.raw, curve.smooth] as unknown as uPlot.AlignedData;
}
