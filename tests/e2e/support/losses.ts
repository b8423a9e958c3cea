/** The losses that the curves of a run have shown, step by step. */

import { expect, type Page } from "@playwright/test";
import { shownBy } from "./diary.ts";

const CURVES = ["curve-classification", "curve-regression"] as const;

type Point = [step: number, loss: number];

export type Losses = Record<(typeof CURVES)[number], number[]>;

/** How many points each curve has shown so far, over all runs. */
export async function nLossesShown(page: Page): Promise<number> {
  return (await pointsOf(page, CURVES[0])).length;
}

/** The losses of a run of `nSteps` steps, before which each curve had shown `nBefore` points. */
export function shownLosses(page: Page, nSteps: number, nBefore = 0): Promise<Losses> {
  return lossesOf(page, nSteps, nBefore, (points) => points);
}

/** The same of a run that was interrupted: of a step that was done twice, the later loss. */
export function lossesInTheEnd(page: Page, nSteps: number, nBefore: number): Promise<Losses> {
  const latest = (points: Point[]) => Array.from(new Map(points.map((point) => [point[0], point])).values());
  return lossesOf(page, nSteps, nBefore, (points) => latest(points).sort(([step], [other]) => step - other));
}

/** Those of the first `nSteps` steps. */
export function firstLosses(losses: Losses, nSteps: number): Losses {
  const first = (curve: keyof Losses) => losses[curve].slice(0, nSteps);
  return { "curve-classification": first("curve-classification"), "curve-regression": first("curve-regression") };
}

async function lossesOf(
  page: Page,
  nSteps: number,
  nBefore: number,
  choose: (points: Point[]) => Point[],
): Promise<Losses> {
  const losses: Losses = { "curve-classification": [], "curve-regression": [] };
  for (const curve of CURVES) {
    const points = choose((await pointsOf(page, curve)).slice(nBefore));
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

async function pointsOf(page: Page, curve: (typeof CURVES)[number]): Promise<Point[]> {
  const shown = (await shownBy(page, curve)).map((text) => text.match(/^(\d+) (\S+)$/));
  return shown.flatMap((match) => (match === null ? [] : [[Number(match[1]), Number(match[2])]]));
}
