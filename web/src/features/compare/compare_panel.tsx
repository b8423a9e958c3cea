import { type Dispatch, useMemo } from "preact/hooks";
import { MAX_PAST_RUNS } from "../../settings";
import type { PastRun } from "../../storage/run_history";
import { FailureNotice } from "../../ui/failure_notice";
import { formatQuantity } from "../../ui/format";
import { Panel } from "../../ui/panel";
import { saveFile } from "../../ui/save_file";
import { SmallButton } from "../../ui/small_button";
import { formOfOrder, type Settings } from "../train/form";
import type { Run } from "../train/run";
import type { TrainAction } from "../train/state";
import { jsonOf, runsCsv } from "./files";
import { QueueForm } from "./queue_form";
import { QueueProgress } from "./queue_progress";
import { RunTable } from "./run_table";
import { SelectionView } from "./selection_view";
import { type CompareAction, type CompareState, selectedRuns, shownRuns } from "./state";
import type { CompareActions } from "./use_compare";

interface ComparePanelProps {
  compare: CompareState;
  /** That of this tab. */
  run: Run | null;
  /** Null before the worker is ready. */
  settings: Settings | null;
  /** Layers of the model; null before it is loaded. */
  nLayers: number | null;
  /** True if the pairs have classes. */
  hasClasses: boolean;
  /** Why no run can be started; null if one can. */
  blocker: string | null;
  isDark: boolean;
  actions: CompareActions;
  dispatch: Dispatch<CompareAction | TrainAction>;
}

/** Finished runs side by side, and a run for each of several strategies. */
export function ComparePanel(props: ComparePanelProps) {
  const { compare, run, settings, nLayers, hasClasses, blocker, isDark, actions, dispatch } = props;
  const { runs, sort, selected, queue } = compare;
  const chosen = useMemo(() => selectedRuns(compare), [runs, selected]);
  const onRepeat = (past: PastRun) => {
    const form = formOfOrder(past.order);
    dispatch({ type: "train/form_changed", form: { ...form, nLast: Math.min(form.nLast, nLayers ?? form.nLast) } });
    location.hash = "#/train";
  };
  // The same element as long as the runs are the same: a training step need not draw them again.
  const table = useMemo(
    () => (
      <RunTable
        runs={shownRuns(compare)}
        sort={sort}
        selected={selected}
        actions={actions}
        onRepeat={onRepeat}
        dispatch={dispatch}
      />
    ),
    [runs, sort, selected, nLayers],
  );
  return (
    <div class="compare">
      <Panel
        id="strategies"
        title="Compare strategies"
        lead="How much does it take to learn, and how good is it? A run for each choice of what stays frozen."
      >
        {queue === null ? (
          <QueueForm
            settings={settings}
            nLayers={nLayers}
            hasClasses={hasClasses}
            blocker={blocker}
            onStart={actions.start}
          />
        ) : (
          <QueueProgress
            queue={queue}
            run={run}
            blocker={blocker}
            onStop={actions.stop}
            onDismiss={() => dispatch({ type: "compare/queue_dismissed" })}
          />
        )}
      </Panel>
      <Panel id="runs" title="Runs" lead="Every finished run of this browser. Select two or more to compare them.">
        <StorageNotices {...props} />
        {runs.length === 0 ? (
          <p class="muted">{compare.isListed ? "No run has finished yet." : "The runs are being read."}</p>
        ) : (
          <>
            {table}
            <Foot runs={runs} />
          </>
        )}
        {chosen.length > 1 && (
          <SelectionView
            runs={chosen}
            settings={settings?.offer.settings ?? []}
            difference={compare.difference}
            isDark={isDark}
            dispatch={dispatch}
          />
        )}
        {chosen.length === 1 && <p class="muted small">Select one more run to compare the two.</p>}
      </Panel>
    </div>
  );
}

function StorageNotices({ compare, actions, dispatch }: ComparePanelProps) {
  const { problem, nUnusable, refusal, failure } = compare;
  return (
    <>
      {failure !== null && (
        <FailureNotice
          failure={failure}
          action="Dismiss"
          onAction={() => dispatch({ type: "compare/failed", failure: null })}
        />
      )}
      {problem !== null && (
        <FailureNotice
          failure={{
            kind: "file",
            message: `Not every run can be read just now (${problem}).`,
            remedy: "Try again, or reload the page. Nothing was deleted.",
          }}
          action="Try again"
          onAction={actions.list}
        />
      )}
      {refusal !== null && (
        <p class="notice small" role="status" data-testid="history-refusal">
          The browser refuses to store runs ({refusal}): what is new here is kept only until the tab closes.
        </p>
      )}
      {nUnusable > 0 && (
        <p class="muted small">
          {formatQuantity(nUnusable, "run")} of another version of this page can't be shown by this one; they stay.
        </p>
      )}
    </>
  );
}

function Foot({ runs }: { runs: readonly PastRun[] }) {
  return (
    <div class="button-row small">
      <span class="muted">
        {formatQuantity(runs.length, "run")} of at most {MAX_PAST_RUNS}; after that the oldest goes.
      </span>
      <SmallButton data-testid="save-csv" onClick={() => save("csv", "text/csv", runsCsv(runs))}>
        Save as CSV
      </SmallButton>
      <SmallButton data-testid="save-json" onClick={() => save("json", "application/json", jsonOf(runs))}>
        Save as JSON
      </SmallButton>
    </div>
  );
}

function save(ending: string, type: string, text: string): void {
  saveFile(`sentence-bert-runs.${ending}`, new Blob([text]), type);
}
