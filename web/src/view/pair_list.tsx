import { NONE } from "../format";
import type { PairInfo } from "../protocol";
import { ClassName } from "./class_name";

/** The corpus keeps scores from 0 to 1; people read them from 0 to 5. */
const MAX_SCORE = 5;

interface PairListProps {
  pairs: PairInfo[];
  classes: string[];
  onTry: (pair: PairInfo) => void;
}

/** Pairs as rows, for wide screens. */
export function PairTable({ pairs, classes, onTry }: PairListProps) {
  return (
    <table class="pair-table">
      <thead>
        <tr>
          <th scope="col">Sentence A</th>
          <th scope="col">Sentence B</th>
          <th scope="col">Class</th>
          <th scope="col">Similarity</th>
          <th scope="col">
            <span class="visually-hidden">Try</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => (
          <tr key={pair.id}>
            <td>{pair.sentence_a}</td>
            <td>{pair.sentence_b}</td>
            <td>
              <PairClass pair={pair} classes={classes} />
            </td>
            <td>
              <Score score={pair.score} />
            </td>
            <td>
              <TryButton pair={pair} onTry={onTry} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Pairs as cards, for phones. */
export function PairCards({ pairs, classes, onTry }: PairListProps) {
  return (
    <ul class="pair-cards">
      {pairs.map((pair) => (
        <li key={pair.id}>
          <p>{pair.sentence_a}</p>
          <p>{pair.sentence_b}</p>
          <div class="pair-card-foot">
            <PairClass pair={pair} classes={classes} />
            <Score score={pair.score} />
            <TryButton pair={pair} onTry={onTry} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function PairClass({ pair, classes }: { pair: PairInfo; classes: string[] }) {
  return (
    <span class="pair-class">
      {pair.label === null ? <span class="muted">{NONE}</span> : <ClassName classes={classes} classIdx={pair.label} />}
      {pair.held_out && <span class="tag">held out</span>}
    </span>
  );
}

function TryButton({ pair, onTry }: { pair: PairInfo; onTry: PairListProps["onTry"] }) {
  return (
    <button
      type="button"
      class="outline small-button"
      aria-label={`Try the pair “${pair.sentence_a}” and “${pair.sentence_b}”`}
      onClick={() => onTry(pair)}
    >
      Try
    </button>
  );
}

function Score({ score }: { score: number | null }) {
  if (score === null) return <span class="muted">{NONE}</span>;
  const text = (score * MAX_SCORE).toFixed(1);
  return (
    <span class="score">
      <span class="score-bar" aria-hidden="true">
        <span style={{ width: `${score * 100}%` }} />
      </span>
      <span class="numbers">
        {text}
        <span class="muted" aria-hidden="true">
          /{MAX_SCORE}
        </span>
        <span class="visually-hidden"> of {MAX_SCORE}</span>
      </span>
    </span>
  );
}
