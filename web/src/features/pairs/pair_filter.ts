/** Which pairs of the corpus are shown. */

import type { PairRecord } from "../../protocol";

export interface PairFilter {
  split: "all" | "train" | "held_out";
  /** Index of a class; `none` are the pairs without one. */
  label: "all" | "none" | number;
  /** Searched for in both sentences, ignoring case. */
  text: string;
}

/** Positions of the pairs that match, in their order. */
export function findPairs(pairs: readonly PairRecord[], filter: PairFilter): number[] {
  const text = filter.text.trim().toLowerCase();
  const found: number[] = [];
  for (const [pairIdx, pair] of pairs.entries()) if (matches(pair, filter, text)) found.push(pairIdx);
  return found;
}

function matches(pair: PairRecord, { split, label }: PairFilter, text: string): boolean {
  if (split !== "all" && (pair.split === "held_out") !== (split === "held_out")) return false;
  if (label !== "all" && pair.label !== (label === "none" ? null : label)) return false;
  if (text === "") return true;
  return pair.sentence_a.toLowerCase().includes(text) || pair.sentence_b.toLowerCase().includes(text);
}
