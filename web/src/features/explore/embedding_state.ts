/** Sentences and their embeddings: the matrix of a few lines, one large set of sentences, and a query in that set. */

import type { Failure } from "../../protocol";
import { MATRIX_EVERY_MILLIS, MAX_MATRIX_LINES } from "../../settings";
import { text } from "../../text";
import { isBlankText, linesOf, type Sentence } from "./sentences";
import type { Stamp } from "./stamp";
import type { Moments, Vectors } from "./vectors";

/** What the worker says of some sentences. Large arrays are never changed, only replaced. */
export interface Encoded {
  vectors: Moments<Vectors>;
  nTruncated: number;
  stamp: Stamp;
}

export interface EncodedSet extends Encoded {
  /** Its number among the sets of this tab. */
  key: number;
  sentences: readonly Sentence[];
  source: SetSource;
  /** Names of the classes. */
  classes: readonly string[];
  /** Where each sentence is on the map. */
  maps: Moments<readonly Point[]>;
  explainedVariance: Point | null;
  /** How many others are the nearest neighbours of a sentence. */
  nNeighbours: number;
  /** Of each sentence, the share of its nearest neighbours that training has replaced; empty without a trained model. */
  neighbourChanges: readonly number[];
}

export type Point = readonly [number, number];

/** Where the sentences of a set come from. */
export type SetSource = "pairs" | "lines";

/** A request for a set. Times are milliseconds of `performance.now()`. */
export interface Encoding {
  nDone: number;
  nTotal: number;
  /** When the first report came, and what was done by then: waiting for the worker is no part of the speed. */
  first: { at: number; nDone: number } | null;
  at: number;
  isCancelling: boolean;
}

/** A question that is asked whenever it has changed, and only once the last one was answered. */
interface Question<Asked, Answer> {
  text: string;
  asked: (Asked & { at: number }) | null;
  isAsking: boolean;
  answer: Answer | null;
  failure: Failure | null;
}

interface MatrixAsked {
  lines: readonly string[];
  revision: number;
}

interface QueryAsked {
  text: string;
  setKey: number;
}

export interface MatrixAnswer extends Encoded {
  lines: readonly string[];
}

export interface QueryAnswer extends Encoded, QueryAsked {}

export interface EmbeddingState {
  /** The place is shown: the matrix is computed only then. */
  isShown: boolean;
  modelVersion: number;
  matrix: Question<MatrixAsked, MatrixAnswer>;
  source: SetSource;
  /** Lines that are pasted to be encoded. */
  pasted: string;
  encoding: Encoding | null;
  /** Why the last request for a set failed; null if it did not, or was cancelled. */
  failure: Failure | null;
  set: EncodedSet | null;
  /** The position of the sentence that is looked at. */
  selected: number | null;
  query: Question<QueryAsked, QueryAnswer>;
}

const noQuestion = { asked: null, isAsking: false, answer: null, failure: null };

export const nothingEncoded: EmbeddingState = {
  isShown: false,
  modelVersion: 0,
  matrix: { text: text.explore.matrixLines.join("\n"), ...noQuestion },
  source: "pairs",
  pasted: "",
  encoding: null,
  failure: null,
  set: null,
  selected: null,
  query: { text: "", ...noQuestion },
};

export type EmbeddingAction =
  | { type: "explore/shown"; isShown: boolean }
  | { type: "explore/lines_changed"; text: string }
  | { type: "explore/matrix_asked"; lines: readonly string[]; revision: number; at: number }
  | { type: "explore/matrix_answered"; answer: MatrixAnswer }
  | { type: "explore/matrix_failed"; failure: Failure }
  | { type: "explore/source_chosen"; source: SetSource }
  | { type: "explore/pasted"; text: string }
  | { type: "explore/encoding_started"; nTotal: number; at: number }
  | { type: "explore/encoding_progressed"; nDone: number; nTotal: number; at: number }
  | { type: "explore/encoding_cancelled" }
  | { type: "explore/encoded"; set: Omit<EncodedSet, "key"> }
  | { type: "explore/encoding_failed"; failure: Failure }
  | { type: "explore/sentence_selected"; row: number | null }
  | { type: "explore/query_changed"; text: string }
  | { type: "explore/query_asked"; text: string; setKey: number; at: number }
  | { type: "explore/query_answered"; answer: QueryAnswer }
  | { type: "explore/query_failed"; failure: Failure };

export function reduceEmbeddings(state: EmbeddingState, action: EmbeddingAction): EmbeddingState {
  const { matrix, encoding, query } = state;
  switch (action.type) {
    case "explore/shown":
      return { ...state, isShown: action.isShown };
    case "explore/lines_changed":
      return { ...state, matrix: { ...matrix, text: action.text } };
    case "explore/matrix_asked":
      return { ...state, matrix: { ...matrix, isAsking: true, asked: action } };
    case "explore/matrix_answered":
      return { ...state, matrix: { ...matrix, isAsking: false, failure: null, answer: action.answer } };
    case "explore/matrix_failed":
      return { ...state, matrix: { ...matrix, isAsking: false, failure: action.failure } };
    case "explore/source_chosen":
      return { ...state, source: action.source };
    case "explore/pasted":
      return { ...state, pasted: action.text };
    case "explore/encoding_started": {
      const { nTotal, at } = action;
      return { ...state, failure: null, encoding: { nDone: 0, nTotal, first: null, at, isCancelling: false } };
    }
    case "explore/encoding_progressed": {
      const { nDone, nTotal, at } = action;
      return {
        ...state,
        encoding: encoding && { ...encoding, nDone, nTotal, at, first: encoding.first ?? { at, nDone } },
      };
    }
    case "explore/encoding_cancelled":
      return { ...state, encoding: encoding && { ...encoding, isCancelling: true } };
    case "explore/encoded": {
      const set = { ...action.set, key: (state.set?.key ?? 0) + 1 };
      return { ...state, encoding: null, failure: null, set, selected: selectedIn(set, state) };
    }
    case "explore/encoding_failed": {
      const isCancelled = action.failure.kind === "cancelled";
      return { ...state, encoding: null, failure: isCancelled ? null : action.failure };
    }
    case "explore/sentence_selected":
      return { ...state, selected: action.row };
    case "explore/query_changed":
      return { ...state, query: { ...query, text: action.text } };
    case "explore/query_asked":
      return { ...state, query: { ...query, isAsking: true, asked: action } };
    case "explore/query_answered":
      return { ...state, query: { ...query, isAsking: false, failure: null, answer: action.answer } };
    case "explore/query_failed":
      return { ...state, query: { ...query, isAsking: false, failure: action.failure } };
  }
}

/** Computed again, the same sentence stays selected. */
function selectedIn({ sentences }: EncodedSet, { set, selected }: EmbeddingState): number | null {
  const text = selected === null ? undefined : set?.sentences[selected]?.text;
  const row = text === undefined ? -1 : sentences.findIndex((sentence) => sentence.text === text);
  return row < 0 ? null : row;
}

/** A model was loaded, so what was trained from the last one is lost. */
export function withOtherModel(state: EmbeddingState): EmbeddingState {
  return { ...state, modelVersion: state.modelVersion + 1 };
}

/** The worker is lost: nothing that was asked of it is answered. What it had computed stays. */
export function embeddingsWithoutWorker(state: EmbeddingState): EmbeddingState {
  const { matrix, query } = state;
  return {
    ...state,
    encoding: null,
    matrix: { ...matrix, isAsking: false, asked: null },
    query: { ...query, isAsking: false, asked: null },
  };
}

/** The lines of the matrix. */
export function matrixLines(text: string): { lines: string[]; isCut: boolean } {
  return linesOf(text, MAX_MATRIX_LINES);
}

export function isSameLines(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((line, idx) => line === others[idx]);
}

/** Milliseconds until the worker should be asked for the matrix; null if there is nothing to ask. */
export function millisUntilMatrix(
  { isShown, matrix: { text, asked, isAsking } }: EmbeddingState,
  revision: number,
  isTraining: boolean,
  now: number,
): number | null {
  const { lines } = matrixLines(text);
  if (!isShown || isAsking || lines.length < 2) return null;
  const isSameText = asked !== null && isSameLines(asked.lines, lines);
  if (isSameText && asked.revision === revision) return null;
  return isTraining && isSameText ? Math.max(0, asked.at + MATRIX_EVERY_MILLIS - now) : 0;
}

/** The same for the query: it is asked when it or the set has changed, not after each step of a run. */
export function millisUntilQuery({ set, query }: EmbeddingState, stamp: Stamp): number | null {
  const { text, asked, isAsking } = query;
  if (set === null || isAsking || isBlankText(text) || set.stamp.modelVersion !== stamp.modelVersion) return null;
  return asked !== null && asked.text === text && asked.setKey === set.key ? null : 0;
}

/** Seconds until all sentences are encoded, at the mean speed; null before there is a useful estimate. */
export function encodingSecsLeft({ nDone, nTotal, first, at }: Encoding): number | null {
  if (first === null) return null;
  const secs = (at - first.at) / 1000;
  if (secs < 0.5 || nDone <= first.nDone) return null;
  return ((nTotal - nDone) * secs) / (nDone - first.nDone);
}
