import { formatChange, formatDecimal, formatPercent } from "../format";
import type { Comparison } from "../protocol";
import { ClassName, classColour, classLabel } from "./class_name";

interface ComparisonCardProps {
  title: string;
  moment: "before" | "after";
  comparison: Comparison;
  /** What to show the change from. */
  reference?: Comparison;
  classes: string[];
  note: string;
}

/** What one model says of the two sentences. */
export function ComparisonCard({ title, moment, comparison, reference, classes, note }: ComparisonCardProps) {
  const { cosine, probabilities } = comparison;
  const best = probabilities.indexOf(Math.max(...probabilities));
  return (
    <article class="comparison">
      <h3>{title}</h3>
      <div class="comparison-row">
        <span>Cosine similarity</span>
        <span class="numbers" data-testid={`cosine-${moment}`} data-value={cosine}>
          <strong>{formatDecimal(cosine)}</strong>
          {reference !== undefined && <small class="muted"> {changeText(cosine - reference.cosine)}</small>}
        </span>
      </div>
      <CosineMeter cosine={cosine} label={`${title}: cosine similarity`} />
      <ul class="probabilities">
        {probabilities.map((probability, classIdx) => (
          <li key={classLabel(classes, classIdx)} class={classIdx === best ? "is-best" : ""}>
            <ClassName classes={classes} classIdx={classIdx} />
            <span class="probability-bar" aria-hidden="true">
              <span style={{ width: `${probability * 100}%`, background: classColour(classIdx) }} />
            </span>
            <span
              class="numbers"
              data-testid={`probability-${moment}-${classLabel(classes, classIdx)}`}
              data-value={probability}
            >
              {formatPercent(probability, 0)}
            </span>
          </li>
        ))}
      </ul>
      <p class="muted small">{note}</p>
    </article>
  );
}

function changeText(change: number): string {
  const text = formatChange(change);
  return text.startsWith("±") ? "unchanged" : text;
}

/** From −1 (opposite) over 0 (unrelated) to 1 (same direction). */
function CosineMeter({ cosine, label }: { cosine: number; label: string }) {
  const position = (Math.min(1, Math.max(-1, cosine)) + 1) / 2;
  const start = Math.min(position, 0.5);
  return (
    <div class="cosine">
      {/* biome-ignore lint/a11y/useSemanticElements: a native meter has no middle to start from. */}
      <div
        class="cosine-track"
        role="meter"
        aria-label={label}
        aria-valuemin={-1}
        aria-valuemax={1}
        aria-valuenow={Number(cosine.toFixed(3))}
      >
        <span class="cosine-fill" style={{ left: `${start * 100}%`, width: `${Math.abs(position - 0.5) * 100}%` }} />
        <span class="cosine-zero" />
        <span class="cosine-mark" style={{ left: `${position * 100}%` }} />
      </div>
      <div class="cosine-scale muted numbers" aria-hidden="true">
        <span>−1</span>
        <span>0</span>
        <span>1</span>
      </div>
    </div>
  );
}
