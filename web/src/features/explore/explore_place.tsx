import { type Dispatch, useLayoutEffect, useMemo } from "preact/hooks";
import type { PairRecord } from "../../protocol";
import { text } from "../../text";
import type { EmbeddingAction, EmbeddingState } from "./embedding_state";
import { EncodePanel } from "./encode_panel";
import { MapPanel } from "./map_panel";
import { MatrixPanel } from "./matrix_panel";
import { SearchPanel } from "./search_panel";
import { type Stamp, staleness } from "./stamp";
import type { EncodingActions } from "./use_embeddings";

interface ExplorePlaceProps {
  embeddings: EmbeddingState;
  /** What would be computed with now; null while nothing can be. */
  stamp: Stamp | null;
  pairs: readonly PairRecord[] | null;
  classes: readonly string[];
  /** Most sentences that the worker takes; null before it has started. */
  limit: number | null;
  isTraining: boolean;
  isDark: boolean;
  actions: EncodingActions;
  dispatch: Dispatch<EmbeddingAction>;
}

/** What the place has besides the two sentences. */
export function ExplorePlace(props: ExplorePlaceProps) {
  const { embeddings, stamp, pairs, classes, limit, isTraining, isDark, actions, dispatch } = props;
  const { matrix, set, query, selected } = embeddings;
  useLayoutEffect(() => {
    dispatch({ type: "explore/shown", isShown: true });
    return () => dispatch({ type: "explore/shown", isShown: false });
  }, []);
  const hasModel = stamp !== null;
  const stale = set === null || stamp === null ? null : staleness(set.stamp, stamp, set.source === "pairs");
  const canSearch = set !== null && set.stamp.modelVersion === stamp?.modelVersion;

  // The same elements as long as they show the same: a training step need not draw them again.
  const matrixPanel = useMemo(
    () => <MatrixPanel matrix={matrix} hasModel={hasModel} isTraining={isTraining} dispatch={dispatch} />,
    [matrix, hasModel, isTraining],
  );
  const searchPanel = useMemo(
    () => set && <SearchPanel set={set} query={query} canSearch={canSearch} dispatch={dispatch} />,
    [set, query, canSearch],
  );
  const mapPanel = useMemo(
    () => set && <MapPanel set={set} selected={selected} stale={stale} isDark={isDark} dispatch={dispatch} />,
    [set, selected, stale, isDark],
  );
  return (
    <>
      {matrixPanel}
      <EncodePanel
        embeddings={embeddings}
        pairs={pairs}
        classes={classes}
        limit={limit ?? 0}
        blocker={hasModel ? null : text.reasons.awaitsModel}
        stale={stale}
        actions={actions}
        dispatch={dispatch}
      />
      {searchPanel}
      {mapPanel}
    </>
  );
}
