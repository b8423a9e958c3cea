import { useMemo, useState } from "preact/hooks";
import { N_NEIGHBOURS, N_RESULTS } from "../../settings";
import { formatCount, formatPercent } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import type { EncodedSet } from "./embedding_state";
import { SentenceButton } from "./sentence_button";

interface ChangedSentencesProps {
  set: EncodedSet;
  onSelect: (row: number) => void;
}

/** The sentences of which training has replaced most neighbours. */
export function ChangedSentences({ set, onSelect }: ChangedSentencesProps) {
  const { neighbourChanges, sentences } = set;
  const [nShown, setNShown] = useState(N_RESULTS);
  const rows = useMemo(() => {
    const changed = Array.from(neighbourChanges.keys()).filter((row) => (neighbourChanges[row] ?? 0) > 0);
    return changed.sort((a, b) => (neighbourChanges[b] ?? 0) - (neighbourChanges[a] ?? 0));
  }, [neighbourChanges]);
  if (set.vectors.after === null) return null;
  if (rows.length === 0) return <p class="muted">Every sentence has the neighbours that it had before training.</p>;
  return (
    <section class="stack-tight" aria-labelledby="changed-title">
      <h3 id="changed-title">Neighbourhoods that changed most</h3>
      <p class="muted small">
        Of the {N_NEIGHBOURS} nearest neighbours before training, so many are no longer among the {N_NEIGHBOURS}{" "}
        nearest.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="scroll-box wrapped" aria-label="Changed neighbourhoods" tabIndex={0}>
        <table class="numbers">
          <thead>
            <tr>
              <th scope="col">Sentence</th>
              <th scope="col" class="is-number">
                Replaced
              </th>
            </tr>
          </thead>
          <tbody data-testid="changed">
            {rows.slice(0, nShown).map((row) => (
              <tr key={row}>
                <td>
                  <SentenceButton text={sentences[row]?.text ?? ""} row={row} onSelect={onSelect} />
                </td>
                <td class="is-number">{formatPercent(neighbourChanges[row] ?? 0, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > nShown && (
        <p>
          <SmallButton onClick={() => setNShown(nShown + N_RESULTS)}>
            Show more of {formatCount(rows.length)} sentences
          </SmallButton>
        </p>
      )}
    </section>
  );
}
