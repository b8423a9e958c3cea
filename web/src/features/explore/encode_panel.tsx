import { type Dispatch, useMemo, useState } from "preact/hooks";
import type { PairRecord } from "../../protocol";
import { text } from "../../text";
import { isLikeFormula } from "../../ui/csv";
import { FailureNotice } from "../../ui/failure_notice";
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
} from "./embedding_state";
import { embeddingsCsv, npyOf, sentencesCsv } from "./files";
import { LinesField } from "./lines_field";
import { TruncationNote } from "./matrix_panel";
import { sentencesOfLines, sentencesOfPairs } from "./sentences";
import { stepOf } from "./stamp";
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
    <Panel id="encode" title={text.explore.many} lead={text.explore.manyLead}>
      <div class="button-row small" role="radiogroup" aria-label={text.explore.whichSentences}>
        <Radios
          options={text.explore.sources}
          value={source}
          onValue={(chosen) => dispatch({ type: "explore/source_chosen", source: chosen })}
        />
      </div>
      {source === "lines" && (
        <LinesField
          testId="pasted-lines"
          lines={pasted}
          onLines={(lines) => dispatch({ type: "explore/pasted", text: lines })}
        />
      )}
      {isCut && <p class="notice small">{text.explore.firstSentences(limit)}</p>}
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
            {text.explore.encode(sentences.length)}
          </button>
          {blocker !== null && <span class="muted small">{blocker}</span>}
          {blocker === null && sentences.length === 0 && (
            <span class="muted small">{source === "pairs" ? text.reasons.awaitsPairs : text.explore.pasteLine}</span>
          )}
        </div>
      ) : (
        <EncodingProgress encoding={encoding} onCancel={actions.cancel} />
      )}
      {/* Here from the start: a region that comes with its text is not read out. */}
      <p class="visually-hidden" role="status">
        {encoding !== null ? text.explore.beingEncoded : set !== null && encodedText(set)}
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
                {text.explore.computeAgain}
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
  return vectors.after === null
    ? text.explore.encoded(sentences.length, stamp.modelName)
    : text.explore.encodedByBoth(sentences.length, stamp.modelName, stepOf(stamp));
}

function EncodingProgress({ encoding, onCancel }: { encoding: Encoding; onCancel: () => void }) {
  const { nDone, nTotal, isCancelling } = encoding;
  const secs = encodingSecsLeft(encoding);
  return (
    <div class="stack-tight">
      <p>{text.explore.encoding}</p>
      <progress aria-label={text.explore.progress} data-testid="encode-progress" value={nDone} max={nTotal} />
      <p class="muted small numbers progress-facts">
        <span>{text.explore.nOf(nDone, nTotal)}</span>
        <span>{secs === null ? "" : text.ui.remaining(secs)}</span>
      </p>
      <p>
        <SmallButton data-testid="cancel-encoding" disabled={isCancelling} onClick={onCancel}>
          {isCancelling ? text.ui.cancelling : text.ui.cancel}
        </SmallButton>
      </p>
    </div>
  );
}

/** The set as files. */
function SaveButtons({ set }: { set: EncodedSet }) {
  const [isWriting, setIsWriting] = useState(false);
  const nLikeFormulas = useMemo(() => set.sentences.filter((sentence) => isLikeFormula(sentence.text)).length, [set]);
  const moments = (["before", "after"] as const).flatMap((moment) => {
    const vectors = set.vectors[moment];
    return vectors === null ? [] : [{ moment, vectors }];
  });
  const save = (name: string, ending: string, type: string, content: Blob) =>
    saveFile(`sentence-bert-${name}.${ending}`, content, type);
  return (
    <details class="save-embeddings">
      <summary class="small">{text.explore.save}</summary>
      <div class="stack-tight">
        {moments.map(({ moment, vectors }) => (
          <div class="button-row small" key={moment}>
            <span class="muted save-moment">{text.ui.ofTraining[moment]}</span>
            <SmallButton
              aria-label={text.explore.saveNpyOf[moment]}
              data-testid={`save-npy-${moment}`}
              onClick={() => save(`embeddings-${moment}`, "npy", "application/octet-stream", npyOf(vectors))}
            >
              {text.explore.npy}
            </SmallButton>
            <SmallButton
              aria-label={text.explore.saveCsvOf[moment]}
              data-testid={`save-csv-${moment}`}
              disabled={isWriting}
              onClick={async () => {
                setIsWriting(true);
                const file = await embeddingsCsv(set.sentences, vectors).finally(() => setIsWriting(false));
                save(`embeddings-${moment}`, "csv", "text/csv", file);
              }}
            >
              {text.explore.csv}
            </SmallButton>
          </div>
        ))}
        <div class="button-row small">
          <span class="muted save-moment">{text.explore.sentences}</span>
          <SmallButton
            aria-label={text.explore.saveSentences}
            data-testid="save-sentences"
            onClick={() => save("sentences", "csv", "text/csv", new Blob([sentencesCsv(set)]))}
          >
            {text.explore.csv}
          </SmallButton>
        </div>
        <p class="muted small">
          {text.explore.npyNote(set.vectors.before.nRows, set.vectors.before.d_model)}
          {nLikeFormulas > 0 && ` ${text.explore.formulaNote(nLikeFormulas)}`}
        </p>
      </div>
    </details>
  );
}
