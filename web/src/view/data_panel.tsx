import { formatCount, formatQuantity } from "../format";
import type { CorpusInfo } from "../protocol";
import type { Loadable } from "../state/loadable";
import { ClassBalance } from "./class_balance";
import { FailureNotice } from "./failure_notice";
import { PairBrowser } from "./pair_browser";
import { Panel } from "./panel";

interface DataPanelProps {
  corpus: Loadable<CorpusInfo>;
  onRetry: () => void;
  onTry: (sentenceA: string, sentenceB: string) => void;
}

export function DataPanel({ corpus, onRetry, onTry }: DataPanelProps) {
  return (
    <Panel
      id="data"
      number={2}
      title="Data"
      lead="Pairs of sentences, each with a class (does the second follow from the first?) and a similarity, from 0 for nothing in common to 5 for the same meaning."
    >
      {corpus.status === "loaded" ? (
        <Loaded corpus={corpus.value} onTry={onTry} />
      ) : corpus.status === "failed" ? (
        <FailureNotice failure={corpus.failure} action="Retry" onAction={onRetry} />
      ) : (
        <p data-testid="corpus-status">{corpus.status === "loading" ? "Fetching the pairs…" : "Not loaded yet."}</p>
      )}
    </Panel>
  );
}

function Loaded({ corpus, onTry }: { corpus: CorpusInfo; onTry: DataPanelProps["onTry"] }) {
  const nHeldOut = corpus.pairs.filter((pair) => pair.held_out).length;
  return (
    <>
      <p data-testid="corpus-status">
        <strong>{corpus.name}</strong>: {formatQuantity(corpus.pairs.length, "pair")},{" "}
        {formatCount(corpus.pairs.length - nHeldOut)} to train on and {formatCount(nHeldOut)} held out to score with.
        {corpus.n_skipped > 0 && ` ${formatQuantity(corpus.n_skipped, "row")} without a usable label passed over.`}
      </p>
      <ClassBalance corpus={corpus} />
      <PairBrowser corpus={corpus} onTry={onTry} />
    </>
  );
}
