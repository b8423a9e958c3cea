/** What the models before and after training say of each held-out pair, and what follows from it. */

import type { PairRecord, Predictions } from "../../protocol";

export type Moment = "before" | "after";

/** What one model says of a pair. */
export interface Judgement {
  cosine: number;
  /** The class that it chose, and how probable it holds it. */
  classIdx: number;
  probability: number;
  /** How probable it holds the class of the pair; null for a pair without. */
  ownProbability: number | null;
}

export interface JudgedPair {
  pair: PairRecord;
  judgement: Judgement;
  /** By the other model, where there is one. */
  other: Judgement | null;
}

/** The held-out pairs as the model at `moment` judges them; none if it has not been scored on just these pairs. */
export function judgedPairs(
  heldOut: readonly PairRecord[],
  predictions: Record<Moment, Predictions | null>,
  moment: Moment,
): JudgedPair[] {
  const [own, other] = [predictions[moment], predictions[moment === "after" ? "before" : "after"]];
  if (own === null || own.cosines.length !== heldOut.length) return [];
  return heldOut.map((pair, idx) => ({
    pair,
    judgement: judgementOf(own, pair, idx),
    other: other === null || other.cosines.length !== heldOut.length ? null : judgementOf(other, pair, idx),
  }));
}

function judgementOf(predictions: Predictions, pair: PairRecord, idx: number): Judgement {
  return {
    cosine: predictions.cosines[idx] ?? Number.NaN,
    classIdx: predictions.classes[idx] ?? 0,
    probability: predictions.probabilities[idx] ?? Number.NaN,
    ownProbability: pair.label === null ? null : Math.exp(predictions.log_likelihoods[idx] ?? Number.NaN),
  };
}

/** The orders of the list, each with how far up a pair belongs; null if the order says nothing of it. */
export const ORDERS = {
  class: ({ judgement }) => judgement.ownProbability && 1 - judgement.ownProbability,
  too_high: (judged) => errorOf(judged),
  too_low: (judged) => negated(errorOf(judged)),
  change: ({ judgement, other }) => (other === null ? null : Math.abs(judgement.cosine - other.cosine)),
} as const satisfies Record<string, (judged: JudgedPair) => number | null>;

export type Order = keyof typeof ORDERS;

/** Of the pairs of which the order says something, those with the largest weight first. */
export function inOrder(judged: readonly JudgedPair[], order: Order): JudgedPair[] {
  const weighed = judged.flatMap((each) => {
    const weight = ORDERS[order](each);
    return weight === null || !Number.isFinite(weight) ? [] : [{ each, weight }];
  });
  return weighed.sort((a, b) => b.weight - a.weight).map(({ each }) => each);
}

/** By how much the cosine is above the similarity; null for a pair without. */
function errorOf({ pair, judgement }: JudgedPair): number | null {
  return pair.score === null ? null : judgement.cosine - pair.score;
}

const negated = (value: number | null) => (value === null ? null : -value);

export interface ClassRow {
  classIdx: number;
  /** Pairs of the class. */
  nPairs: number;
  /** Null where nothing was taken for the class. */
  precision: number | null;
  /** Null where no pair is of the class. */
  recall: number | null;
  /** Null where it is neither there nor predicted. */
  f1: number | null;
}

/** Precision, recall and F1 of each class, from the counts of (class, predicted class). */
export function classRows(counts: readonly (readonly number[])[]): ClassRow[] {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return counts.map((row, classIdx) => {
    const nRight = row[classIdx] ?? 0;
    const [nPairs, nPredicted] = [sum(row), sum(counts.map((other) => other[classIdx] ?? 0))];
    return {
      classIdx,
      nPairs,
      precision: share(nRight, nPredicted),
      recall: share(nRight, nPairs),
      f1: share(2 * nRight, nPairs + nPredicted),
    };
  });
}

export interface Bin {
  nPairs: number;
  /** Mean probability of the chosen class, and the share of pairs that are of it. */
  probability: number;
  accuracy: number;
}

const N_BINS = 10;

/** Pairs with a class by the probability of the chosen class, in ten bins of equal width; empty ones are left out. */
export function reliability(judged: readonly JudgedPair[]): Bin[] {
  const bins = Array.from({ length: N_BINS }, () => ({ nPairs: 0, probability: 0, nRight: 0 }));
  for (const { pair, judgement } of judged) {
    const bin = bins[Math.min(N_BINS - 1, Math.floor(judgement.probability * N_BINS))];
    if (pair.label === null || bin === undefined) continue;
    bin.nPairs += 1;
    bin.probability += judgement.probability;
    bin.nRight += Number(judgement.classIdx === pair.label);
  }
  return bins
    .filter(({ nPairs }) => nPairs > 0)
    .map(({ nPairs, probability, nRight }) => ({
      nPairs,
      probability: probability / nPairs,
      accuracy: nRight / nPairs,
    }));
}

/** Expected calibration error (Guo et al. 2017, equation 3): the mean distance of accuracy and probability. */
export function calibrationError(bins: readonly Bin[]): number | null {
  const nPairs = bins.reduce((sum, bin) => sum + bin.nPairs, 0);
  if (nPairs === 0) return null;
  return bins.reduce((sum, bin) => sum + (bin.nPairs / nPairs) * Math.abs(bin.accuracy - bin.probability), 0);
}
