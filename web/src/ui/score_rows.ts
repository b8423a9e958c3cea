/** The scores on held-out pairs, as they are shown. */

import type { ScoreName, Scores } from "../protocol";
import { text } from "../text";
import { formatChange, formatDecimal, formatPercent } from "./format";

/** A score that is one number, and how it is shown. */
export interface ScoreRow {
  id: ScoreName;
  name: string;
  hint: string;
  value: (scores: Scores) => number | null;
  /** The labels that it is computed from. */
  of: "classes" | "similarities";
  isPercent?: boolean;
  lowerIsBetter?: boolean;
}

/** Every such score, in the order in which they are shown. */
export const SCORE_ROWS: readonly ScoreRow[] = [
  {
    id: "accuracy",
    ...text.ui.scores.accuracy,
    of: "classes",
    value: (scores) => scores.accuracy,
    isPercent: true,
  },
  {
    id: "macro_f1",
    ...text.ui.scores.macro_f1,
    of: "classes",
    value: (scores) => scores.macro_f1,
  },
  {
    id: "pearson",
    ...text.ui.scores.pearson,
    of: "similarities",
    value: (scores) => scores.correlation?.pearson ?? null,
  },
  {
    id: "spearman",
    ...text.ui.scores.spearman,
    of: "similarities",
    value: (scores) => scores.correlation?.spearman ?? null,
  },
  {
    id: "classification_loss",
    ...text.ui.scores.classification_loss,
    of: "classes",
    value: (scores) => scores.classification_loss,
    lowerIsBetter: true,
  },
  {
    id: "regression_loss",
    ...text.ui.scores.regression_loss,
    of: "similarities",
    value: (scores) => scores.regression_loss,
    lowerIsBetter: true,
  },
];

/** The value of a score as text. */
export function formatScoreOf({ isPercent }: ScoreRow, value: number | null): string {
  return isPercent && value !== null ? formatPercent(value) : formatDecimal(value);
}

/** A change of a score as text, without its unit. */
export function formatScoreChange({ isPercent }: ScoreRow, change: number): string {
  return isPercent ? formatChange(change * 100, 1) : formatChange(change);
}
