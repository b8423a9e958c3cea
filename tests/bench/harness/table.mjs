// Tables that are Markdown and can be read in a terminal too.

import { COLUMNS } from "./rows.mjs";

const KEYS = ["figure", "ours", "peer", "ratio", "spread", "goal", "verdict"];

/** The rows, each reason why one was not run as a number, and the reasons below. */
export function tableOfRows(rows) {
  const reasons = [...new Set(rows.map(({ why }) => why).filter((why) => why !== undefined))];
  const numbered = (row, cell) => (cell === "not run" ? `not run (${reasons.indexOf(row.why) + 1})` : cell);
  const cells = rows.map((row) => KEYS.map((key) => numbered(row, row[key] || "")));
  const notes = reasons.map((why, idx) => `(${idx + 1}) ${why}`);
  return [markdownTable(COLUMNS, cells), ...notes].join("\n\n");
}

/** A table of strings, its columns padded to one width; the first is text, the others are figures. */
export function markdownTable(header, rows) {
  const widths = header.map((title, column) => Math.max(3, ...[title, ...rows.map((row) => row[column])].map(width)));
  const line = (cells) =>
    `| ${cells.map((cell, column) => cell + " ".repeat(widths[column] - width(cell))).join(" | ")} |`;
  const rule = widths.map((n, column) => (column === 0 ? "-".repeat(n) : `${"-".repeat(n - 1)}:`));
  return [line(header), line(rule), ...rows.map((row) => line(row.map(String)))].join("\n");
}

function width(text) {
  return [...String(text)].length;
}
