/** The columns of the table of runs: what each is sorted by, and how it is shown. */

import type { PastRun } from "../../storage/run_history";
import { formatCount, formatDate, formatDuration, formatShare } from "../../ui/format";
import { formatScoreChange, formatScoreOf, SCORE_ROWS, type ScoreRow } from "../../ui/score_rows";
import { BACKEND_NAMES } from "../compute/compute_text";

export type ColumnId =
  | "name"
  | "finished"
  | "frozen"
  | "seed"
  | "epochs"
  | "accuracy"
  | "spearman"
  | "seconds"
  | "trained"
  | "model"
  | "backend";

export interface Column {
  id: ColumnId;
  title: string;
  isNumber: boolean;
  /** What it is sorted by; null where there is no value, which comes last. */
  value: (past: PastRun) => number | string | null;
  text: (past: PastRun) => string;
  /** Below the text, smaller. */
  note?: (past: PastRun) => string;
}

export interface Sort {
  column: ColumnId;
  isDescending: boolean;
}

export const COLUMNS: readonly Column[] = [
  textColumn("name", "Name", ({ name }) => name),
  {
    id: "finished",
    title: "Finished",
    isNumber: false,
    value: ({ finishedAt }) => finishedAt,
    text: ({ finishedAt }) => formatDate(finishedAt),
    note: ({ stopped, nStepsDone, nSteps }) => (stopped ? `stopped at step ${nStepsDone} of ${nSteps}` : ""),
  },
  textColumn("frozen", "Frozen", ({ frozen }) => frozen),
  numberColumn("seed", "Seed", ({ order }) => order.config.seed, String),
  numberColumn("epochs", "Epochs", ({ order }) => order.config.epochs, String),
  scoreColumn("accuracy"),
  scoreColumn("spearman"),
  {
    ...numberColumn("seconds", "Time", ({ elapsedSecs }) => elapsedSecs, formatDuration),
    note: ({ trainingSecs }) => `training ${formatDuration(trainingSecs)}`,
  },
  {
    ...numberColumn("trained", "Trained", nTrained, formatCount),
    note: (past) => formatShare(nTrained(past) / past.trainable.total),
  },
  {
    ...textColumn("model", "Model", ({ model }) => model.name),
    note: ({ pairs }) => pairs.name,
  },
  {
    ...textColumn("backend", "Computed on", ({ backend }) => BACKEND_NAMES[backend.kind]),
    note: ({ nWorkers }) => (nWorkers > 1 ? `${nWorkers} workers` : ""),
  },
];

/** Parameters that it trained. */
export function nTrained({ trainable: { embeddings, layers, head } }: PastRun): number {
  return embeddings + layers + head;
}

/** A score after training; a run that trained nothing has those before. */
export function scoreOf({ before, after }: PastRun, row: ScoreRow): number | null {
  const scores = after ?? before;
  return scores && row.value(scores);
}

export function sortedBy(runs: readonly PastRun[], { column: id, isDescending }: Sort): PastRun[] {
  const column = COLUMNS.find((each) => each.id === id);
  if (column === undefined) return [...runs];
  const compare = (a: PastRun, b: PastRun) => {
    const [x, y] = [column.value(a), column.value(b)];
    // The other way round too, a run without a value is no use at the top.
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const order = typeof x === "string" || typeof y === "string" ? collator.compare(String(x), String(y)) : x - y;
    return isDescending ? -order : order;
  };
  return [...runs].sort(compare);
}

/** "Run 10" comes after "Run 9". */
const collator = new Intl.Collator("en", { numeric: true });

function textColumn(id: ColumnId, title: string, text: (past: PastRun) => string): Column {
  return { id, title, isNumber: false, value: text, text };
}

function numberColumn(
  id: ColumnId,
  title: string,
  value: (past: PastRun) => number,
  format: (value: number) => string,
): Column {
  return { id, title, isNumber: true, value, text: (past) => format(value(past)) };
}

function scoreColumn(id: "accuracy" | "spearman"): Column {
  const row = SCORE_ROWS.find((each) => each.id === id) as ScoreRow;
  return {
    id,
    title: row.name,
    isNumber: true,
    value: (past) => scoreOf(past, row),
    text: (past) => formatScoreOf(row, scoreOf(past, row)),
    note: ({ before, after }) => {
      const [from, to] = [before && row.value(before), after && row.value(after)];
      return from === null || to === null
        ? ""
        : `${formatScoreChange(row, to - from)}${row.isPercent ? " points" : ""}`;
    },
  };
}
