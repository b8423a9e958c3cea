import { type Dispatch, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { N_RESULTS } from "../../settings";
import { FailureNotice } from "../../ui/failure_notice";
import { formatCount, formatDecimal } from "../../ui/format";
import { Panel } from "../../ui/panel";
import { Radios } from "../../ui/radios";
import type { EmbeddingAction, EmbeddingState, EncodedSet, QueryAnswer } from "./embedding_state";
import { SentenceButton } from "./sentence_button";
import { isBlankText } from "./sentences";
import { ShowMore } from "./show_more";
import { isSameModels } from "./stamp";
import { type Found, MOMENTS, type Moment, search } from "./vectors";

interface SearchPanelProps {
  set: EncodedSet;
  query: EmbeddingState["query"];
  /** False if another model is loaded than the set is of. */
  canSearch: boolean;
  dispatch: Dispatch<EmbeddingAction>;
}

/** The encoded sentences, by their similarity to a query. */
export function SearchPanel({ set, query, canSearch, dispatch }: SearchPanelProps) {
  const { text, answer, failure } = query;
  const isStale = answer !== null && answer.text !== text;
  return (
    <Panel
      id="search"
      title="Search"
      lead={`The ${formatCount(set.sentences.length)} encoded sentences, by their similarity to a query.`}
    >
      <label>
        Query
        <input
          type="search"
          data-testid="query"
          placeholder="A sentence of your own"
          value={text}
          disabled={!canSearch}
          onInput={(event) => dispatch({ type: "explore/query_changed", text: event.currentTarget.value })}
        />
      </label>
      {!canSearch && <p class="muted">Compute the embeddings again to search with the model that is loaded now.</p>}
      {failure !== null && <FailureNotice failure={failure} />}
      {canSearch && !isBlankText(text) && answer?.setKey === set.key && (
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
        <div class="button-row small" role="radiogroup" aria-label="Ranked by">
          <span class="muted">Ranked by</span>
          <Radios options={MOMENTS} value={moment} onValue={setChosen} />
        </div>
      )}
      {!isComparable && (
        <p class="muted small">
          The model has changed since the sentences were encoded, so the ranking is that before training. Compute the
          embeddings again for the ranking after it.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="scroll-box wrapped" aria-label="Results" tabIndex={0}>
        <table class={isStale ? "numbers is-stale" : "numbers"}>
          <thead>
            <tr>
              <th scope="col">Sentence</th>
              <th scope="col" class="is-number">
                Rank before
              </th>
              <th scope="col" class="is-number">
                Cosine before
              </th>
              {hasAfter && (
                <>
                  <th scope="col" class="is-number">
                    Rank after
                  </th>
                  <th scope="col" class="is-number">
                    Cosine after
                  </th>
                  <th scope="col" class="is-number">
                    Moved
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
  if (nRanksUp === 0) return "same";
  return nRanksUp > 0 ? `▲ ${formatCount(nRanksUp)} up` : `▼ ${formatCount(-nRanksUp)} down`;
}
