/** Embeddings, sentences and the matrix as files for other programs. */

import { CSV_VALUES_A_PIECE } from "../../settings";
import { type CsvValue, csvOf } from "../../ui/csv";
import type { EncodedSet, Point } from "./embedding_state";
import type { Sentence } from "./sentences";
import type { Vectors } from "./vectors";

const NPY_ALIGNMENT = 64;

/** NumPy's format 1.0: `np.load` gives an array of (sentences, d_model). */
export function npyOf({ nRows, d_model, values }: Vectors): Blob {
  const shape = `{'descr': '<f4', 'fortran_order': False, 'shape': (${nRows}, ${d_model}), }`;
  // Magic, version and length take ten bytes, and the header ends with a new line.
  const nPadding = NPY_ALIGNMENT - 1 - ((10 + shape.length) % NPY_ALIGNMENT);
  const header = new TextEncoder().encode(`${shape}${" ".repeat(nPadding)}\n`);
  const start = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8);
  return new Blob([start, header, values.subarray(0, nRows * d_model)]);
}

/** A row for each sentence, the sentence first. Written in pieces, between which the page handles what the visitor does. */
export async function embeddingsCsv(sentences: readonly Sentence[], { d_model, values }: Vectors): Promise<Blob> {
  const parts = [csvOf([["sentence", ...Array.from({ length: d_model }, (_, idx) => `e${idx}`)]])];
  const nAtOnce = Math.max(1, Math.floor(CSV_VALUES_A_PIECE / d_model));
  for (let start = 0; start < sentences.length; start += nAtOnce) {
    const rows = sentences.slice(start, start + nAtOnce).map(({ text }, idx) => {
      const row = start + idx;
      return [text, ...Array.from(values.subarray(row * d_model, (row + 1) * d_model), shortest)];
    });
    parts.push(csvOf(rows));
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return new Blob(parts);
}

/** Nine digits are enough to read the same `f32` again. */
function shortest(value: number): number {
  return Number(value.toPrecision(9));
}

/** What is known of each sentence, in the order of the embeddings. */
export function sentencesCsv({ sentences, classes, maps, neighbourChanges }: EncodedSet): string {
  const columns = ["sentence", "class", "split", "x_before", "y_before", "x_after", "y_after", "neighbours_replaced"];
  const cells = (point: Point | undefined): CsvValue[] => (point === undefined ? ["", ""] : [...point]);
  const rows = sentences.map(({ text, label, split }, row): CsvValue[] => [
    text,
    label === null ? "" : (classes[label] ?? ""),
    split ?? "",
    ...cells(maps.before[row]),
    ...cells(maps.after?.[row]),
    neighbourChanges[row] ?? "",
  ]);
  return csvOf([columns, ...rows]);
}

/** The matrix as it is shown: a row and a column for each line. */
export function matrixCsv(lines: readonly string[], values: readonly (readonly number[])[]): string {
  return csvOf([["", ...lines], ...lines.map((line, row) => [line, ...(values[row] ?? []).map(shortest)])]);
}
