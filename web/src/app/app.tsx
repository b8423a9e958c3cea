/** The page: four panels that tell one story, from the model to your own sentences. */

import { useCallback, useEffect, useMemo } from "preact/hooks";
import { isOnGpu } from "../features/compute/compute";
import { ComputeDetails } from "../features/compute/compute_details";
import { RecoveryNotice } from "../features/compute/recovery_notice";
import { ExplorePanel } from "../features/explore/explore_panel";
import { isMissing } from "../features/model/model";
import { ModelPanel } from "../features/model/model_panel";
import { isReading } from "../features/pairs/corpus";
import { DataPanel } from "../features/pairs/data_panel";
import { ExportSection } from "../features/runs/export_section";
import { hasModelFor, isUnsaved, offeredRun, type SavedRun } from "../features/runs/saved_run";
import { SavedRunArea } from "../features/runs/saved_run_area";
import { SavedRunCard } from "../features/runs/saved_run_card";
import { readForm } from "../features/train/form";
import { isActive } from "../features/train/run";
import { TrainPanel } from "../features/train/train_panel";
import { hubUrl } from "../settings";
import { useNoStrayDrops } from "../ui/drop_zone";
import { FailureNotice } from "../ui/failure_notice";
import { formatPercent } from "../ui/format";
import { announcement } from "./announce";
import { Footer, Header } from "./header";
import { NewVersionNotice } from "./new_version_notice";
import type { State } from "./state";
import { StepNav } from "./step_nav";
import { useTheme } from "./theme";
import { useLab } from "./use_lab";
import { useNewVersion } from "./use_new_version";

const TITLE = "sentence-BERT lab";

export function App() {
  const lab = useLab();
  const theme = useTheme();
  useNoStrayDrops();
  const { state, dispatch, savedRuns } = lab;
  const { worker, run } = state;
  const { info } = state.model;
  const hubHost = useMemo(() => new URL(hubUrl()).host, []);
  const newVersion = useNewVersion();
  const { form, maxWorkers } = state;
  const onGpu = isOnGpu(state.compute);
  const sharing = useMemo(() => ({ maxWorkers, isOnGpu: onGpu }), [maxWorkers, onGpu]);
  const read = useMemo(() => form && readForm(form, sharing), [form, sharing]);

  const fraction = isActive(run) ? (run.report?.fraction_done ?? null) : null;
  const percent = fraction === null ? null : formatPercent(fraction, 0);
  useEffect(() => {
    document.title = percent === null ? TITLE : `${percent} · ${TITLE}`;
  }, [percent]);

  const offered = offeredRun(state);
  const runFileBlocker = isActive(run) ? "No saved run can be opened while a run is under way." : null;

  // The same element as long as the pairs are the same: training steps need not draw them again.
  const dataBlocker = isActive(run) ? "A run keeps its pairs until it is over." : null;
  const explorePair = useCallback(
    (sentenceA: string, sentenceB: string) => {
      dispatch({ type: "sentences_chosen", sentenceA, sentenceB });
      document.getElementById("try")?.scrollIntoView();
    },
    [dispatch],
  );
  const dataPanel = useMemo(
    () => (
      <DataPanel
        corpus={state.corpus}
        pairImport={state.pairImport}
        blocker={dataBlocker}
        dispatch={dispatch}
        onTry={explorePair}
      />
    ),
    [state.corpus, state.pairImport, dataBlocker, dispatch, explorePair],
  );

  return (
    <>
      <Header theme={theme}>
        <ComputeDetails
          worker={worker}
          compute={state.compute}
          isLocked={isActive(run)}
          onChoice={(choice) => dispatch({ type: "choice_made", choice })}
          onLossChoice={(onLoss) => dispatch({ type: "on_loss_chosen", onLoss })}
        />
      </Header>
      <StepNav state={state} />
      <p class="visually-hidden" role="status">
        {announcement(state)}
      </p>
      <main class="container">
        {newVersion.isReady && (
          <NewVersionNotice
            hasOtherTabs={newVersion.hasOtherTabs}
            isRunning={isActive(run)}
            isLost={isUnsaved(state)}
            onReload={newVersion.reload}
          />
        )}
        {worker.status === "crashed" && (
          <FailureNotice
            failure={worker.failure}
            action="Start again"
            onAction={() => dispatch({ type: "worker_restarted" })}
          />
        )}
        {state.recovery !== null && (
          <RecoveryNotice recovery={state.recovery} onDismiss={() => dispatch({ type: "recovery_dismissed" })} />
        )}
        {state.notice !== null && (
          <FailureNotice
            failure={state.notice}
            action="Dismiss"
            onAction={() => dispatch({ type: "notice_dismissed" })}
          />
        )}
        {offered !== null && (
          <SavedRunCard
            saved={offered}
            task={state.savedRun.task}
            refusal={state.savedRun.refusal}
            blocker={resumeBlockerOf(state, offered)}
            onResume={savedRuns.resume}
            onExport={savedRuns.exportFile}
            onDiscard={savedRuns.discard}
          />
        )}
        <ModelPanel
          worker={worker}
          isOnGpu={onGpu}
          model={state.model}
          kept={state.kept}
          hubHost={hubHost}
          blocker={isActive(run) ? "A run keeps its model until it is over." : null}
          dispatch={dispatch}
          onCancel={lab.cancelModel}
          onRemove={lab.kept.remove}
        />
        {dataPanel}
        <TrainPanel
          blocker={blockerOf(state)}
          nLayers={info?.n_layers ?? null}
          form={form}
          sharing={sharing}
          read={read}
          run={run}
          isDark={theme.isDark}
          savedRun={
            <SavedRunArea
              run={run}
              savedRun={state.savedRun}
              isOffered={offered !== null}
              blocker={runFileBlocker}
              onExport={savedRuns.exportFile}
              onFile={savedRuns.importFile}
              onDismiss={() => dispatch({ type: "saved_run_task", task: { status: "none" } })}
            />
          }
          fileBlocker={runFileBlocker}
          onRunFile={savedRuns.importFile}
          exports={
            <ExportSection
              fileExport={state.fileExport}
              blocker={busyReason(state) ?? modelReason(state)}
              recipeBlocker={pairsReason(state)}
              config={read?.order?.config ?? null}
              onExport={lab.exportFile}
            />
          }
          onForm={(form) => dispatch({ type: "form_changed", form })}
          onReset={() => dispatch({ type: "form_reset" })}
          onTrain={lab.train}
          onPause={lab.pause}
          onResume={lab.resume}
          onStop={lab.stop}
        />
        <ExplorePanel
          isReady={info !== null}
          comparison={state.comparison}
          run={run}
          headClasses={info?.head_classes ?? null}
          maxSeqLength={info?.max_seq_length ?? null}
          onType={(sentenceA, sentenceB) =>
            dispatch({ type: "sentences_typed", sentenceA, sentenceB, at: performance.now() })
          }
          onChoose={(sentenceA, sentenceB) => dispatch({ type: "sentences_chosen", sentenceA, sentenceB })}
        />
      </main>
      <Footer />
    </>
  );
}

/** Why no run can be started; null if worker, model and pairs permit one. */
function blockerOf(state: State): string | null {
  if (state.fileExport.status === "writing") return "A file is being written.";
  return busyReason(state) ?? modelReason(state) ?? pairsReason(state);
}

/** Why the saved run can't be resumed; null if it can. A crashed worker is started again for it. */
function resumeBlockerOf(state: State, saved: SavedRun): string | null {
  if (state.fileExport.status === "writing") return "A file is being written.";
  if (hasModelFor(saved, state)) return null;
  return `Load ${saved.about.model.name} first (panel 1); its fingerprint is compared.`;
}

function busyReason({ worker, run }: State): string | null {
  if (worker.status === "crashed") return "The worker has stopped; start it again first.";
  return isActive(run) ? "A run is under way." : null;
}

function modelReason({ model }: State): string | null {
  if (isMissing(model)) return "There is no model yet; see panel 1.";
  return model.info === null || model.loading !== null ? "Waiting for the model." : null;
}

function pairsReason({ corpus, pairImport }: State): string | null {
  const isFailed = corpus.status === "none" && pairImport?.status === "failed";
  if (isFailed || corpus.status === "failed") return "There are no pairs to train on; see panel 2.";
  if (isReading(pairImport)) return "Waiting for the file of pairs to be read.";
  return corpus.status === "loaded" ? null : "Waiting for the sentence pairs.";
}
