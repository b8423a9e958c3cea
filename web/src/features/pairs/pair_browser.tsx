import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import type { CorpusInfo, PairRecord } from "../../protocol";
import { SEARCH_PAUSE_MILLIS } from "../../settings";
import { text } from "../../text";
import { useMedia } from "../../ui/use_media";
import { findPairs, type PairFilter } from "./pair_filter";
import { PairCards, PairTable } from "./pair_list";

interface PairBrowserProps {
  info: CorpusInfo;
  pairs: readonly PairRecord[];
  onTry: (sentenceA: string, sentenceB: string) => void;
}

const EVERYTHING: PairFilter = { split: "all", label: "all", text: "" };

/** The filtered pairs. The filter is local state, because nothing else depends on it. */
export function PairBrowser({ info, pairs, onTry }: PairBrowserProps) {
  const [filter, setFilter] = useState(EVERYTHING);
  const [typed, setTyped] = useState("");
  const isWide = useMedia("(min-width: 48rem)");

  // Other pairs have other classes. A layout effect, because a later reset would remove what was typed meanwhile.
  useLayoutEffect(() => {
    setFilter(EVERYTHING);
    setTyped("");
  }, [pairs]);

  useEffect(() => {
    const search = () => setFilter((last) => (last.text === typed ? last : { ...last, text: typed }));
    const timer = window.setTimeout(search, SEARCH_PAUSE_MILLIS);
    return () => window.clearTimeout(timer);
  }, [typed]);

  const found = useMemo(() => findPairs(pairs, filter), [pairs, filter]);
  const nLabelled = info.class_counts.reduce((sum, [nTrain, nHeldOut]) => sum + nTrain + nHeldOut, 0);
  const List = isWide ? PairTable : PairCards;

  return (
    <div class="stack">
      <div class="filters">
        <label>
          {text.ui.part}
          <select
            value={filter.split}
            onChange={(event) => setFilter({ ...filter, split: event.currentTarget.value as PairFilter["split"] })}
          >
            <option value="all">{text.pairs.all}</option>
            <option value="train">{text.ui.parts.train}</option>
            <option value="held_out">{text.ui.parts.held_out}</option>
          </select>
        </label>
        {info.classes.length > 0 && (
          <label>
            {text.ui.ofPair.label}
            <select
              value={String(filter.label)}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setFilter({ ...filter, label: value === "all" || value === "none" ? value : Number(value) });
              }}
            >
              <option value="all">{text.ui.allClasses}</option>
              {info.classes.map((name, classIdx) => (
                <option key={name} value={classIdx}>
                  {name}
                </option>
              ))}
              {nLabelled < info.n_pairs && <option value="none">{text.pairs.withoutAClass}</option>}
            </select>
          </label>
        )}
        <label class="filter-text">
          {text.pairs.search}
          <input
            type="search"
            placeholder={text.pairs.searchHint}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
      </div>
      {found.length === 0 ? (
        <p class="muted pairs-empty">{text.pairs.noneFound}</p>
      ) : (
        <List info={info} pairs={pairs} found={found} onTry={onTry} />
      )}
      <p class="muted small numbers" aria-live="polite">
        {text.pairs.found(found.length, info.n_pairs)}
      </p>
    </div>
  );
}
