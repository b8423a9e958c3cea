/** Has the worker encode sentences: the matrix and the query whenever they change, a set when the visitor wants it. */

import type { RefObject } from "preact";
import { type Dispatch, useLayoutEffect, useRef } from "preact/hooks";
import type { Failure } from "../../protocol";
import type { Reply, WorkerClient } from "../../worker/client";
import { askAfter } from "./ask_after";
import {
  type EmbeddingAction,
  type EmbeddingState,
  type Encoded,
  type EncodedSet,
  matrixLines,
  millisUntilMatrix,
  millisUntilQuery,
} from "./embedding_state";
import type { Stamp } from "./stamp";
import { vectorsOf } from "./vectors";

/** What is to be encoded. */
export type SetOrder = Pick<EncodedSet, "sentences" | "source" | "classes">;

export interface EncodingActions {
  encode(order: SetOrder): void;
  cancel(): void;
}

/**
 * @param stamp What the worker would compute with now; null while it can't.
 * @param revision Another number whenever a model, old or new, has changed.
 */
export function useEmbeddings(
  state: EmbeddingState,
  stamp: Stamp | null,
  revision: number,
  isTraining: boolean,
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<EmbeddingAction>,
): EncodingActions {
  const { matrix, query, set, isShown } = state;
  const isReady = stamp !== null;

  useLayoutEffect(() => {
    const millis = millisUntilMatrix(state, revision, isTraining, performance.now());
    if (millis === null || stamp === null) return;
    const ask = () => {
      if (worker.current === null) return;
      const { lines } = matrixLines(matrix.text);
      dispatch({ type: "explore/matrix_asked", lines, revision, at: performance.now() });
      worker.current.call({ kind: "embed", sentences: lines, wants_map: false }).then(
        (reply) => dispatch({ type: "explore/matrix_answered", answer: { ...encodedOf(reply, stamp), lines } }),
        (failure) => dispatch({ type: "explore/matrix_failed", failure }),
      );
    };
    return askAfter(millis, ask);
  }, [isReady, isShown, matrix, revision, isTraining]);

  const canSearch = isReady && isShown && set?.stamp.modelVersion === stamp?.modelVersion;
  useLayoutEffect(() => {
    const millis = canSearch ? millisUntilQuery(state, stamp) : null;
    if (millis === null || set === null || stamp === null) return;
    const ask = () => {
      if (worker.current === null) return;
      const asked = { text: query.text, setKey: set.key };
      dispatch({ type: "explore/query_asked", ...asked, at: performance.now() });
      worker.current.call({ kind: "embed", sentences: [query.text.trim()], wants_map: false }).then(
        (reply) => dispatch({ type: "explore/query_answered", answer: { ...encodedOf(reply, stamp), ...asked } }),
        (failure) => dispatch({ type: "explore/query_failed", failure }),
      );
    };
    return askAfter(millis, ask);
  }, [canSearch, query, set]);

  /** The request under way; one to a worker that was lost never ends. */
  const current = useRef<{ client: WorkerClient; abort: AbortController } | null>(null);
  return {
    encode: ({ sentences, source, classes }) => {
      const client = worker.current;
      if (client === null || stamp === null || current.current?.client === client) return;
      const abort = new AbortController();
      current.current = { client, abort };
      dispatch({ type: "explore/encoding_started", nTotal: sentences.length, at: performance.now() });
      const request = { kind: "embed", sentences: sentences.map(({ text }) => text), wants_map: true } as const;
      client
        .call(request, {
          signal: abort.signal,
          onProgress: ({ n_done: nDone, n_total: nTotal }) =>
            dispatch({ type: "explore/encoding_progressed", nDone, nTotal, at: performance.now() }),
        })
        .finally(() => {
          current.current = null;
        })
        .then(
          (reply) => dispatch({ type: "explore/encoded", set: { ...setOf(reply, stamp), sentences, source, classes } }),
          (failure: Failure) => dispatch({ type: "explore/encoding_failed", failure }),
        );
    },
    cancel: () => {
      dispatch({ type: "explore/encoding_cancelled" });
      current.current?.abort.abort();
    },
  };
}

function encodedOf({ before, after, d_model, n_truncated }: Reply<"embed">, stamp: Stamp): Encoded {
  const vectors = { before: vectorsOf(before.values, d_model), after: after && vectorsOf(after.values, d_model) };
  return { vectors, nTruncated: n_truncated, stamp };
}

function setOf(reply: Reply<"embed">, stamp: Stamp) {
  return {
    ...encodedOf(reply, stamp),
    maps: { before: reply.before.map, after: reply.after?.map ?? null },
    explainedVariance: reply.explained_variance,
    nNeighbours: reply.n_neighbours,
    neighbourChanges: reply.neighbour_changes,
  };
}
