import type { ScoreChange, ScoreName, Scores } from "../../protocol";
import { formatChange, formatCount, formatDecimal, formatPercent, NONE } from "../../ui/format";
import type { Run } from "./run";

interface Row {
  id: ScoreName;
  name: string;
  hint: string;
  value: (scores: Scores) => number | null;
  /** The labels that it is computed from. */
  of: "classes" | "similarities";
  isPercent?: boolean;
  lowerIsBetter?: boolean;
}

const ROWS: readonly Row[] = [
  {
    id: "accuracy",
    name: "Accuracy",
    hint: "pairs put into the right class",
    of: "classes",
    value: (scores) => scores.accuracy,
    isPercent: true,
  },
  {
    id: "macro_f1",
    name: "Macro-F1",
    hint: "mean over the classes",
    of: "classes",
    value: (scores) => scores.macro_f1,
  },
  {
    id: "pearson",
    name: "Pearson",
    hint: "cosine against similarity",
    of: "similarities",
    value: (scores) => scores.correlation?.pearson ?? null,
  },
  {
    id: "spearman",
    name: "Spearman",
    hint: "the same, by rank",
    of: "similarities",
    value: (scores) => scores.correlation?.spearman ?? null,
  },
  {
    id: "classification_loss",
    name: "Cross-entropy",
    hint: "lower is better",
    of: "classes",
    value: (scores) => scores.classification_loss,
    lowerIsBetter: true,
  },
  {
    id: "regression_loss",
    name: "Squared error",
    hint: "lower is better",
    of: "similarities",
    value: (scores) => scores.regression_loss,
    lowerIsBetter: true,
  },
];

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
      <h3>Scores on {formatCount(nPairs)} held-out pairs</h3>
      <table class="score-table numbers" data-testid="scores">
        <thead>
          <tr>
            <th scope="col">Score</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.filter((row) => isKnown[row.of]).map((row) => (
            <ScoreRow
              key={row.id}
              row={row}
              before={before && row.value(before)}
              after={after && row.value(after)}
              change={end?.changes.find(({ score }) => score === row.id)}
            />
          ))}
        </tbody>
      </table>
      {end?.changes.some(({ interval }) => interval !== null) && (
        <p class="muted small">
          In brackets: with other held-out pairs of the same kind, 95 of 100 such changes would lie between these two
          (paired bootstrap). An interval that contains 0 is no clear difference. Another seed changes the scores too.
        </p>
      )}
    </div>
  );
}

interface ScoreRowProps {
  row: Row;
  before: number | null;
  after: number | null;
  /** Undefined until the run has ended. */
  change: ScoreChange | undefined;
}

function ScoreRow({ row, before, after, change }: ScoreRowProps) {
  const show = (value: number | null) =>
    row.isPercent && value !== null ? formatPercent(value) : formatDecimal(value);
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
          <Change row={row} change={after - before} interval={change?.interval ?? null} />
        )}
      </td>
    </tr>
  );
}

interface ChangeProps {
  row: Row;
  change: number;
  /** 95 % interval; null before it is known, and with too few pairs. */
  interval: readonly [number, number] | null;
}

function Change({ row, change, interval }: ChangeProps) {
  const show = (value: number) => (row.isPercent ? formatChange(value * 100, 1) : formatChange(value));
  const text = row.isPercent ? `${show(change)} points` : show(change);
  if (change === 0 || (interval === null && text.startsWith("±"))) return <span class="muted">unchanged</span>;
  const range = interval && (
    <small class="muted">
      ({show(interval[0])} to {show(interval[1])})
    </small>
  );
  if (interval !== null && interval[0] <= 0 && interval[1] >= 0) {
    return (
      <span class="change">
        {text}
        <small class="muted">no clear difference</small>
        {range}
      </span>
    );
  }
  const isBetter = change > 0 !== (row.lowerIsBetter ?? false);
  return (
    <span class={isBetter ? "change is-better" : "change is-worse"}>
      {text}
      <small>
        <span aria-hidden="true">{isBetter ? "▲" : "▼"}</span> {isBetter ? "better" : "worse"}
      </small>
      {range}
    </span>
  );
}
