/** uPlot, set up for a loss curve and tied to the size of its element. */

import uPlot from "uplot";
import { formatSetting } from "../format";

const HEIGHT = 220;

export interface LossPlot {
  plot: uPlot;
  destroy(): void;
}

export function createChart(
  host: HTMLElement,
  nSteps: number,
  data: uPlot.AlignedData,
  onPoint: (idx: number | null) => void,
): LossPlot {
  const colours = coloursOf(host);
  const font = `12px ${getComputedStyle(host).fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: colours.text,
    font,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  let zoom: [number, number] | null = null;
  const plot = new uPlot(
    {
      width: host.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: true, setScale: false }, points: { size: 7 } },
      padding: [8, 12, 0, 0],
      scales: {
        x: { time: false, range: () => zoom ?? [0, Math.max(1, nSteps)] },
        // Losses are shown from zero: a small change should look small.
        y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
      },
      axes: [
        { ...axis, size: 32, incrs: WHOLE_STEPS },
        { ...axis, size: 46, values: (_plot, values) => values.map(formatSetting) },
      ],
      series: [
        {},
        {
          label: "loss",
          stroke: colours.raw,
          // Points alone: a line through noise draws the eye to the noise.
          paths: () => null,
          points: { show: true, size: 4, width: 0, fill: colours.raw, stroke: colours.raw },
        },
        { label: "smoothed", stroke: colours.line, width: 2.2, points: { show: false } },
      ],
      hooks: {
        setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)],
        // What is drawn over with the pointer becomes the whole axis; a double click shows all again.
        setSelect: [
          (chart) => {
            const { left, width } = chart.select;
            if (width > 4) showSteps([chart.posToVal(left, "x"), chart.posToVal(left + width, "x")]);
          },
        ],
      },
    },
    data,
    host,
  );
  const showSteps = (steps: [number, number] | null) => {
    zoom = steps;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    plot.setData(plot.data);
  };
  plot.over.addEventListener("dblclick", () => showSteps(null));
  const observer = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: HEIGHT }));
  observer.observe(host);
  return {
    plot,
    destroy: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}

/** Steps are whole, and so are the marks on their axis. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/** The style sheet's colours as a canvas understands them. */
function coloursOf(host: HTMLElement): Record<"text" | "grid" | "raw" | "line", string> {
  const probe = document.createElement("span");
  host.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    text: colour("--muted"),
    grid: colour("--grid"),
    raw: colour("--curve-raw"),
    line: colour("--curve-line"),
  };
  probe.remove();
  return colours;
}
