/** Compares the two sentences whenever they or the weights have changed. */

import type { RefObject } from "preact";
import { type Dispatch, useLayoutEffect } from "preact/hooks";
import type { WorkerClient } from "../../worker/client";
import { isActive, type Run } from "../train/run";
import { askAfter } from "./ask_after";
import { type ComparisonAction, type ComparisonState, millisUntilAsking } from "./state";

export function useComparison(
  comparison: ComparisonState,
  run: Run | null,
  canCompare: boolean,
  worker: RefObject<WorkerClient | null>,
  dispatch: Dispatch<ComparisonAction>,
): void {
  useLayoutEffect(() => {
    const millis = canCompare ? millisUntilAsking(comparison, isActive(run), performance.now()) : null;
    if (millis === null) return;
    const ask = () => {
      if (worker.current === null) return;
      const { sentenceA, sentenceB, revision } = comparison;
      dispatch({ type: "explore/asked", asked: { sentenceA, sentenceB, revision, at: performance.now() } });
      worker.current.call({ kind: "compare", sentence_a: sentenceA, sentence_b: sentenceB }).then(
        ({ classes, before, after, truncated }) =>
          dispatch({ type: "explore/answered", answer: { sentenceA, sentenceB, classes, before, after, truncated } }),
        (failure) => dispatch({ type: "explore/failed", failure }),
      );
    };
    return askAfter(millis, ask);
  }, [canCompare, comparison, run]);
}
