import type { ScoreChange as Change } from "../../protocol";
import { text } from "../../text";
import { NONE } from "../../ui/format";
import { ScoreChange } from "../../ui/score_change";
import { formatScoreOf, SCORE_ROWS, type ScoreRow } from "../../ui/score_rows";
import type { Run } from "./run";

/** Scores on the held-out pairs before and after, with the change as text as well as in colour. */
export function ScoreTable({ run: { before, after, end } }: { run: Run }) {
  const scores = before ?? after;
  const nPairs = scores?.n_pairs ?? 0;
  // A loss is defined if a held-out pair has such a label, even if a correlation is undefined.
  const isKnown = {
    classes: (scores?.classification_loss ?? null) !== null,
    similarities: (scores?.regression_loss ?? null) !== null,
  };
  return (
    <div>
      <h3>{text.train.scoresOn(nPairs)}</h3>
      <table class="score-table numbers" data-testid="scores">
        <thead>
          <tr>
            <th scope="col">{text.ui.score}</th>
            <th scope="col">{text.ui.moments.before}</th>
            <th scope="col">{text.ui.moments.after}</th>
            <th scope="col">{text.ui.change}</th>
          </tr>
        </thead>
        <tbody>
          {SCORE_ROWS.filter((row) => isKnown[row.of]).map((row) => (
            <Row
              key={row.id}
              row={row}
              before={before && row.value(before)}
              after={after && row.value(after)}
              change={end?.changes.find(({ score }) => score === row.id)}
            />
          ))}
        </tbody>
      </table>
      {end?.changes.some(({ interval }) => interval !== null) && <p class="muted small">{text.train.intervalNote}</p>}
    </div>
  );
}

interface RowProps {
  row: ScoreRow;
  before: number | null;
  after: number | null;
  /** Undefined until the run has ended. */
  change: Change | undefined;
}

function Row({ row, before, after, change }: RowProps) {
  const show = (value: number | null) => formatScoreOf(row, value);
  return (
    <tr>
      <th scope="row">
        {row.name}
        <small class="muted">{row.hint}</small>
      </th>
      <td data-testid={`score-${row.id}-before`} data-value={before}>
        {show(before)}
      </td>
      <td data-testid={`score-${row.id}-after`} data-value={after}>
        {show(after)}
      </td>
      <td data-testid={`change-${row.id}`} data-value={change?.interval?.join(" ")}>
        {before === null || after === null ? (
          NONE
        ) : (
          <ScoreChange row={row} change={after - before} interval={change?.interval} />
        )}
      </td>
    </tr>
  );
}
