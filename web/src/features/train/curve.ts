/** A loss over the steps of a run: the raw values, and a smoothed line. */

import { LOSS_SMOOTHING, MAX_CURVE_POINTS } from "../../settings";

export interface Curve {
  steps: readonly number[];
  raw: readonly number[];
  smooth: readonly number[];
  /** Exponentially weighted sum of the raw values, and the sum of the weights: their quotient is the smoothed value. */
  weightedSum: number;
  weightSum: number;
}

export const emptyCurve: Curve = { steps: [], raw: [], smooth: [], weightedSum: 0, weightSum: 0 };

/** Curves by the name of what they show. */
export type Curves = Readonly<Record<string, Curve>>;

/** The curve of that name. A file of a run may name an objective as what every object has, such as "toString". */
export function curveOf(curves: Curves, name: string): Curve | undefined {
  return Object.hasOwn(curves, name) ? curves[name] : undefined;
}

/** The curves with one more step; one that has no value there stays as it is. */
export function withPoints(curves: Curves, step: number, values: Readonly<Record<string, number>>): Curves {
  const changed = Object.entries(values).map(([name, value]) => {
    return [name, withPoint(curveOf(curves, name) ?? emptyCurve, step, value)] as const;
  });
  return { ...curves, ...Object.fromEntries(changed) };
}

function withPoint(curve: Curve, step: number, value: number): Curve {
  const base = curve.steps.length >= MAX_CURVE_POINTS ? thinned(curve) : curve;
  // Dividing by the sum of the weights keeps the first smoothed values from leaning towards zero.
  const weightedSum = LOSS_SMOOTHING * base.weightedSum + (1 - LOSS_SMOOTHING) * value;
  const weightSum = LOSS_SMOOTHING * base.weightSum + (1 - LOSS_SMOOTHING);
  return {
    steps: [...base.steps, step],
    raw: [...base.raw, value],
    smooth: [...base.smooth, weightedSum / weightSum],
    weightedSum,
    weightSum,
  };
}

/** The curves as they were after `step`, for a run that continues there. */
export function upTo(curves: Curves, step: number): Curves {
  return Object.fromEntries(Object.entries(curves).map(([name, curve]) => [name, curveUpTo(curve, step)]));
}

function curveUpTo(curve: Curve, step: number): Curve {
  const kept = curve.steps.filter((at) => at <= step).length;
  if (kept === curve.steps.length) return curve;
  // The sum of the weights after n points is 1 - LOSS_SMOOTHING^n; a curve that was thinned has so many that it is 1.
  const weightSum = 1 - LOSS_SMOOTHING ** kept;
  return {
    steps: curve.steps.slice(0, kept),
    raw: curve.raw.slice(0, kept),
    smooth: curve.smooth.slice(0, kept),
    weightedSum: (curve.smooth[kept - 1] ?? 0) * weightSum,
    weightSum,
  };
}

/** Every second point, the newest among them. */
function thinned(curve: Curve): Curve {
  const keep = <T>(values: readonly T[]) => values.filter((_, idx) => (values.length - 1 - idx) % 2 === 0);
  return { ...curve, steps: keep(curve.steps), raw: keep(curve.raw), smooth: keep(curve.smooth) };
}
