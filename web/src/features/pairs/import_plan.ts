/** The import plan of a file of pairs: the roles of its columns, edited by the visitor. The rules of crate/sbert. */

import type { ColumnSummary, HeldOut, ImportPlan, Inspection } from "../../protocol";

/** The roles of columns, in the order of the page. Each is given at most once. */
export const ROLES = ["sentence_a", "sentence_b", "label", "score", "split", "id"] as const;

export type Role = (typeof ROLES)[number];

/** The default split of a file without a split column: a fifth is enough for scores, and any seed will do. */
export const DEFAULT_HELD_OUT: Extract<HeldOut, { kind: "fraction" }> = { kind: "fraction", fraction: 0.2, seed: 42 };

/** Seeds are 32 bits long. */
const MAX_SEED = 4_294_967_295;

/** A column with more distinct values has names or sentences, not classes. */
const MAX_CLASSES = 100;

/** The order of the classes of natural language inference in SBERT and transformers. */
const NLI_CLASSES: readonly string[] = ["entailment", "neutral", "contradiction"];

/** SNLI's label if the annotators didn't agree. */
const NO_CLASS = "-";

/** Usual scales of similarities; the first that contains all values is used. */
const SCALES: readonly [number, number][] = [
  [0, 1],
  [-1, 1],
  [0, 5],
  [0, 10],
  [0, 100],
];

/** The scale of semantic textual similarity, used if the column has no numbers. */
const STS_SCALE: [number, number] = [0, 5];

/** SICK's column of similarities, which go from 1 to 5. */
const SICK_SCORE = /^relatedness/;
const SICK_SCALE: [number, number] = [1, 5];

/** The role of column `columnIdx`; null if it is not used. */
export function roleOf(plan: ImportPlan, columnIdx: number): Role | null {
  return ROLES.find((role) => plan[role] === columnIdx) ?? null;
}

/** The plan with another role for one column. Another column loses that role; what depends on it is guessed again. */
export function withRole(
  plan: ImportPlan,
  columns: readonly ColumnSummary[],
  columnIdx: number,
  role: Role | null,
): ImportPlan {
  const next = { ...plan };
  for (const other of ROLES) if (next[other] === columnIdx) next[other] = null;
  if (role !== null) next[role] = columnIdx;
  if (next.label !== plan.label) next.classes = classesOf(columnAt(columns, next.label)?.values ?? []);
  if (next.score !== plan.score) next.score_range = scoreRangeOf(columnAt(columns, next.score));
  if (next.split !== plan.split) next.held_out = heldOutFor(next);
  return next;
}

/** Class names in the order of the head's rows, from the distinct values of a column. */
export function classesOf(values: readonly string[]): string[] {
  // Names that differ only in case are the same; the first one is used.
  const folded = values.map((value) => value.toLowerCase());
  const names = values.filter(
    (value, idx) => value.trim() !== "" && value !== NO_CLASS && folded.indexOf(value.toLowerCase()) === idx,
  );
  if (names.length > 1 && names.every((name) => NLI_CLASSES.includes(name.toLowerCase()))) return [...NLI_CLASSES];
  if (!names.every((name) => Number.isInteger(Number(name)))) return names;
  const ascending = names.toSorted((a, b) => Number(a) - Number(b));
  // Data sets of hubs have -1 for no class, beside classes that are counted from 0.
  const [first, ...counted] = ascending;
  const isMissing = counted.length > 1 && Number(first) === -1 && counted.every((name, idx) => Number(name) === idx);
  return isMissing ? counted : ascending;
}

/** The scale that a column's numbers are on. */
export function scoreRangeOf(column: ColumnSummary | null): [number, number] {
  const range = column?.number_range ?? null;
  if (column === null || range === null) return STS_SCALE;
  const [low, high] = range;
  const holds = ([lowest, highest]: readonly [number, number]) => lowest <= low && high <= highest;
  const name = column.name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (SICK_SCORE.test(name) && holds(SICK_SCALE)) return SICK_SCALE;
  // All values are equal, and on no usual scale: any scale around them will do; the visitor sees it.
  return SCALES.find(holds) ?? [low, low < high ? high : low + 1];
}

/** Why the plan can't be carried out; null if it can. */
export function planFault(plan: ImportPlan, { columns }: Inspection): string | null {
  if (plan.sentence_a === null) return "Say which column holds the first sentence.";
  if (plan.sentence_b === null) return "Say which column holds the second sentence.";
  if (plan.label === null && plan.score === null) return "Say which column holds the class or the similarity.";
  if (plan.label !== null) {
    const isListed = columnAt(columns, plan.label)?.values !== null;
    if (!isListed) return `The class column has more than ${MAX_CLASSES} different values; choose another or none.`;
    if (plan.classes.length < 2) return "The class column has fewer than two classes; choose another or none.";
  }
  const [low, high] = plan.score_range;
  if (plan.score !== null && !(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    return "The scale of the similarity needs two numbers, the lower first.";
  }
  return heldOutFault(plan);
}

function heldOutFault({ held_out, split }: ImportPlan): string | null {
  if (held_out.kind === "by_column" && split === null) {
    return "Say which column names the split, or hold out in another way.";
  }
  if (held_out.kind !== "fraction") return null;
  const { fraction, seed } = held_out;
  if (!(fraction >= 0 && fraction < 1)) return "The fraction that is held out must be from 0 to below 1.";
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)) return `The seed must be from 0 to ${MAX_SEED}.`;
  return null;
}

/** A split column is used; without one, pairs are drawn. */
function heldOutFor({ held_out, split }: ImportPlan): HeldOut {
  if (split !== null) return { kind: "by_column" };
  return held_out.kind === "by_column" ? DEFAULT_HELD_OUT : held_out;
}

function columnAt(columns: readonly ColumnSummary[], columnIdx: number | null): ColumnSummary | null {
  return columnIdx === null ? null : (columns[columnIdx] ?? null);
}
