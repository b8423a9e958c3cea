import { useState } from "preact/hooks";
import type { PastRun } from "../../storage/run_history";
import { text } from "../../text";
import { lineStyle } from "../../ui/chart/line_style";
import { formatDuration } from "../../ui/format";
import { Name } from "../../ui/name";
import { Radios } from "../../ui/radios";
import { formatScoreOf, type ScoreRow } from "../../ui/score_rows";
import { useMedia } from "../../ui/use_media";
import { knownQualities, labelPlaces, type QualityPoint, qualityPoints, type Spread, ticksBetween } from "./quality";

const HEIGHT = 300;
const LEFT = 58;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 44;
const LINE_HEIGHT = 15;
/** Of a letter of a label, about. */
const LETTER_WIDTH = 6.6;
const MAX_LETTERS = 28;

/** Quality against seconds of training, as a plot and as a table. */
export function QualityPlot({ runs }: { runs: readonly PastRun[] }) {
  const rows = knownQualities(runs);
  const [chosen, setChosen] = useState<ScoreRow["id"] | null>(null);
  const row = rows.find(({ id }) => id === chosen) ?? rows[0];
  if (row === undefined) return null;
  const points = qualityPoints(runs, row);
  return (
    <figure class="stack-tight" data-testid="quality">
      <figcaption class="quality-head">
        <strong>{text.compare.quality}</strong>
        <span class="quality-choice">
          <Radios
            options={Object.fromEntries(rows.map(({ id, name }) => [id, name])) as Record<ScoreRow["id"], string>}
            value={row.id}
            onValue={(id) => setChosen(id)}
          />
        </span>
      </figcaption>
      <Plot points={points} row={row} />
      <details class="small chart-values">
        <summary class="muted">{text.ui.values}</summary>
        <div class="scroll-box">
          <table class="numbers">
            <thead>
              <tr>
                <th scope="col">{text.ui.run}</th>
                <th scope="col">{text.ui.runs}</th>
                <th scope="col">{row.name}</th>
                <th scope="col">{text.ui.training}</th>
              </tr>
            </thead>
            <tbody>
              {points.map(({ id, label, nRuns, quality, secs }) => (
                <tr key={id}>
                  <th scope="row">
                    <Name text={label} />
                  </th>
                  <td>{nRuns}</td>
                  <td>{spreadText(quality, (value) => formatScoreOf(row, value))}</td>
                  <td>{spreadText(secs, formatDuration)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
      {points.some(({ nRuns }) => nRuns > 1) && <p class="muted small">{text.compare.seedNote}</p>}
    </figure>
  );
}

function spreadText({ mean, low, high }: Spread, format: (value: number) => string): string {
  return low === high ? format(mean) : `${format(mean)} ${text.ui.interval(format(low), format(high))}`;
}

function Plot({ points, row }: { points: readonly QualityPoint[]; row: ScoreRow }) {
  const width = useMedia("(max-width: 40rem)") ? 330 : 640;
  const xs = scaleOf(0, 1.05 * Math.max(...points.map(({ secs }) => secs.high)), LEFT, width - RIGHT);
  const [low, high] = [
    Math.min(...points.map(({ quality }) => quality.low)),
    Math.max(...points.map(({ quality }) => quality.high)),
  ];
  const margin = Math.max((high - low) * 0.15, 0.005);
  const ys = scaleOf(low - margin, high + margin, HEIGHT - BOTTOM, TOP);
  const labels = points.map(({ label }) => cut(label));
  const marks = points.map(({ secs, quality }, idx) => ({
    x: xs.at(secs.mean),
    y: ys.at(quality.mean),
    width: (labels[idx]?.length ?? 0) * LETTER_WIDTH,
  }));
  const places = labelPlaces(marks, width, LINE_HEIGHT);
  return (
    <svg
      class="quality-plot"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      style={{ maxWidth: `${width}px` }}
      role="img"
      aria-label={text.compare.qualityPlot(row.name, points.length)}
    >
      {ys.ticks(5).map((tick) => (
        <g key={tick}>
          <line class="quality-grid" x1={LEFT} x2={width - RIGHT} y1={ys.at(tick)} y2={ys.at(tick)} />
          <text x={LEFT - 8} y={ys.at(tick)} text-anchor="end" dominant-baseline="middle">
            {row.isPercent ? `${Number((tick * 100).toPrecision(4))}%` : String(tick).replace("-", "−")}
          </text>
        </g>
      ))}
      {xs.ticks(width / 110).map((tick) => (
        <text key={tick} x={xs.at(tick)} y={HEIGHT - BOTTOM + 18} text-anchor="middle">
          {tick}
        </text>
      ))}
      <line class="quality-axis" x1={LEFT} x2={width - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
      <text x={(LEFT + width - RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
        {text.compare.secsOfTraining}
      </text>
      {points.map(({ id, secs, quality }, idx) => {
        const { colour } = lineStyle(idx);
        const [x, y] = [xs.at(secs.mean), ys.at(quality.mean)];
        return (
          <g key={id} style={{ stroke: colour, fill: colour }}>
            <line x1={xs.at(secs.low)} x2={xs.at(secs.high)} y1={y} y2={y} stroke-width="1.5" />
            <line x1={x} x2={x} y1={ys.at(quality.low)} y2={ys.at(quality.high)} stroke-width="1.5" />
            <circle cx={x} cy={y} r="5" />
          </g>
        );
      })}
      {/* Over all lines. */}
      {places.map(({ x, y, anchor }, idx) => (
        <text key={points[idx]?.id} class="quality-label" x={x} y={y} text-anchor={anchor} dominant-baseline="middle">
          {labels[idx]}
        </text>
      ))}
    </svg>
  );
}

/** From values to pixels. */
function scaleOf(low: number, high: number, from: number, to: number) {
  // All values may be the same, or none.
  const length = high - low || 1;
  return {
    at: (value: number) => from + ((value - low) / length) * (to - from),
    ticks: (nTicks: number) => ticksBetween(low, low + length, nTicks),
  };
}

function cut(label: string): string {
  return label.length > MAX_LETTERS ? `${label.slice(0, MAX_LETTERS - 1)}…` : label;
}
