import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { formatCount, formatDecimal } from "../format";
import { createChart } from "./loss_plot";

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
  const [pointedIdx, setPointedIdx] = useState<number | null>(null);
  const latest = useRef(curve);
  latest.current = curve;

  // Colours are drawn into the canvas, so another theme needs a new chart.
  useEffect(() => {
    if (host.current === null) return;
    const chart = createChart(host.current, nSteps, dataOf(latest.current), setPointedIdx);
    plot.current = chart.plot;
    return () => {
      plot.current = null;
      chart.destroy();
    };
  }, [nSteps, isDark]);

  useEffect(() => plot.current?.setData(dataOf(curve)), [curve]);

  const idx = pointedIdx !== null && pointedIdx < curve.steps.length ? pointedIdx : curve.steps.length - 1;
  const step = curve.steps[idx];
  const text =
    step === undefined
      ? "no point yet"
      : `step ${formatCount(step)}: ${formatDecimal(curve.raw[idx] ?? null)}, smoothed ${formatDecimal(curve.smooth[idx] ?? null)}`;
  return (
    <figure class="chart">
      <figcaption>
        <span>
          <strong>{title}</strong> <small class="muted">{unit}</small>
        </span>
        <small class="muted numbers" aria-hidden="true">
          {text}
        </small>
      </figcaption>
      <div
        ref={host}
        class="chart-host"
        role="img"
        aria-label={`${title} by step; ${text}`}
        data-testid={testId}
        data-points={curve.steps.length}
        data-step={curve.steps.at(-1)}
        data-value={curve.raw.at(-1)}
      />
    </figure>
  );
}

function dataOf(curve: Curve): uPlot.AlignedData {
  // uPlot only reads what it is given.
  return [curve.steps, curve.raw, curve.smooth] as unknown as uPlot.AlignedData;
}
