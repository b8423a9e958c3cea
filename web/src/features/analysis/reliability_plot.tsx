import { text } from "../../text";
import { Axes, PLOT, xOf, yOf } from "./axes";
import type { Bin } from "./judged_pairs";

/** How often the chosen class is right, over how probable the model holds it: on the line it is as sure as it may be. */
export function ReliabilityPlot({ bins }: { bins: readonly Bin[] }) {
  const most = Math.max(...bins.map(({ nPairs }) => nPairs));
  return (
    <>
      <svg
        viewBox={`0 0 ${PLOT.width} ${PLOT.height}`}
        role="img"
        aria-label={text.analysis.reliabilityPlot(textOf(bins))}
      >
        <Axes
          x={{ title: text.analysis.probabilityAxis, ends: ["0", "1"] }}
          y={{ title: text.analysis.accuracyAxis, ends: ["0", "1"] }}
        />
        <line class="ideal" x1={xOf(0)} y1={yOf(0)} x2={xOf(1)} y2={yOf(1)} />
        <polyline class="line" points={bins.map((bin) => `${xOf(bin.probability)},${yOf(bin.accuracy)}`).join(" ")} />
        {bins.map((bin) => (
          <circle
            key={bin.probability}
            class="bin"
            cx={xOf(bin.probability)}
            cy={yOf(bin.accuracy)}
            r={3 + 5 * Math.sqrt(bin.nPairs / most)}
          >
            <title>{textOf([bin])}</title>
          </circle>
        ))}
      </svg>
      <p class="muted small plot-note">{text.analysis.reliabilityNote}</p>
    </>
  );
}

function textOf(bins: readonly Bin[]): string {
  return bins.map(({ nPairs, probability, accuracy }) => text.analysis.bin(nPairs, probability, accuracy)).join("; ");
}
