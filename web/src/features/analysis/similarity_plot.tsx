import { useState } from "preact/hooks";
import { text } from "../../text";
import { classColour } from "../../ui/class_name";
import { formatDecimal, formatScore } from "../../ui/format";
import { Axes, PLOT, xOf, yOf } from "./axes";
import type { JudgedPair } from "./judged_pairs";

interface SimilarityPlotProps {
  judged: readonly JudgedPair[];
  classes: readonly string[];
  scoreRange: [number, number];
  onTry: (sentenceA: string, sentenceB: string) => void;
}

/** More points would hide each other; of more pairs evenly chosen ones are drawn. */
const MAX_POINTS = 1_000;

/** The cosine of each pair over its similarity. A click tries the pair; the list below has the same pairs for the keyboard. */
export function SimilarityPlot({ judged, classes, scoreRange, onTry }: SimilarityPlotProps) {
  const [pointed, setPointed] = useState<JudgedPair | null>(null);
  const scored = judged.filter(({ pair }) => pair.score !== null);
  const stride = Math.ceil(scored.length / MAX_POINTS);
  const points = scored.filter((_, idx) => idx % stride === 0);
  const low = Math.min(
    0,
    ...points.map(({ judgement }) => Math.floor(judgement.cosine * 4) / 4).filter(Number.isFinite),
  );
  const [least, most] = scoreRange;
  return (
    <>
      <svg
        viewBox={`0 0 ${PLOT.width} ${PLOT.height}`}
        role="img"
        aria-label={text.analysis.similarityPlot(points.length)}
        data-testid="similarity-plot"
        data-points={points.length}
      >
        <Axes
          x={{ title: text.analysis.similarityAxis(least, most), ends: [String(least), String(most)] }}
          y={{ title: text.analysis.cosineAxis, ends: [formatDecimal(low, 2), "1"] }}
        />
        {/* biome-ignore-start lint/a11y/noStaticElementInteractions: the list below has the same pairs, with buttons. */}
        {/* biome-ignore-start lint/a11y/useKeyWithClickEvents: see above. */}
        {points.map((each) => (
          <circle
            key={each.pair.id}
            class="point"
            cx={xOf(each.pair.score ?? 0)}
            cy={yOf((each.judgement.cosine - low) / (1 - low))}
            r={3.5}
            style={{ fill: each.pair.label === null ? "var(--curve-line)" : classColour(each.pair.label) }}
            onPointerEnter={() => setPointed(each)}
            onClick={() => onTry(each.pair.sentence_a, each.pair.sentence_b)}
          />
        ))}
        {/* biome-ignore-end lint/a11y/useKeyWithClickEvents: see above. */}
        {/* biome-ignore-end lint/a11y/noStaticElementInteractions: see above. */}
      </svg>
      <p class="muted small plot-note" aria-hidden="true">
        {pointed === null
          ? text.analysis.pointAt
          : text.analysis.pointed(
              <>
                <bdi>{pointed.pair.sentence_a}</bdi> · <bdi>{pointed.pair.sentence_b}</bdi>
              </>,
              formatScore(pointed.pair.score ?? 0, scoreRange),
              formatDecimal(pointed.judgement.cosine),
              pointed.pair.label === null ? null : (classes[pointed.pair.label] ?? ""),
            )}
      </p>
    </>
  );
}
