import { type Dispatch, useMemo } from "preact/hooks";
import { MAX_PAST_RUNS } from "../../settings";
import type { PastRun } from "../../storage/run_history";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
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
      <Panel id="strategies" title={text.compare.title} lead={text.compare.lead}>
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
      <Panel id="runs" title={text.ui.runs} lead={text.compare.runsLead}>
        <StorageNotices {...props} />
        {runs.length === 0 ? (
          <p class="muted">{compare.isListed ? text.compare.none : text.compare.beingRead}</p>
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
        {chosen.length === 1 && <p class="muted small">{text.compare.selectOneMore}</p>}
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
          action={text.ui.dismiss}
          onAction={() => dispatch({ type: "compare/failed", failure: null })}
        />
      )}
      {problem !== null && (
        <FailureNotice
          failure={{ kind: "file", ...text.compare.notListed(problem) }}
          action={text.ui.tryAgain}
          onAction={actions.list}
        />
      )}
      {refusal !== null && (
        <p class="notice small" role="status" data-testid="history-refusal">
          {text.compare.notStored(refusal)}
        </p>
      )}
      {nUnusable > 0 && <p class="muted small">{text.compare.unusable(nUnusable)}</p>}
    </>
  );
}

function Foot({ runs }: { runs: readonly PastRun[] }) {
  return (
    <div class="button-row small">
      <span class="muted">{text.compare.keeps(runs.length, MAX_PAST_RUNS)}</span>
      <SmallButton data-testid="save-csv" onClick={() => save("csv", "text/csv", runsCsv(runs))}>
        {text.ui.saveCsv}
      </SmallButton>
      <SmallButton data-testid="save-json" onClick={() => save("json", "application/json", jsonOf(runs))}>
        {text.compare.saveJson}
      </SmallButton>
    </div>
  );
}

function save(ending: string, type: string, content: string): void {
  saveFile(`sentence-bert-runs.${ending}`, new Blob([content]), type);
}
