/** The columns of the table of runs: what each is sorted by, and how it is shown. */

import type { PastRun } from "../../storage/run_history";
import { text } from "../../text";
import { formatCount, formatDate, formatDuration } from "../../ui/format";
import { formatScoreChange, formatScoreOf, SCORE_ROWS, type ScoreRow } from "../../ui/score_rows";

const titles = text.compare.columns;

/** The scores have names already. */
type TitledId = keyof typeof titles;

export type ColumnId = TitledId | "accuracy" | "spearman";

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
  textColumn("name", ({ name }) => name),
  textColumn("frozen", ({ frozen }) => frozen),
  scoreColumn("accuracy"),
  scoreColumn("spearman"),
  {
    ...numberColumn("seconds", ({ elapsedSecs }) => elapsedSecs, formatDuration),
    note: ({ trainingSecs }) => text.compare.training(trainingSecs),
  },
  {
    ...numberColumn("trained", nTrained, formatCount),
    note: (past) => text.ui.share(nTrained(past) / past.trainable.total),
  },
  numberColumn("seed", ({ order }) => order.config.seed, String),
  numberColumn("epochs", ({ order }) => order.config.epochs, String),
  {
    id: "finished",
    title: titles.finished,
    isNumber: false,
    value: ({ finishedAt }) => finishedAt,
    text: ({ finishedAt }) => formatDate(finishedAt),
    note: ({ stopped, nStepsDone, nSteps }) => (stopped ? text.compare.stoppedAt(nStepsDone, nSteps) : ""),
  },
  {
    ...textColumn("model", ({ model }) => model.name),
    note: ({ pairs }) => pairs.name,
  },
  {
    ...textColumn("backend", ({ backend }) => text.compute.backends[backend.kind]),
    note: ({ nWorkers }) => (nWorkers > 1 ? text.compare.nWorkers(nWorkers) : ""),
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

function textColumn(id: TitledId, show: (past: PastRun) => string): Column {
  return { id, title: titles[id], isNumber: false, value: show, text: show };
}

function numberColumn(id: TitledId, value: (past: PastRun) => number, format: (value: number) => string): Column {
  return { id, title: titles[id], isNumber: true, value, text: (past) => format(value(past)) };
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
      if (from === null || to === null) return "";
      const change = formatScoreChange(row, to - from);
      return row.isPercent ? text.ui.points(change) : change;
    },
  };
}
