/** Where the sentences of a map are, in pixels, and which of them is meant by a place. */

import type { Point } from "./embedding_state";
import type { Moments } from "./vectors";

export interface Size {
  width: number;
  height: number;
}

/** Share of each side that stays free, so that no point is cut. */
const MARGIN = 0.04;

/**
 * x and y of each point in turn, `share` of the way from its place before to that after. Both moments and both axes have
 * one scale, so that distances can be compared.
 */
export function placesAt({ before, after }: Moments<readonly Point[]>, share: number, size: Size): Float32Array {
  const to = after ?? before;
  const [x, y] = [rangeOf([before, to], 0), rangeOf([before, to], 1)];
  const room = 1 - 2 * MARGIN;
  const scale = Math.min((size.width * room) / x.length, (size.height * room) / y.length);
  const places = new Float32Array(before.length * 2);
  for (const [idx, [x0, y0]] of before.entries()) {
    const [x1, y1] = to[idx] ?? [x0, y0];
    places[2 * idx] = size.width / 2 + (x0 + (x1 - x0) * share - x.middle) * scale;
    // Upwards is less on a screen.
    places[2 * idx + 1] = size.height / 2 - (y0 + (y1 - y0) * share - y.middle) * scale;
  }
  return places;
}

/** A model that has diverged gives what is no number; such points are nowhere. */
function rangeOf(maps: readonly (readonly Point[])[], axis: 0 | 1): { middle: number; length: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const map of maps) {
    for (const point of map) {
      if (!Number.isFinite(point[axis])) continue;
      low = Math.min(low, point[axis]);
      high = Math.max(high, point[axis]);
    }
  }
  return low > high ? { middle: 0, length: 1 } : { middle: (low + high) / 2, length: high - low || 1 };
}

/** The point that is nearest to a place, and within reach of it; null if there is none. */
export function pointNear(places: Float32Array, x: number, y: number, reach: number): number | null {
  let [nearest, least]: [number | null, number] = [null, reach ** 2];
  for (let idx = 0; 2 * idx < places.length; idx += 1) {
    const distance = ((places[2 * idx] as number) - x) ** 2 + ((places[2 * idx + 1] as number) - y) ** 2;
    if (distance <= least) [nearest, least] = [idx, distance];
  }
  return nearest;
}
