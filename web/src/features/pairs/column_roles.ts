/** The roles of columns in an import plan. What follows from them the worker says. */

import type { ImportPlan } from "../../protocol";

/** In the order of the page. Each is given at most once. */
export const ROLES = ["sentence_a", "sentence_b", "label", "score", "split", "id"] as const;

export type Role = (typeof ROLES)[number];

/** The role of column `columnIdx`; null if it is not used. */
export function roleOf(plan: ImportPlan, columnIdx: number): Role | null {
  return ROLES.find((role) => plan[role] === columnIdx) ?? null;
}

/** The plan with another role for one column. Another column loses that role. */
export function withRole(plan: ImportPlan, columnIdx: number, role: Role | null): ImportPlan {
  const next = { ...plan };
  for (const other of ROLES) if (next[other] === columnIdx) next[other] = null;
  if (role !== null) next[role] = columnIdx;
  return next;
}
