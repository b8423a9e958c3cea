import { useState } from "preact/hooks";
import type { CorpusInfo } from "../../protocol";
import { MAX_CLASSES_IN_SIGHT } from "../../settings";
import { text } from "../../text";
import { ClassName, classColour, classLabel } from "../../ui/class_name";
import { formatCount, formatPercent } from "../../ui/format";

/** With more parts there is no space for gaps between them. */
const MAX_PARTS_WITH_GAPS = 24;

/** How the classes are spread over the training and the held-out pairs. */
export function ClassBalance({ corpus }: { corpus: CorpusInfo }) {
  const { classes, class_counts: counts, n_pairs: nPairs, n_held_out: nHeldOut } = corpus;
  return (
    <div class="balance">
      <Part
        name={text.ui.parts.train}
        classes={classes}
        counts={counts.map(([nTrain]) => nTrain)}
        nPairs={nPairs - nHeldOut}
      />
      <Part
        name={text.ui.parts.held_out}
        classes={classes}
        counts={counts.map(([, nScored]) => nScored)}
        nPairs={nHeldOut}
      />
    </div>
  );
}

interface PartProps {
  name: string;
  classes: readonly string[];
  /** Pairs of each class. */
  counts: number[];
  /** All pairs, those without a class too. */
  nPairs: number;
}

function Part({ name, classes, counts, nPairs }: PartProps) {
  const [showsAll, setShowsAll] = useState(false);
  const nLabelled = counts.reduce((sum, count) => sum + count, 0);
  const order = counts.map((_, classIdx) => classIdx);
  const isLong = counts.length > MAX_CLASSES_IN_SIGHT;
  // If not all are shown, the largest are.
  const shown =
    isLong && !showsAll
      ? order.toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0)).slice(0, MAX_CLASSES_IN_SIGHT)
      : order;
  return (
    <figure>
      <figcaption>
        <strong>{name}</strong> <span class="muted">{formatCount(nPairs)}</span>
      </figcaption>
      <div class={counts.length > MAX_PARTS_WITH_GAPS ? "balance-bar is-dense" : "balance-bar"} aria-hidden="true">
        {counts.map((count, classIdx) => (
          <span
            key={classLabel(classes, classIdx)}
            style={{ flexGrow: count, background: classColour(classIdx) }}
            title={classLabel(classes, classIdx)}
          />
        ))}
      </div>
      <ul class="plain-list balance-legend">
        {shown.map((classIdx) => (
          <li key={classLabel(classes, classIdx)}>
            <ClassName classes={classes} classIdx={classIdx} />{" "}
            <span class="numbers">
              {formatCount(counts[classIdx] ?? 0)}
              <span class="muted"> {nLabelled > 0 && formatPercent((counts[classIdx] ?? 0) / nLabelled, 0)}</span>
            </span>
          </li>
        ))}
        {nPairs > nLabelled && <li class="muted">{text.pairs.withoutClass(nPairs - nLabelled)}</li>}
      </ul>
      {isLong && (
        <button
          type="button"
          class="outline small-button balance-more"
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? text.pairs.showLargest : text.ui.allClassesOf(counts.length)}
        </button>
      )}
    </figure>
  );
}
