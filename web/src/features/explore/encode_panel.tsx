import { type Dispatch, useMemo, useState } from "preact/hooks";
import type { PairRecord } from "../../protocol";
import { isLikeFormula } from "../../ui/csv";
import { FailureNotice } from "../../ui/failure_notice";
import { formatCount, formatQuantity, formatRemaining } from "../../ui/format";
import { Panel } from "../../ui/panel";
import { Radios } from "../../ui/radios";
import { saveFile } from "../../ui/save_file";
import { SmallButton } from "../../ui/small_button";
import {
  type EmbeddingAction,
  type EmbeddingState,
  type EncodedSet,
  type Encoding,
  encodingSecsLeft,
  type SetSource,
} from "./embedding_state";
import { embeddingsCsv, npyOf, sentencesCsv } from "./files";
import { LinesField } from "./lines_field";
import { TruncationNote } from "./matrix_panel";
import { sentencesOfLines, sentencesOfPairs } from "./sentences";
import { whenText } from "./stamp";
import type { EncodingActions } from "./use_embeddings";

interface EncodePanelProps {
  embeddings: EmbeddingState;
  /** Null before they are loaded. */
  pairs: readonly PairRecord[] | null;
  /** Names of the classes of the pairs. */
  classes: readonly string[];
  /** Most sentences that the worker takes. */
  limit: number;
  /** Why nothing can be encoded now; null if it can. */
  blocker: string | null;
  /** Why the set is out of date; null if it isn't. */
  stale: string | null;
  actions: EncodingActions;
  dispatch: Dispatch<EmbeddingAction>;
}

const SOURCES = [
  ["pairs", "The sentences of the pairs"],
  ["lines", "Pasted lines"],
] as const satisfies readonly (readonly [SetSource, string])[];

/** Which sentences are encoded, for the search and the map. */
export function EncodePanel(props: EncodePanelProps) {
  const { embeddings, pairs, classes, limit, blocker, stale, actions, dispatch } = props;
  const { source, pasted, encoding, failure, set } = embeddings;
  const ofPairs = useMemo(() => sentencesOfPairs(pairs ?? [], limit), [pairs, limit]);
  const ofLines = useMemo(() => sentencesOfLines(pasted, limit), [pasted, limit]);
  const { sentences, isCut } = source === "pairs" ? ofPairs : ofLines;
  const encode = () => actions.encode({ sentences, source, classes: source === "pairs" ? classes : [] });
  const again = () =>
    set !== null && actions.encode(set.source === "pairs" ? { ...set, sentences: ofPairs.sentences, classes } : set);
  return (
    <Panel
      id="encode"
      title="Many sentences"
      lead="Encode many sentences before and after training, to search them and to see where they are."
    >
      <div class="button-row small" role="radiogroup" aria-label="Which sentences">
        <Radios
          options={SOURCES}
          value={source}
          onValue={(chosen) => dispatch({ type: "explore/source_chosen", source: chosen })}
        />
      </div>
      {source === "lines" && (
        <LinesField testId="pasted-lines" text={pasted} onText={(text) => dispatch({ type: "explore/pasted", text })} />
      )}
      {isCut && (
        <p class="notice small">
          There are more sentences than can be encoded at once; the first {formatCount(limit)} are taken.
        </p>
      )}
      {failure !== null && <FailureNotice failure={failure} />}
      {encoding === null ? (
        <div class="button-row">
          <button
            type="button"
            class="encode-button"
            data-testid="encode"
            disabled={blocker !== null || sentences.length === 0}
            onClick={encode}
          >
            Encode {formatQuantity(sentences.length, "sentence")}
          </button>
          {blocker !== null && <span class="muted small">{blocker}</span>}
          {blocker === null && sentences.length === 0 && (
            <span class="muted small">
              {source === "pairs" ? "Waiting for the sentence pairs." : "Paste at least one line."}
            </span>
          )}
        </div>
      ) : (
        <EncodingProgress encoding={encoding} onCancel={actions.cancel} />
      )}
      {/* Here from the start: a region that comes with its text is not read out. */}
      <p class="visually-hidden" role="status">
        {encoding !== null ? "The sentences are being encoded." : set !== null && encodedText(set)}
      </p>
      {set !== null && (
        <>
          <p class="small" data-testid="encoded">
            {encodedText(set)}
          </p>
          {set.nTruncated > 0 && <TruncationNote nTruncated={set.nTruncated} />}
          {stale !== null && (
            <div class="notice small button-row" data-testid="stale">
              <span>{stale}</span>
              <SmallButton disabled={blocker !== null || encoding !== null} onClick={again}>
                Compute again
              </SmallButton>
            </div>
          )}
          <SaveButtons set={set} />
        </>
      )}
    </Panel>
  );
}

function encodedText({ sentences, vectors, stamp }: EncodedSet): string {
  const what = `${formatQuantity(sentences.length, "sentence")} encoded by ${stamp.modelName}`;
  return vectors.after === null ? `${what} as loaded.` : `${what} as loaded, and by the model ${whenText(stamp)}.`;
}

function EncodingProgress({ encoding, onCancel }: { encoding: Encoding; onCancel: () => void }) {
  const { nDone, nTotal, isCancelling } = encoding;
  const secs = encodingSecsLeft(encoding);
  return (
    <div class="stack-tight">
      <p>Encoding the sentences</p>
      <progress aria-label="Progress of encoding" data-testid="encode-progress" value={nDone} max={nTotal} />
      <p class="muted small numbers progress-facts">
        <span>
          {formatCount(nDone)} of {formatQuantity(nTotal, "sentence")}
        </span>
        <span>{secs === null ? "" : formatRemaining(secs)}</span>
      </p>
      <p>
        <SmallButton data-testid="cancel-encoding" disabled={isCancelling} onClick={onCancel}>
          {isCancelling ? "Cancelling…" : "Cancel"}
        </SmallButton>
      </p>
    </div>
  );
}

/** The set as files. */
function SaveButtons({ set }: { set: EncodedSet }) {
  const [isWriting, setIsWriting] = useState(false);
  const nLikeFormulas = useMemo(() => set.sentences.filter(({ text }) => isLikeFormula(text)).length, [set]);
  const moments = (["before", "after"] as const).flatMap((moment) => {
    const vectors = set.vectors[moment];
    return vectors === null ? [] : [{ moment, vectors }];
  });
  const save = (name: string, ending: string, type: string, content: Blob) =>
    saveFile(`sentence-bert-${name}.${ending}`, content, type);
  return (
    <details class="save-embeddings">
      <summary class="small">Save the embeddings</summary>
      <div class="stack-tight">
        {moments.map(({ moment, vectors }) => (
          <div class="button-row small" key={moment}>
            <span class="muted save-moment">{moment === "before" ? "Before" : "After"} training</span>
            <SmallButton
              aria-label={`Save the embeddings ${moment} training as NPY`}
              data-testid={`save-npy-${moment}`}
              onClick={() => save(`embeddings-${moment}`, "npy", "application/octet-stream", npyOf(vectors))}
            >
              NPY
            </SmallButton>
            <SmallButton
              aria-label={`Save the embeddings ${moment} training as CSV`}
              data-testid={`save-csv-${moment}`}
              disabled={isWriting}
              onClick={async () => {
                setIsWriting(true);
                const file = await embeddingsCsv(set.sentences, vectors).finally(() => setIsWriting(false));
                save(`embeddings-${moment}`, "csv", "text/csv", file);
              }}
            >
              CSV
            </SmallButton>
          </div>
        ))}
        <div class="button-row small">
          <span class="muted save-moment">Sentences</span>
          <SmallButton
            aria-label="Save the sentences as CSV"
            data-testid="save-sentences"
            onClick={() => save("sentences", "csv", "text/csv", new Blob([sentencesCsv(set)]))}
          >
            CSV
          </SmallButton>
        </div>
        <p class="muted small">
          NPY is an array for NumPy of {formatCount(set.vectors.before.nRows)} ×{" "}
          {formatCount(set.vectors.before.d_model)} numbers; its rows are in the order of the sentences.
          {nLikeFormulas > 0 &&
            ` In CSV, ${formatQuantity(nLikeFormulas, "sentence")} that a spreadsheet would take for a formula ${
              nLikeFormulas === 1 ? "begins" : "begin"
            } with an apostrophe.`}
        </p>
      </div>
    </details>
  );
}
