import { useRef } from "preact/hooks";
import type { CorpusInfo, PairRecord } from "../../protocol";
import { text } from "../../text";
import { ClassName } from "../../ui/class_name";
import { formatScore, NONE } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import { useVirtualRows } from "../../ui/virtual_rows";

/** Estimated height of a row or card, before it is measured. */
const ROW_HEIGHT = 62;
const CARD_HEIGHT = 150;

interface PairListProps {
  info: CorpusInfo;
  pairs: readonly PairRecord[];
  /** Positions in `pairs` of those to show. */
  found: readonly number[];
  onTry: (sentenceA: string, sentenceB: string) => void;
}

/** Pairs as rows, for wide screens. */
export function PairTable({ info, pairs, found, onTry }: PairListProps) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualRows(scroller, found, ROW_HEIGHT);
  const [hasClasses, hasScores] = [info.classes.length > 0, info.n_scored > 0];
  const nColumns = 3 + Number(hasClasses) + Number(hasScores);
  const spacer = (height: number) =>
    height > 0 && (
      // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row is nothing that takes the focus.
      <tr aria-hidden="true">
        <td colSpan={nColumns} class="pair-spacer" style={{ height: `${height}px` }} />
      </tr>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="pair-scroller" aria-label={text.ui.pairs} tabIndex={0} ref={scroller} data-testid="pair-list">
      <table class="pair-table" aria-rowcount={found.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{text.ui.ofPair.sentence_a}</th>
            <th scope="col">{text.ui.ofPair.sentence_b}</th>
            {/* Without classes, this column still says which pairs are held out. */}
            <th scope="col" class="pair-column-class">
              {hasClasses ? text.ui.ofPair.label : text.ui.part}
            </th>
            {hasScores && (
              <th scope="col" class="pair-column-score">
                {text.ui.ofPair.score}
              </th>
            )}
            <th scope="col" class="pair-column-try">
              <span class="visually-hidden">{text.ui.try}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {spacer(rows.before)}
          {rows.shown.map((position) => {
            const pairIdx = found[position] ?? -1;
            const pair = pairs[pairIdx];
            if (pair === undefined) return null;
            return (
              <tr key={pairIdx} ref={rows.measure} data-index={position} aria-rowindex={position + 2}>
                <td>
                  <Sentence text={pair.sentence_a} />
                </td>
                <td>
                  <Sentence text={pair.sentence_b} />
                </td>
                <td>
                  <PairClass pair={pair} classes={info.classes} />
                </td>
                {hasScores && (
                  <td>
                    <Score score={pair.score} range={info.score_range} />
                  </td>
                )}
                <td>
                  <TryButton pair={pair} onTry={onTry} />
                </td>
              </tr>
            );
          })}
          {spacer(rows.after)}
        </tbody>
      </table>
    </section>
  );
}

/** Pairs as cards, for phones. */
export function PairCards({ info, pairs, found, onTry }: PairListProps) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualRows(scroller, found, CARD_HEIGHT);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="pair-scroller" aria-label={text.ui.pairs} tabIndex={0} ref={scroller} data-testid="pair-list">
      <ul class="plain-list pair-cards" style={{ paddingTop: `${rows.before}px`, paddingBottom: `${rows.after}px` }}>
        {rows.shown.map((position) => {
          const pairIdx = found[position] ?? -1;
          const pair = pairs[pairIdx];
          if (pair === undefined) return null;
          return (
            <li
              key={pairIdx}
              ref={rows.measure}
              data-index={position}
              aria-setsize={found.length}
              aria-posinset={position + 1}
            >
              <div class="pair-card">
                <Sentence text={pair.sentence_a} />
                <Sentence text={pair.sentence_b} />
                <div class="pair-card-foot">
                  <PairClass pair={pair} classes={info.classes} />
                  {info.n_scored > 0 && <Score score={pair.score} range={info.score_range} />}
                  <TryButton pair={pair} onTry={onTry} />
                </div>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** A sentence, which may be long and right-to-left. */
function Sentence({ text }: { text: string }) {
  return (
    <span class="cut-lines" dir="auto">
      {text}
    </span>
  );
}

function PairClass({ pair, classes }: { pair: PairRecord; classes: readonly string[] }) {
  return (
    <span class="pair-class">
      {pair.label !== null && <ClassName classes={classes} classIdx={pair.label} />}
      {pair.label === null && classes.length > 0 && <span class="muted">{NONE}</span>}
      {pair.split === "held_out" && <span class="tag">{text.ui.splits.held_out}</span>}
    </span>
  );
}

/** Longer sentences are cut in the accessible name of the button. */
const MAX_SPOKEN = 80;

function TryButton({ pair, onTry }: { pair: PairRecord; onTry: PairListProps["onTry"] }) {
  const spoken = (sentence: string) => (sentence.length > MAX_SPOKEN ? `${sentence.slice(0, MAX_SPOKEN)}…` : sentence);
  return (
    <SmallButton
      aria-label={text.ui.tryPair(spoken(pair.sentence_a), spoken(pair.sentence_b))}
      onClick={() => onTry(pair.sentence_a, pair.sentence_b)}
    >
      {text.ui.try}
    </SmallButton>
  );
}

interface ScoreProps {
  /** From 0 to 1. */
  score: number | null;
  /** The scale of the file, on which it is shown. */
  range: [number, number];
}

function Score({ score, range }: ScoreProps) {
  if (score === null) return <span class="muted">{NONE}</span>;
  const [low, high] = range;
  return (
    <span class="score">
      <span class="score-bar" aria-hidden="true">
        <span style={{ width: `${score * 100}%` }} />
      </span>
      <span class="numbers">
        {formatScore(score, range)}
        {low === 0 && (
          <span class="muted" aria-hidden="true">
            /{high}
          </span>
        )}
        <span class="visually-hidden"> {text.pairs.onScale(low, high)}</span>
      </span>
    </span>
  );
}
