/** Embeddings as the page keeps them, and their cosines. */

/** The embeddings of some sentences by one model, in rows. */
export interface Vectors {
  nRows: number;
  d_model: number;
  /** As the model gives them, not scaled. */
  values: Float32Array<ArrayBuffer>;
  /** 1 / length of each row, so that a cosine is one product of rows; 0 for a row without a length. */
  inverseNorms: Float32Array<ArrayBuffer>;
}

/** @param bytes Little-endian `f32`, as the worker sends them. Every browser's own numbers have this order. */
export function vectorsOf(bytes: Uint8Array<ArrayBuffer>, d_model: number): Vectors {
  // Only whole numbers can be looked at in place.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const values = new Float32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.length / 4));
  const nRows = d_model === 0 ? 0 : Math.floor(values.length / d_model);
  const inverseNorms = new Float32Array(nRows);
  for (let row = 0; row < nRows; row += 1) {
    let sum = 0;
    for (let idx = row * d_model; idx < (row + 1) * d_model; idx += 1) sum += (values[idx] as number) ** 2;
    inverseNorms[row] = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  }
  return { nRows, d_model, values, inverseNorms };
}

/** The cosine of a row with a row of the same or of another model's embeddings; both are equally wide. */
export function cosineOf(some: Vectors, row: number, others: Vectors, otherRow: number): number {
  const { d_model, values } = some;
  const start = row * d_model;
  const otherStart = otherRow * d_model;
  const otherValues = others.values;
  let sum = 0;
  for (let idx = 0; idx < d_model; idx += 1) {
    sum += (values[start + idx] as number) * (otherValues[otherStart + idx] as number);
  }
  const cosine = sum * (some.inverseNorms[row] ?? 0) * (others.inverseNorms[otherRow] ?? 0);
  return Math.min(1, Math.max(-1, cosine));
}

/** The cosine of each row with one row. */
export function cosinesTo(vectors: Vectors, query: Vectors, queryRow = 0): Float32Array {
  return Float32Array.from({ length: vectors.nRows }, (_, row) => cosineOf(vectors, row, query, queryRow));
}

/** The cosine of each row with each. */
export function cosineMatrix(vectors: Vectors): number[][] {
  return Array.from({ length: vectors.nRows }, (_, row) => [...cosinesTo(vectors, vectors, row)]);
}

/** Rows from the highest cosine to the lowest; of equal ones the first comes first. What is no number comes last. */
export function rowsByCosine(cosines: Float32Array): number[] {
  const weights = cosines.map((cosine) => (Number.isNaN(cosine) ? -2 : cosine));
  return Array.from(cosines.keys()).sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
}

export interface Neighbour {
  row: number;
  cosine: number;
}

/** The rows that are nearest to one row by cosine, nearest first, without itself. Only these few are put in order. */
export function neighboursOf(vectors: Vectors, row: number, nNeighbours: number): Neighbour[] {
  const nearest: Neighbour[] = [];
  for (const [other, cosine] of cosinesTo(vectors, vectors, row).entries()) {
    if (other === row || Number.isNaN(cosine)) continue;
    const isFull = nearest.length === nNeighbours;
    if (isFull && cosine <= (nearest.at(-1)?.cosine ?? 1)) continue;
    const position = nearest.findIndex((neighbour) => neighbour.cosine < cosine);
    nearest.splice(position < 0 ? nearest.length : position, 0, { row: other, cosine });
    if (isFull) nearest.pop();
  }
  return nearest;
}

export interface Found {
  row: number;
  cosines: Moments<number>;
  /** From 1. */
  ranks: Moments<number>;
  /** How many ranks it has moved up by training; null without a trained model. */
  nRanksUp: number | null;
}

export type Moment = keyof Moments<unknown>;

/** Something of the model as loaded, and of the trained one if there is one. */
export interface Moments<T> {
  before: T;
  after: T | null;
}

/** Every row, by its cosine with a query: first what is nearest at `moment`. */
export function search(vectors: Moments<Vectors>, query: Moments<Vectors>, moment: Moment): Found[] {
  const before = ranking(vectors.before, query.before);
  const after = vectors.after && query.after && ranking(vectors.after, query.after);
  const { order } = (moment === "after" && after) || before;
  return order.map((row) => ({
    row,
    cosines: { before: before.cosines[row] as number, after: after && (after.cosines[row] as number) },
    ranks: { before: before.ranks[row] as number, after: after && (after.ranks[row] as number) },
    nRanksUp: after && (before.ranks[row] as number) - (after.ranks[row] as number),
  }));
}

function ranking(vectors: Vectors, query: Vectors) {
  const cosines = cosinesTo(vectors, query);
  const order = rowsByCosine(cosines);
  const ranks = new Int32Array(order.length);
  for (const [position, row] of order.entries()) ranks[row] = position + 1;
  return { cosines, order, ranks };
}
