import { useMemo, useState } from "preact/hooks";
import { N_RESULTS } from "../../settings";
import { text } from "../../text";
import { formatPercent } from "../../ui/format";
import type { EncodedSet } from "./embedding_state";
import { SentenceButton } from "./sentence_button";
import { ShowMore } from "./show_more";

interface ChangedSentencesProps {
  set: EncodedSet;
  onSelect: (row: number) => void;
}

/** The sentences of which training has replaced most neighbours. */
export function ChangedSentences({ set, onSelect }: ChangedSentencesProps) {
  const { neighbourChanges, nNeighbours, sentences } = set;
  const [nShown, setNShown] = useState(N_RESULTS);
  const rows = useMemo(() => {
    const changed = Array.from(neighbourChanges.keys()).filter((row) => (neighbourChanges[row] ?? 0) > 0);
    return changed.sort((a, b) => (neighbourChanges[b] ?? 0) - (neighbourChanges[a] ?? 0));
  }, [neighbourChanges]);
  if (set.vectors.after === null) return null;
  if (rows.length === 0) return <p class="muted">{text.explore.noneChanged}</p>;
  return (
    <section class="stack-tight" aria-labelledby="changed-title">
      <h3 id="changed-title">{text.explore.changed}</h3>
      <p class="muted small">{text.explore.changedNote(nNeighbours)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="scroll-box wrapped" aria-label={text.explore.changedLabel} tabIndex={0}>
        <table class="numbers">
          <thead>
            <tr>
              <th scope="col">{text.ui.sentence}</th>
              <th scope="col" class="is-number">
                {text.explore.replaced}
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
      <ShowMore nAll={rows.length} nShown={nShown} onMore={setNShown} />
    </section>
  );
}
