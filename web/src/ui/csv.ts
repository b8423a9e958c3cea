/** Comma-separated values, as RFC 4180 has them. */

export type CsvValue = string | number | boolean;

/** Lines of cells as a file, or as a part of one. */
export function csvOf(lines: readonly (readonly CsvValue[])[]): string {
  return lines.map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("");
}

/** True if a spreadsheet would take the text for a formula. In a file an apostrophe stands before it. */
export function isLikeFormula(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text);
}

function cellOf(value: CsvValue): string {
  if (typeof value !== "string") return String(value);
  const text = isLikeFormula(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
