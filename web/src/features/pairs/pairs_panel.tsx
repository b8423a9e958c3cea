import { type Dispatch, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Failure } from "../../protocol";
import { text } from "../../text";
import { DropZone } from "../../ui/drop_zone";
import { FailureNotice } from "../../ui/failure_notice";
import { Name } from "../../ui/name";
import { SetupSection } from "../../ui/setup_section";
import { ClassBalance } from "./class_balance";
import { type Corpus, type PairImport, shownCorpus } from "./corpus";
import { ImportCard } from "./import_card";
import { ImportProgress } from "./import_progress";
import { ImportReportView } from "./import_report";
import { PairBrowser } from "./pair_browser";
import { PairSourceChooser, type SourceChoice } from "./pair_source";
import type { PairsAction, PairsState } from "./state";

interface PairsPanelProps {
  pairs: PairsState;
  /** The worker takes requests. */
  isReady: boolean;
  /** Why no other pairs can be brought in now; null if they can. */
  blocker: string | null;
  dispatch: Dispatch<PairsAction>;
  onTry: (sentenceA: string, sentenceB: string) => void;
}

export function PairsPanel(props: PairsPanelProps) {
  const { pairs, blocker, dispatch } = props;
  const { corpus, pairImport } = pairs;
  const shown = shownCorpus(corpus);
  const isLoading = pairImport?.status === "loading";
  return (
    <DropZone
      invitation={text.pairs.drop}
      blocker={blocker ?? (isLoading ? text.reasons.cancelFirst : null)}
      onDrop={(transfer) => dispatch(broughtBy(transfer))}
    >
      <Intake {...props} corpus={shown} />
    </DropZone>
  );
}

interface IntakeProps extends PairsPanelProps {
  corpus: Corpus | null;
}

/** The loaded pairs and the choice of others; the progress of an import, and what is to be said of its columns. */
function Intake(props: IntakeProps) {
  const { corpus, pairs, blocker, dispatch, onTry } = props;
  const { pairImport } = pairs;
  const [choice, setChoice] = useState<SourceChoice>({ kind: "demo", text: "", isOpen: false });
  // New pairs are loaded: close the choice.
  useEffect(() => setChoice((last) => ({ ...last, isOpen: false })), [corpus?.pairs]);
  const place = useRef<HTMLDivElement>(null);
  const isAsking = pairImport?.status === "confirming";
  const wasAsking = useRef(false);
  // The focused element is removed with the question: the focus moves to its place.
  useEffect(() => {
    if (wasAsking.current && !isAsking) place.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  const isIdle = pairImport === null || pairImport.status === "failed";
  return (
    <SetupSection
      id="data"
      title={text.ui.pairs}
      isOpen={corpus === null && isIdle}
      line={corpus !== null && <Line corpus={corpus} />}
      details={
        <>
          <p class="muted small">{text.pairs.lead}</p>
          {isIdle && (
            <PairSourceChooser
              choice={choice}
              onChoice={setChoice}
              isNeeded={corpus === null}
              isDemoLoaded={corpus !== null && corpus.source.plan === null}
              blocker={blocker}
              dispatch={dispatch}
            />
          )}
          {corpus !== null && <Loaded corpus={corpus} onTry={onTry} />}
        </>
      }
    >
      <div class="intake" tabIndex={-1} ref={place}>
        <IntakeStep {...props} />
        {pairs.corpus.status === "failed" && (
          <FailureNotice
            failure={pairs.corpus.failure}
            action={text.ui.retry}
            onAction={() => dispatch({ type: "pairs/restore_wanted" })}
          />
        )}
        {corpus !== null && <ImportReportView report={corpus.info.report} />}
      </div>
    </SetupSection>
  );
}

/** What there is to say of an import under way, or of one that has failed. */
function IntakeStep({ pairs, isReady, blocker, corpus, dispatch }: IntakeProps) {
  const { pairImport } = pairs;
  const cancel = () => dispatch({ type: "pairs/import_cancelled", isReady });
  if (pairImport === null) return null;
  switch (pairImport.status) {
    case "confirming":
      return (
        <ImportCard
          draft={pairImport.draft}
          failure={pairImport.failure}
          blocker={blocker}
          onPlan={(plan) => dispatch({ type: "pairs/plan_changed", plan })}
          onEncoding={(encoding) => dispatch({ type: "pairs/encoding_chosen", encoding })}
          onConfirm={() => dispatch({ type: "pairs/plan_confirmed" })}
          onCancel={cancel}
        />
      );
    case "failed":
      return (
        <FailureNotice
          failure={pairImport.failure}
          action={pairImport.isDemo ? text.ui.retry : text.ui.dismiss}
          onAction={pairImport.isDemo ? () => dispatch({ type: "pairs/demo_wanted" }) : cancel}
        />
      );
    default:
      // The demo of a first visit is loaded automatically: there is nothing to return to.
      return (
        <ImportProgress
          pairImport={pairImport}
          isReady={isReady}
          onCancel={corpus === null && isOfDemo(pairImport) ? null : cancel}
        />
      );
  }
}

function Line({ corpus: { info } }: { corpus: Corpus }) {
  return (
    <span data-testid="corpus-status">
      {text.pairs.corpus(<Name text={info.name} />, info.n_pairs, info.n_held_out)}
    </span>
  );
}

function Loaded({ corpus, onTry }: { corpus: Corpus; onTry: PairsPanelProps["onTry"] }) {
  const { info, pairs } = corpus;
  // The same elements as long as the corpus is the same: progress need not draw the pairs again.
  return useMemo(
    () => (
      <>
        {info.classes.length > 0 && <ClassBalance corpus={info} />}
        <PairBrowser info={info} pairs={pairs} onTry={onTry} />
      </>
    ),
    [info, pairs, onTry],
  );
}

function isOfDemo(pairImport: PairImport): boolean {
  return pairImport.status === "fetching" || (pairImport.status === "loading" && pairImport.source.plan === null);
}

/** The action for a drop: one file is inspected, anything else is refused with the reason. */
function broughtBy(transfer: DataTransfer): PairsAction {
  const [file, ...others] = transfer.files;
  const isFolder = transfer.items[0]?.webkitGetAsEntry()?.isDirectory ?? false;
  if (file !== undefined && others.length === 0 && !isFolder) {
    return { type: "pairs/brought", file: { name: file.name, blob: file } };
  }
  const failure: Failure = { kind: "file", ...text.pairs.notOneFile(isFolder, others.length + 1) };
  return { type: "pairs/not_brought", failure };
}
