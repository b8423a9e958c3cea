/** What a training step costs, depending on what learns. */

import type { TrainedParts } from "../../protocol";

/**
 * The cost of a step as a share of one that trains everything; null if the number of layers isn't known. A forward pass
 * costs about a third of it and the backward pass through the trained layers the rest, so training n of L layers costs
 * about 1/3 + 2/3 · n/L, or less where the output of frozen layers is kept.
 */
export function stepShare({ layers, head }: TrainedParts, nLast: number, nLayers: number | null): number | null {
  if (layers === "all") return 1;
  if (layers === "none") return head ? 1 / 3 : 0;
  return nLayers && 1 / 3 + ((2 / 3) * nLast) / nLayers;
}
