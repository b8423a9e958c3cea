import { useMemo } from "preact/hooks";
import { text } from "../../text";
import { ClassName } from "../../ui/class_name";
import { formatDecimal } from "../../ui/format";
import type { EncodedSet } from "./embedding_state";
import { SentenceButton } from "./sentence_button";
import { type Moments, type Neighbour, neighboursOf } from "./vectors";

/** The nearest neighbours of a sentence by both models; null if none is selected. */
export function useNeighbours(set: EncodedSet, selected: number | null): Moments<Neighbour[]> | null {
  return useMemo(() => {
    if (selected === null) return null;
    const { vectors, nNeighbours } = set;
    const { before, after } = vectors;
    return {
      before: neighboursOf(before, selected, nNeighbours),
      after: after && neighboursOf(after, selected, nNeighbours),
    };
  }, [set, selected]);
}

interface NeighboursViewProps {
  set: EncodedSet;
  selected: number | null;
  neighbours: Moments<Neighbour[]> | null;
  onSelect: (row: number) => void;
}

/** The selected sentence, and what is nearest to it before and after training. */
export function NeighboursView({ set, selected, neighbours, onSelect }: NeighboursViewProps) {
  const sentence = selected === null ? undefined : set.sentences[selected];
  if (selected === null || sentence === undefined || neighbours === null) {
    return <p class="muted">{text.explore.selectPoint}</p>;
  }
  const partner = sentence.partner === null ? undefined : set.sentences[sentence.partner];
  return (
    <section class="stack" aria-labelledby="selected-title" data-testid="selected">
      <div class="stack-tight">
        <h3 id="selected-title">{text.explore.selected}</h3>
        <p data-testid="selected-sentence">
          <bdi>{sentence.text}</bdi>{" "}
          <span class="muted small numbers">({text.ui.of(selected + 1, set.sentences.length)})</span>
        </p>
        {sentence.split !== null && (
          <p class="button-row small">
            {sentence.label !== null && <ClassName classes={set.classes} classIdx={sentence.label} />}
            <span class="muted">{text.ui.splits[sentence.split]}</span>
          </p>
        )}
        {partner !== undefined && sentence.partner !== null && (
          <div class="small">
            <span class="muted">{text.explore.partner}</span>
            <SentenceButton text={partner.text} row={sentence.partner} onSelect={onSelect} />
          </div>
        )}
      </div>
      <div class="neighbour-lists">
        <NeighbourList
          title={text.explore.nearest.before}
          testId="neighbours-before"
          note={text.explore.noLonger}
          neighbours={neighbours.before}
          others={neighbours.after}
          set={set}
          onSelect={onSelect}
        />
        {neighbours.after !== null && (
          <NeighbourList
            title={text.explore.nearest.after}
            testId="neighbours-after"
            note={text.explore.isNew}
            neighbours={neighbours.after}
            others={neighbours.before}
            set={set}
            onSelect={onSelect}
          />
        )}
      </div>
    </section>
  );
}

interface NeighbourListProps extends Pick<NeighboursViewProps, "set" | "onSelect"> {
  title: string;
  testId: string;
  /** Said of a neighbour that the other model doesn't have. */
  note: string;
  neighbours: readonly Neighbour[];
  others: readonly Neighbour[] | null;
}

function NeighbourList({ title, testId, note, neighbours, others, set, onSelect }: NeighbourListProps) {
  const rows = new Set(others?.map(({ row }) => row));
  return (
    <section class="stack-tight" aria-label={title}>
      <h4>{title}</h4>
      <ol class="neighbours small" data-testid={testId}>
        {neighbours.map(({ row, cosine }) => (
          <li key={row}>
            <SentenceButton text={set.sentences[row]?.text ?? ""} row={row} onSelect={onSelect} />
            <span class="numbers muted">
              {" "}
              {formatDecimal(cosine)}
              {others !== null && !rows.has(row) && <strong class="neighbour-note"> {note}</strong>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
