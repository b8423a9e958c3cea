/** How lines and marks that share a chart are told apart: by colour and by dashes, since not everyone sees every colour. */

import { classColour } from "../class_name";

const N_COLOURS = 6;

const DASHES: readonly (readonly number[])[] = [[], [9, 5], [2, 4], [10, 4, 2, 4]];

export interface LineStyle {
  colour: string;
  /** Pixels of line and gap; empty for a whole line. */
  dash: readonly number[];
}

/** Neighbours differ in both, and 24 lines in one or the other. */
export function lineStyle(idx: number): LineStyle {
  const lap = Math.floor(idx / N_COLOURS);
  return { colour: classColour(idx % N_COLOURS), dash: DASHES[(idx + lap) % DASHES.length] ?? [] };
}
