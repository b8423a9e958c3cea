/** Which pairs of the corpus are shown. */

import type { PairInfo } from "../protocol";

export interface PairFilter {
  split: "all" | "train" | "held_out";
  /** Index of a class. */
  label: "all" | number;
  /** Looked for in both sentences, in any case. */
  text: string;
}

export function matches(pair: PairInfo, filter: PairFilter): boolean {
  if (filter.split !== "all" && pair.held_out !== (filter.split === "held_out")) return false;
  if (filter.label !== "all" && pair.label !== filter.label) return false;
  const text = filter.text.trim().toLowerCase();
  return text === "" || `${pair.sentence_a}\n${pair.sentence_b}`.toLowerCase().includes(text);
}
