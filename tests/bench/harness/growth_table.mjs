// The tables of growth: a line for each size, a column for each figure.

import { digits } from "./rows.mjs";

/** `columns` names the figures of a point and their titles; a point that failed says why instead. */
export function dimensionTable(title, sizeTitle, points, columns) {
  const keys = Object.keys(columns);
  const rows = points.map((point) => [
    point.size.toLocaleString("en"),
    ...keys.map((key, idx) => (point.failure ? (idx === 0 ? `failed: ${point.failure}` : "–") : digits(point[key]))),
  ]);
  return { title, header: [sizeTitle, ...Object.values(columns)], rows };
}

export function dashIfNone(value) {
  return value === undefined ? "–" : digits(value);
}
