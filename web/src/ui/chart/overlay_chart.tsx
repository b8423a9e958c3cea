import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { text } from "../../text";
import { formatDecimal } from "../format";
import { Name } from "../name";
import { type LineStyle, lineStyle } from "./line_style";
import { type ColourOf, createChart } from "./loss_plot";

/** A loss by step. */
export interface OverlaidCurve {
  id: string;
  name: string;
  steps: readonly number[];
  values: readonly number[];
}

interface OverlayChartProps {
  title: string;
  unit: string;
  curves: readonly OverlaidCurve[];
  isDark: boolean;
}

/** Shares of a run at which the table has its losses. */
const SHARES = [0.1, 0.25, 0.5, 0.75, 1] as const;

/** The curves of several runs in one chart, and the same as a table. */
export function OverlayChart({ title, unit, curves, isDark }: OverlayChartProps) {
  const host = useRef<HTMLDivElement>(null);
  // Colours are drawn into the canvas, so another theme needs a new chart.
  useEffect(() => {
    if (host.current === null) return;
    const nSteps = Math.max(...curves.map(({ steps }) => steps.at(-1) ?? 0));
    const data = uPlot.join(curves.map(({ steps, values }) => [[...steps], [...values]]));
    return createChart(host.current, nSteps, (colourOf) => curves.map(seriesOf(colourOf)), data).destroy;
  }, [curves, isDark]);
  return (
    <figure class="chart">
      <figcaption>
        <span>
          <strong>{title}</strong> <small class="muted">{text.ui.chart.unitOfSmoothed(unit)}</small>
        </span>
      </figcaption>
      <div ref={host} class="chart-host" role="img" aria-label={text.ui.chart.overlay(title, curves.length)} />
      <ul class="plain-list chart-legend">
        {curves.map(({ id, name }, idx) => (
          <li key={id}>
            <Swatch style={lineStyle(idx)} />
            <Name text={name} />
          </li>
        ))}
      </ul>
      <details class="small chart-values">
        <summary class="muted">{text.ui.values}</summary>
        <div class="scroll-box">
          <table class="numbers">
            <thead>
              <tr>
                <th scope="col">{text.ui.run}</th>
                {SHARES.map((share) => (
                  <th scope="col" key={share}>
                    {share === 1 ? text.ui.chart.end : text.ui.chart.after(share)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {curves.map(({ id, name, values }) => (
                <tr key={id}>
                  <th scope="row">
                    <Name text={name} />
                  </th>
                  {SHARES.map((share) => (
                    <td key={share}>{formatDecimal(values[Math.ceil(share * values.length) - 1] ?? null)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

/** A piece of the line, as the chart draws it. */
export function Swatch({ style: { colour, dash } }: { style: LineStyle }) {
  return (
    <svg class="swatch" viewBox="0 0 28 4" aria-hidden="true">
      <line
        x1="0"
        y1="2"
        x2="28"
        y2="2"
        style={{ stroke: colour }}
        stroke-width="2.5"
        stroke-dasharray={dash.join(" ")}
      />
    </svg>
  );
}

function seriesOf(colourOf: ColourOf): (curve: OverlaidCurve, idx: number) => uPlot.Series {
  return ({ name }, idx) => {
    const { colour, dash } = lineStyle(idx);
    // Runs have steps of their own, so each lacks those of others.
    const series = { label: name, stroke: colourOf(colour), width: 2, spanGaps: true, points: { show: false } };
    return dash.length === 0 ? series : { ...series, dash: [...dash] };
  };
}
