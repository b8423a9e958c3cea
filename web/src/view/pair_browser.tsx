import { useMemo, useState } from "preact/hooks";
import { formatCount } from "../format";
import type { CorpusInfo, PairInfo } from "../protocol";
import { PAIRS_PER_PAGE } from "../settings";
import { matches, type PairFilter } from "../state/pair_filter";
import { useMedia } from "../theme";
import { PairCards, PairTable } from "./pair_list";

interface PairBrowserProps {
  corpus: CorpusInfo;
  onTry: (sentenceA: string, sentenceB: string) => void;
}

/** The pairs, filtered and paged. Filter and page concern nothing else on the page, so they are kept here. */
export function PairBrowser({ corpus, onTry }: PairBrowserProps) {
  const [filter, setFilter] = useState<PairFilter>({ split: "all", label: "all", text: "" });
  const [page, setPage] = useState(0);
  const isWide = useMedia("(min-width: 48rem)");

  const found = useMemo(() => corpus.pairs.filter((pair) => matches(pair, filter)), [corpus, filter]);
  const nShown = isWide ? PAIRS_PER_PAGE.wide : PAIRS_PER_PAGE.narrow;
  // A screen that becomes wider has fewer pages.
  const start = Math.min(page, Math.max(0, Math.ceil(found.length / nShown) - 1)) * nShown;
  const shown = found.slice(start, start + nShown);
  const change = (part: Partial<PairFilter>) => {
    setFilter({ ...filter, ...part });
    setPage(0);
  };
  const List = isWide ? PairTable : PairCards;

  return (
    <div class="pairs">
      <div class="filters">
        <label>
          Part
          <select
            value={filter.split}
            onChange={(event) => change({ split: event.currentTarget.value as PairFilter["split"] })}
          >
            <option value="all">All pairs</option>
            <option value="train">Training</option>
            <option value="held_out">Held out</option>
          </select>
        </label>
        <label>
          Class
          <select
            value={String(filter.label)}
            onChange={(event) => {
              const { value } = event.currentTarget;
              change({ label: value === "all" ? "all" : Number(value) });
            }}
          >
            <option value="all">All classes</option>
            {corpus.classes.map((name, classIdx) => (
              <option key={name} value={classIdx}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="filter-text">
          Search
          <input
            type="search"
            placeholder="A word in either sentence"
            value={filter.text}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
        </label>
      </div>
      {shown.length === 0 ? (
        <p class="muted pairs-empty">No pair matches; try another word or class.</p>
      ) : (
        <List
          pairs={shown}
          classes={corpus.classes}
          onTry={(pair: PairInfo) => onTry(pair.sentence_a, pair.sentence_b)}
        />
      )}
      <div class="pager">
        <p class="muted small numbers" aria-live="polite">
          {found.length === 0
            ? `0 of ${formatCount(corpus.pairs.length)} pairs`
            : `${formatCount(start + 1)}–${formatCount(start + shown.length)} of ${formatCount(found.length)} pairs`}
        </p>
        <div class="button-row">
          <button type="button" class="outline" disabled={start === 0} onClick={() => setPage(start / nShown - 1)}>
            Previous
          </button>
          <button
            type="button"
            class="outline"
            disabled={start + nShown >= found.length}
            onClick={() => setPage(start / nShown + 1)}
          >
            Next
          </button>
        </div>
      </div>
    </div>
  );
}
