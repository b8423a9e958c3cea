/** The sentences that are encoded: those of the pairs, each once, or pasted lines. */

import type { PairRecord, Split } from "../../protocol";

export interface Sentence {
  text: string;
  /** Of the first pair that has it; null for a pasted line. */
  split: Split | null;
  /** Index of the class of that pair; null without one. */
  label: number | null;
  /** The position of the other sentence of that pair; null for a pasted line, and where that one is not among them. */
  partner: number | null;
}

export interface SentenceList {
  sentences: readonly Sentence[];
  /** True if there are more than can be encoded. */
  isCut: boolean;
}

/** The worker takes no blank sentence. */
export function isBlankText(text: string): boolean {
  return !/[^\s\u0085]/.test(text);
}

/** Lines with text, in their order, without the space around them. */
export function linesOf(text: string, limit: number): { lines: string[]; isCut: boolean } {
  const lines = text.split(/\r\n|\r|\n/).flatMap((line) => (isBlankText(line) ? [] : [line.trim()]));
  return { lines: lines.slice(0, limit), isCut: lines.length > limit };
}

export function sentencesOfLines(text: string, limit: number): SentenceList {
  const { lines, isCut } = linesOf(text, limit);
  return { sentences: lines.map((line) => ({ text: line, split: null, label: null, partner: null })), isCut };
}

/** The distinct sentences of the pairs in file order, up to the last pair with which they are at most `limit`. */
export function sentencesOfPairs(pairs: readonly PairRecord[], limit: number): SentenceList {
  const rows = new Map<string, number>();
  const sentences: Sentence[] = [];
  const add = (text: string, { split, label }: PairRecord) => {
    rows.set(text, sentences.length);
    return sentences.push({ text, split: split ?? "train", label, partner: null }) - 1;
  };
  const join = (row: number, partner: number) => {
    const sentence = sentences[row];
    if (sentence !== undefined && row !== partner) sentences[row] = { ...sentence, partner };
  };
  for (const pair of pairs) {
    const { sentence_a: a, sentence_b: b } = pair;
    const [knownA, knownB] = [rows.get(a), rows.get(b)];
    if ((knownA !== undefined && knownB !== undefined) || isBlankText(a) || isBlankText(b)) continue;
    const nNew = a === b ? 1 : Number(knownA === undefined) + Number(knownB === undefined);
    // Nothing is read to the end just to be counted.
    if (sentences.length + nNew > limit) return { sentences, isCut: true };
    const rowA = knownA ?? add(a, pair);
    const rowB = rows.get(b) ?? add(b, pair);
    if (knownA === undefined) join(rowA, rowB);
    if (knownB === undefined) join(rowB, rowA);
  }
  return { sentences, isCut: false };
}
