import { type Dispatch, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Failure } from "../../protocol";
import { DropZone } from "../../ui/drop_zone";
import { FailureNotice } from "../../ui/failure_notice";
import { formatCount, formatQuantity } from "../../ui/format";
import { Name } from "../../ui/name";
import { Panel } from "../../ui/panel";
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
  const { pairs, blocker, dispatch, onTry } = props;
  const { corpus, pairImport } = pairs;
  const shown = shownCorpus(corpus);
  const isLoading = pairImport?.status === "loading";
  return (
    <DropZone
      invitation="Drop a file of pairs here"
      blocker={blocker ?? (isLoading ? "Pairs are being read; cancel that first." : null)}
      onDrop={(transfer) => dispatch(broughtBy(transfer))}
    >
      <Panel
        id="data"
        number={2}
        title="Data"
        lead="Pairs of sentences to learn from, each with a class (such as: does the second follow from the first?), a similarity, or both."
      >
        <Intake {...props} corpus={shown} />
        {corpus.status === "failed" && (
          <FailureNotice
            failure={corpus.failure}
            action="Retry"
            onAction={() => dispatch({ type: "pairs/restore_wanted" })}
          />
        )}
        {shown !== null && <Loaded corpus={shown} onTry={onTry} />}
      </Panel>
    </DropZone>
  );
}

interface IntakeProps extends Omit<PairsPanelProps, "onTry"> {
  corpus: Corpus | null;
}

/** The choice of other pairs, or the progress of their import. */
function Intake(props: IntakeProps) {
  const { corpus } = props;
  const [choice, setChoice] = useState<SourceChoice>({ kind: "demo", text: "", isOpen: false });
  // New pairs are loaded: close the choice.
  useEffect(() => setChoice((last) => ({ ...last, isOpen: false })), [corpus?.pairs]);
  const place = useRef<HTMLDivElement>(null);
  const isAsking = props.pairs.pairImport?.status === "confirming";
  const wasAsking = useRef(false);
  // The focused element is removed with the question: the focus moves to its place.
  useEffect(() => {
    if (wasAsking.current && !isAsking) place.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  return (
    <div class="stack intake" tabIndex={-1} ref={place}>
      <IntakeStep {...props} choice={choice} onChoice={setChoice} />
    </div>
  );
}

interface IntakeStepProps extends IntakeProps {
  choice: SourceChoice;
  onChoice: (choice: SourceChoice) => void;
}

function IntakeStep({ pairs, isReady, blocker, corpus, dispatch, choice, onChoice }: IntakeStepProps) {
  const { pairImport } = pairs;
  const cancel = () => dispatch({ type: "pairs/import_cancelled", isReady });
  switch (pairImport?.status) {
    case "fetching":
    case "inspecting":
    case "loading":
      // The demo of a first visit is loaded automatically: there is nothing to return to.
      return (
        <ImportProgress
          pairImport={pairImport}
          isReady={isReady}
          onCancel={corpus === null && isOfDemo(pairImport) ? null : cancel}
        />
      );
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
    default:
      return (
        <>
          {pairImport !== null && (
            <FailureNotice
              failure={pairImport.failure}
              action={pairImport.isDemo ? "Retry" : "Dismiss"}
              onAction={pairImport.isDemo ? () => dispatch({ type: "pairs/demo_wanted" }) : cancel}
            />
          )}
          <PairSourceChooser
            choice={choice}
            onChoice={onChoice}
            isNeeded={corpus === null}
            isDemoLoaded={corpus !== null && corpus.source.plan === null}
            blocker={blocker}
            dispatch={dispatch}
          />
        </>
      );
  }
}

function Loaded({ corpus, onTry }: { corpus: Corpus; onTry: PairsPanelProps["onTry"] }) {
  const { info, pairs } = corpus;
  // The same elements as long as the corpus is the same: progress above need not draw the pairs again.
  return useMemo(
    () => (
      <>
        <p data-testid="corpus-status">
          <strong>
            <Name text={info.name} />
          </strong>
          : {formatQuantity(info.n_pairs, "pair")}, {formatCount(info.n_pairs - info.n_held_out)} to train on and{" "}
          {formatCount(info.n_held_out)} held out to score with.
        </p>
        <ImportReportView report={info.report} />
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
  const failure: Failure = {
    kind: "file",
    message: isFolder ? "a folder was dropped" : `${formatQuantity(others.length + 1, "file")} were dropped`,
    remedy: "Drop the one file that holds the pairs.",
  };
  return { type: "pairs/not_brought", failure };
}
