/** Quality against seconds: a point for each run, or for the runs that differ in their seed alone. */

import type { PastRun } from "../../storage/run_history";
import { SCORE_ROWS, type ScoreRow } from "../../ui/score_rows";
import { scoreOf } from "./columns";

/** Of one value for each seed. */
export interface Spread {
  mean: number;
  low: number;
  high: number;
}

export interface QualityPoint {
  /** Id of the first run. */
  id: string;
  label: string;
  nRuns: number;
  quality: Spread;
  /** Seconds of training. */
  secs: Spread;
}

/** The scores that can be plotted: those of which more is better. */
export const QUALITIES: readonly ScoreRow[] = SCORE_ROWS.filter(({ lowerIsBetter }) => !lowerIsBetter);

/** Those that some of the runs have. */
export function knownQualities(runs: readonly PastRun[]): ScoreRow[] {
  return QUALITIES.filter((row) => runs.some((past) => scoreOf(past, row) !== null));
}

export function qualityPoints(runs: readonly PastRun[], row: ScoreRow): QualityPoint[] {
  const byKey = new Map<string, PastRun[]>();
  for (const past of runs) {
    const key = allButTheSeed(past);
    byKey.set(key, [...(byKey.get(key) ?? []), past]);
  }
  const groups = [...byKey.values()];
  const isNamedByFrozen = new Set(groups.map(([first]) => first?.frozen)).size === groups.length;
  return groups.flatMap((group) => {
    const [first] = group;
    const quality = spreadOf(group.flatMap((past) => scoreOf(past, row) ?? []));
    const secs = spreadOf(group.map(({ trainingSecs }) => trainingSecs));
    if (first === undefined || quality === null || secs === null) return [];
    const name = isNamedByFrozen ? first.frozen : first.name;
    return [{ id: first.id, label: name, nRuns: group.length, quality, secs }];
  });
}

function allButTheSeed({ order, model, pairs, backend }: PastRun): string {
  return JSON.stringify([{ ...order, config: { ...order.config, seed: 0 } }, model, pairs, backend]);
}

function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values) };
}

/** Round numbers from `low` to `high`, about `nTicks` of them. */
export function ticksBetween(low: number, high: number, nTicks: number): number[] {
  const rough = (high - low) / nTicks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, idx) => Number(((first + idx) * step).toPrecision(12)));
}

interface Mark {
  x: number;
  y: number;
  /** Width of its label. */
  width: number;
}

interface Place {
  x: number;
  y: number;
  anchor: "start" | "end";
}

/** Places of labels beside their marks, moved by lines where they would cover another or a mark. `width`: of the plot. */
export function labelPlaces(marks: readonly Mark[], width: number, lineHeight: number): Place[] {
  const taken = marks.map(({ x, y }) => ({ left: x - RADIUS, right: x + RADIUS, y }));
  return marks.map(({ x, y, width: labelWidth }) => {
    const anchor = x + GAP + labelWidth <= width ? ("start" as const) : ("end" as const);
    const left = anchor === "start" ? x + GAP : x - GAP - labelWidth;
    const isFree = (at: number) =>
      taken.every((other) => {
        const isBeside = left > other.right || left + labelWidth < other.left;
        return isBeside || Math.abs(other.y - at) >= lineHeight;
      });
    const shifts = Array.from({ length: 4 * marks.length + 1 }, (_, idx) => Math.ceil(idx / 2) * (idx % 2 ? -1 : 1));
    const at = y + (shifts.find((shift) => isFree(y + shift * lineHeight)) ?? 0) * lineHeight;
    taken.push({ left, right: left + labelWidth, y: at });
    return { x: anchor === "start" ? x + GAP : x - GAP, y: at, anchor };
  });
}

/** Of a mark. */
const RADIUS = 5;

/** Between the middle of a mark and its label. */
const GAP = 9;
