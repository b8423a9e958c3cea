/** The frame of a plot over two shares from 0 to 1. */

export const PLOT = { width: 340, height: 260, left: 40, right: 8, top: 8, bottom: 36 } as const;

/** Where a share from 0 to 1 lies; what is outside is drawn at the edge. */
export const xOf = (share: number) => PLOT.left + within(share) * (PLOT.width - PLOT.left - PLOT.right);
export const yOf = (share: number) =>
  PLOT.height - PLOT.bottom - within(share) * (PLOT.height - PLOT.top - PLOT.bottom);

const within = (share: number) => (Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0);

interface Axis {
  title: string;
  /** What its two ends are called. */
  ends: [string, string];
}

export function Axes({ x, y }: { x: Axis; y: Axis }) {
  return (
    <g class="axes">
      {[0.25, 0.5, 0.75, 1].map((share) => (
        <line key={share} class="grid" x1={xOf(0)} x2={xOf(1)} y1={yOf(share)} y2={yOf(share)} />
      ))}
      <path d={`M${xOf(0)} ${yOf(1)}V${yOf(0)}H${xOf(1)}`} fill="none" />
      <text x={xOf(0.5)} y={PLOT.height - 4} text-anchor="middle">
        {x.title}
      </text>
      <text x={xOf(0)} y={PLOT.height - 20} text-anchor="middle">
        {x.ends[0]}
      </text>
      <text x={xOf(1)} y={PLOT.height - 20} text-anchor="end">
        {x.ends[1]}
      </text>
      <text x={12} y={yOf(0.5)} text-anchor="middle" transform={`rotate(-90 12 ${yOf(0.5)})`}>
        {y.title}
      </text>
      <text x={PLOT.left - 4} y={yOf(0)} text-anchor="end">
        {y.ends[0]}
      </text>
      <text x={PLOT.left - 4} y={yOf(1) + 8} text-anchor="end">
        {y.ends[1]}
      </text>
    </g>
  );
}
