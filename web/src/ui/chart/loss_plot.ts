/** uPlot, set up for curves by step and tied to the size of its element. */

import uPlot from "uplot";
import { formatSetting } from "../format";

const HEIGHT = 220;

export interface LossPlot {
  plot: uPlot;
  destroy(): void;
}

/** A colour of the style sheet, such as `var(--muted)`, as a canvas understands it. */
export type ColourOf = (colour: string) => string;

/** @param seriesOf The lines, in the order of the data. */
export function createChart(
  host: HTMLElement,
  nSteps: number,
  seriesOf: (colourOf: ColourOf) => uPlot.Series[],
  data: uPlot.AlignedData,
  onPoint?: (idx: number | null) => void,
): LossPlot {
  const colourOf = colourReader(host);
  const font = `12px ${getComputedStyle(host).fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: colourOf("var(--muted)"),
    font,
    grid: { stroke: colourOf("var(--grid)"), width: 1 },
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
      series: [{}, ...seriesOf(colourOf)],
      hooks: {
        setCursor: [(chart) => onPoint?.(chart.cursor.idx ?? null)],
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

function colourReader(host: HTMLElement): ColourOf {
  return (colour) => {
    const probe = document.createElement("span");
    host.append(probe);
    probe.style.color = colour;
    const read = getComputedStyle(probe).color;
    probe.remove();
    return read;
  };
}
