/** The losses that the curves of a run have shown, step by step. */

import { expect, type Page } from "@playwright/test";
import { shownBy } from "./diary.ts";

const CURVES = ["curve-classification", "curve-regression"] as const;

export type Losses = Record<(typeof CURVES)[number], number[]>;

/** How many points each curve has shown so far, over all runs. */
export async function nLossesShown(page: Page): Promise<number> {
  return (await pointsOf(page, CURVES[0])).length;
}

/** The losses of a run of `nSteps` steps, before which each curve had shown `nBefore` points. */
export async function shownLosses(page: Page, nSteps: number, nBefore = 0): Promise<Losses> {
  const losses: Losses = { "curve-classification": [], "curve-regression": [] };
  for (const curve of CURVES) {
    const points = (await pointsOf(page, curve)).slice(nBefore);
    expect(points.map(([step]) => step)).toEqual(Array.from({ length: nSteps }, (_, idx) => idx + 1));
    losses[curve] = points.map(([, loss]) => loss);
    expect(losses[curve].every(Number.isFinite), `${curve}: ${losses[curve]}`).toBe(true);
  }
  return losses;
}

/** Two runs that differ in their rounding only agree within 1e-4 of each loss. */
export function expectSameLosses(actual: Losses, expected: Losses, where: string): void {
  for (const curve of CURVES) {
    expect(actual[curve].length).toBe(expected[curve].length);
    for (const [idx, loss] of actual[curve].entries()) {
      const other = expected[curve][idx] ?? Number.NaN;
      const error = Math.abs(loss - other) / Math.abs(other);
      expect(error, `${curve}, step ${idx + 1}: ${loss} ${where}, ${other} otherwise`).toBeLessThan(1e-4);
    }
  }
}

async function pointsOf(page: Page, curve: (typeof CURVES)[number]): Promise<[step: number, loss: number][]> {
  const shown = (await shownBy(page, curve)).map((text) => text.match(/^(\d+) (\S+)$/));
  return shown.flatMap((match) => (match === null ? [] : [[Number(match[1]), Number(match[2])]]));
}
