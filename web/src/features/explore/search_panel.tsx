import { type Dispatch, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { N_RESULTS } from "../../settings";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { formatCount, formatDecimal } from "../../ui/format";
import { Panel } from "../../ui/panel";
import { Radios } from "../../ui/radios";
import type { EmbeddingAction, EmbeddingState, EncodedSet, QueryAnswer } from "./embedding_state";
import { SentenceButton } from "./sentence_button";
import { isBlankText } from "./sentences";
import { ShowMore } from "./show_more";
import { isSameModels } from "./stamp";
import { type Found, type Moment, search } from "./vectors";

interface SearchPanelProps {
  set: EncodedSet;
  query: EmbeddingState["query"];
  /** False if another model is loaded than the set is of. */
  canSearch: boolean;
  dispatch: Dispatch<EmbeddingAction>;
}

/** The encoded sentences, by their similarity to a query. */
export function SearchPanel({ set, query, canSearch, dispatch }: SearchPanelProps) {
  const { text: typed, answer, failure } = query;
  const isStale = answer !== null && answer.text !== typed;
  return (
    <Panel id="search" title={text.explore.search} lead={text.explore.searchLead(set.sentences.length)}>
      <label>
        {text.explore.query}
        <input
          type="search"
          data-testid="query"
          placeholder={text.explore.queryHint}
          value={typed}
          disabled={!canSearch}
          onInput={(event) => dispatch({ type: "explore/query_changed", text: event.currentTarget.value })}
        />
      </label>
      {!canSearch && <p class="muted">{text.explore.cantSearch}</p>}
      {failure !== null && <FailureNotice failure={failure} />}
      {canSearch && !isBlankText(typed) && answer?.setKey === set.key && (
        <Results set={set} answer={answer} isStale={isStale} dispatch={dispatch} />
      )}
    </Panel>
  );
}

interface ResultsProps {
  set: EncodedSet;
  answer: QueryAnswer;
  /** Something else has been typed since. */
  isStale: boolean;
  dispatch: Dispatch<EmbeddingAction>;
}

function Results({ set, answer, isStale, dispatch }: ResultsProps) {
  const [chosen, setChosen] = useState<Moment>("after");
  const [nShown, setNShown] = useState(N_RESULTS);
  useLayoutEffect(() => setNShown(N_RESULTS), [answer]);
  // Embeddings of two moments of a run have no cosine that means anything.
  const isComparable = isSameModels(answer.stamp, set.stamp);
  const after = isComparable ? answer.vectors.after : null;
  const hasAfter = set.vectors.after !== null && after !== null;
  const moment = hasAfter ? chosen : "before";
  const found = useMemo(
    () => search(set.vectors, { before: answer.vectors.before, after }, moment),
    [set, answer, after, moment],
  );
  const onSelect = (row: number) => {
    dispatch({ type: "explore/sentence_selected", row });
    document.getElementById("map")?.scrollIntoView();
  };
  return (
    <div class="stack" aria-busy={isStale}>
      {hasAfter && (
        <div class="button-row small" role="radiogroup" aria-label={text.explore.rankedBy}>
          <span class="muted">{text.explore.rankedBy}</span>
          <Radios options={text.ui.moments} value={moment} onValue={setChosen} />
        </div>
      )}
      {!isComparable && <p class="muted small">{text.explore.rankedBefore}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="scroll-box wrapped" aria-label={text.explore.results} tabIndex={0}>
        <table class={isStale ? "numbers is-stale" : "numbers"}>
          <thead>
            <tr>
              <th scope="col">{text.ui.sentence}</th>
              <th scope="col" class="is-number">
                {text.explore.rankBefore}
              </th>
              <th scope="col" class="is-number">
                {text.explore.cosineBefore}
              </th>
              {hasAfter && (
                <>
                  <th scope="col" class="is-number">
                    {text.explore.rankAfter}
                  </th>
                  <th scope="col" class="is-number">
                    {text.explore.cosineAfter}
                  </th>
                  <th scope="col" class="is-number">
                    {text.explore.moved}
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody data-testid="results">
            {found.slice(0, nShown).map(({ row, cosines, ranks, nRanksUp }) => (
              <tr key={row}>
                <td>
                  <SentenceButton text={set.sentences[row]?.text ?? ""} row={row} onSelect={onSelect} />
                </td>
                <td class="is-number">{formatCount(ranks.before)}</td>
                <td class="is-number">{formatDecimal(cosines.before)}</td>
                {hasAfter && (
                  <>
                    <td class="is-number">{ranks.after !== null && formatCount(ranks.after)}</td>
                    <td class="is-number">{formatDecimal(cosines.after)}</td>
                    <td class="is-number">{movedText(nRanksUp)}</td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <ShowMore nAll={found.length} nShown={nShown} onMore={setNShown} />
    </div>
  );
}

function movedText(nRanksUp: Found["nRanksUp"]): string {
  if (nRanksUp === null) return "";
  if (nRanksUp === 0) return text.explore.sameRank;
  return nRanksUp > 0 ? text.explore.up(nRanksUp) : text.explore.down(-nRanksUp);
}
