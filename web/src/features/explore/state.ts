/** The two sentences of "Try it", and when to ask the worker about them. */

import type { Comparison, Failure } from "../../protocol";
import { COMPARE_EVERY_MILLIS } from "../../settings";

export interface ComparisonState {
  sentenceA: string;
  sentenceB: string;
  /** Incremented whenever the answer may have changed: by a model, a corpus, a training step. */
  revision: number;
  /** The last question, answered or not, so that it is not asked twice. */
  asked: Asked | null;
  /** The answer is awaited; only then is something else asked. */
  isAsking: boolean;
  answer: Answer | null;
  failure: Failure | null;
}

/** A question; `at` is in milliseconds of `performance.now()`. */
export interface Asked {
  sentenceA: string;
  sentenceB: string;
  revision: number;
  at: number;
}

export interface Answer {
  sentenceA: string;
  sentenceB: string;
  /** What the probabilities are of; empty if there are no classes. */
  classes: readonly string[];
  before: Comparison;
  after: Comparison | null;
  truncated: boolean;
}

export type ComparisonAction =
  | { type: "explore/changed"; sentenceA: string; sentenceB: string }
  | { type: "explore/asked"; asked: Asked }
  | { type: "explore/answered"; answer: Answer }
  | { type: "explore/failed"; failure: Failure };

/** The actions of the two sentences, among those of the place. */
export function isComparisonAction(action: { type: string }): action is ComparisonAction {
  return ["explore/changed", "explore/asked", "explore/answered", "explore/failed"].includes(action.type);
}

export function reduceComparison(comparison: ComparisonState, action: ComparisonAction): ComparisonState {
  switch (action.type) {
    case "explore/changed": {
      const { sentenceA, sentenceB } = action;
      return { ...comparison, sentenceA, sentenceB };
    }
    case "explore/asked":
      return { ...comparison, isAsking: true, asked: action.asked };
    case "explore/answered":
      return { ...comparison, isAsking: false, failure: null, answer: action.answer };
    case "explore/failed":
      return { ...comparison, isAsking: false, failure: action.failure };
  }
}

/** The weights or the classes have changed: the sentences are to be compared again. */
export function revised(comparison: ComparisonState): ComparisonState {
  return { ...comparison, revision: comparison.revision + 1 };
}

export function newComparison(sentenceA: string, sentenceB: string): ComparisonState {
  return {
    sentenceA,
    sentenceB,
    revision: 0,
    asked: null,
    isAsking: false,
    answer: null,
    failure: null,
  };
}

/** True if there is nothing to compare. */
export function isBlank(comparison: ComparisonState): boolean {
  return comparison.sentenceA.trim() === "" || comparison.sentenceB.trim() === "";
}

/** Milliseconds until the worker should be asked; null if there is nothing to ask. */
export function millisUntilAsking(comparison: ComparisonState, isTraining: boolean, now: number): number | null {
  if (comparison.isAsking || isBlank(comparison)) return null;
  const { asked } = comparison;
  const sameText =
    asked !== null && asked.sentenceA === comparison.sentenceA && asked.sentenceB === comparison.sentenceB;
  if (sameText && asked.revision === comparison.revision) return null;
  // What was typed is asked at once: the next question waits for the answer.
  return isTraining && sameText ? Math.max(0, asked.at + COMPARE_EVERY_MILLIS - now) : 0;
}
