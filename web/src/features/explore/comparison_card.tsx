import { useState } from "preact/hooks";
import type { Comparison } from "../../protocol";
import { MAX_PROBABILITIES_IN_SIGHT } from "../../settings";
import { text } from "../../text";
import { ClassName, classColour, classLabel } from "../../ui/class_name";
import { formatChange, formatDecimal, formatPercent } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";

interface ComparisonCardProps {
  title: string;
  moment: "before" | "after";
  comparison: Comparison;
  /** What to show the change from. */
  reference?: Comparison;
  classes: readonly string[];
  /** True if its classes mean nothing, since the head is untrained. */
  isChance?: boolean;
  note: string;
}

/** The result of one model for the two sentences. */
export function ComparisonCard({
  title,
  moment,
  comparison,
  reference,
  classes,
  isChance = false,
  note,
}: ComparisonCardProps) {
  const { cosine, probabilities } = comparison;
  return (
    <article class="comparison">
      <h3>{title}</h3>
      <div class="comparison-row">
        <span>{text.explore.cosine}</span>
        <span class="numbers" data-testid={`cosine-${moment}`} data-value={cosine}>
          <strong>{formatDecimal(cosine)}</strong>
          {reference !== undefined && <small class="muted"> {changeText(cosine - reference.cosine)}</small>}
        </span>
      </div>
      <CosineMeter cosine={cosine} label={text.explore.cosineOf(title)} />
      {classes.length > 0 && (
        <Probabilities moment={moment} classes={classes} probabilities={probabilities} isChance={isChance} />
      )}
      <p class="muted small">{note}</p>
    </article>
  );
}

interface ProbabilitiesProps extends Pick<ComparisonCardProps, "moment" | "classes"> {
  probabilities: number[];
  isChance: boolean;
}

/** Every class in the head's order or, of many, the most probable, best first. */
function Probabilities({ moment, classes, probabilities, isChance }: ProbabilitiesProps) {
  const [showsAll, setShowsAll] = useState(false);
  const order = probabilities.map((_, classIdx) => classIdx);
  const ranked = order.toSorted((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
  const isLong = order.length > MAX_PROBABILITIES_IN_SIGHT;
  const shown = isLong ? ranked.slice(0, showsAll ? ranked.length : MAX_PROBABILITIES_IN_SIGHT - 1) : order;
  return (
    <>
      <ul class={isChance ? "plain-list probabilities is-chance" : "plain-list probabilities"}>
        {shown.map((classIdx) => (
          <li key={classLabel(classes, classIdx)} class={!isChance && classIdx === ranked[0] ? "is-best" : ""}>
            <ClassName classes={classes} classIdx={classIdx} />
            <span class="probability-bar" aria-hidden="true">
              <span style={{ width: `${(probabilities[classIdx] ?? 0) * 100}%`, background: classColour(classIdx) }} />
            </span>
            <span
              class="numbers"
              data-testid={`probability-${moment}-${classLabel(classes, classIdx)}`}
              data-value={probabilities[classIdx]}
            >
              {formatPercent(probabilities[classIdx] ?? 0, 0)}
            </span>
          </li>
        ))}
      </ul>
      {isLong && (
        <p>
          <SmallButton aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? text.explore.showMostProbable : text.ui.allClassesOf(order.length)}
          </SmallButton>
        </p>
      )}
    </>
  );
}

function changeText(change: number): string {
  const shown = formatChange(change);
  return shown.startsWith("±") ? text.ui.unchanged : shown;
}

/** From −1 (opposite) over 0 (unrelated) to 1 (same direction). */
function CosineMeter({ cosine, label }: { cosine: number; label: string }) {
  const position = (Math.min(1, Math.max(-1, cosine)) + 1) / 2;
  const start = Math.min(position, 0.5);
  return (
    <div>
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
