/** The page: three places. In the first a run is set up and watched, beside two sentences of the visitor. */

import { useCallback, useMemo } from "preact/hooks";
import { AnalysisPanel } from "../features/analysis/analysis_panel";
import { ComparePanel } from "../features/compare/compare_panel";
import { ComputeDetails } from "../features/compute/compute_details";
import { RecoveryNotice } from "../features/compute/recovery_notice";
import { ExplorePanel } from "../features/explore/explore_panel";
import { ExplorePlace } from "../features/explore/explore_place";
import { ModelPanel } from "../features/model/model_panel";
import { shownCorpus } from "../features/pairs/corpus";
import { PairsPanel } from "../features/pairs/pairs_panel";
import { ExportSection } from "../features/runs/export_section";
import { SavedRunArea } from "../features/runs/saved_run_area";
import { SavedRuns } from "../features/runs/saved_runs";
import { isUnsaved, offeredRuns } from "../features/runs/state";
import { isActive } from "../features/train/run";
import { RunView } from "../features/train/run_view";
import { TrainPanel } from "../features/train/train_panel";
import { text } from "../text";
import { DropZone, useNoStrayDrops } from "../ui/drop_zone";
import { FailureNotice } from "../ui/failure_notice";
import { Panel } from "../ui/panel";
import { announcement } from "./announce";
import { Footer, Header, Lead } from "./header";
import { LinkNotice } from "./link_notice";
import { NewVersionNotice } from "./new_version_notice";
import { PlaceNav } from "./place_nav";
import { usePlace } from "./places";
import { useProgressSigns } from "./progress_signs";
import { exportBlocker, labelsOf, pairsReason, resumeBlocker, stampOf, trainBlocker } from "./selectors";
import type { State } from "./state";
import { useTheme } from "./theme";
import { useAddress } from "./use_address";
import { useLab } from "./use_lab";
import { useNewVersion } from "./use_new_version";

export function App() {
  const lab = useLab();
  const { state, dispatch, settings, estimates, startRun, removeModel, runs: actions, explore } = lab;
  const { compare: compareActions } = lab;
  const theme = useTheme();
  const place = usePlace();
  useNoStrayDrops();
  const newVersion = useNewVersion();
  const { compute, model, pairs, train, runs, comparison } = state;
  const { run } = train;
  const isRunning = isActive(run);
  const isReady = compute.worker.status === "ready";
  const [link, dismissLink] = useAddress(place, settings && { ...settings, ...namesOf(state) }, isRunning, dispatch);
  const offered = offeredRuns(state);
  const runFileBlocker = isRunning ? text.reasons.noRunFile : null;
  const modelBlocker = isRunning ? text.reasons.keepsModel : null;

  const notifications = useProgressSigns(run);

  // The same element as long as the pairs are the same: training steps need not draw them again.
  const explorePair = useCallback(
    (sentenceA: string, sentenceB: string) => {
      dispatch({ type: "explore/changed", sentenceA, sentenceB });
      document.getElementById("try")?.scrollIntoView();
    },
    [dispatch],
  );
  const pairsPanel = useMemo(() => {
    const blocker = isRunning ? text.reasons.keepsPairs : null;
    return <PairsPanel pairs={pairs} isReady={isReady} blocker={blocker} dispatch={dispatch} onTry={explorePair} />;
  }, [pairs, isReady, isRunning, dispatch, explorePair]);

  const explorePanel = <ExplorePanel comparison={comparison} run={run} model={model.info} dispatch={dispatch} />;
  return (
    <>
      <Header theme={theme}>
        <ComputeDetails compute={compute} isLocked={isRunning} dispatch={dispatch} />
      </Header>
      <PlaceNav place={place} run={run} />
      <p class="visually-hidden" role="status">
        {announcement(state)}
      </p>
      <main class="container">
        {newVersion.isReady && (
          <NewVersionNotice
            hasOtherTabs={newVersion.hasOtherTabs}
            isRunning={isRunning}
            isLost={isUnsaved(state)}
            onReload={newVersion.reload}
          />
        )}
        {compute.worker.status === "crashed" && (
          <FailureNotice
            failure={compute.worker.failure}
            action={text.app.startAgain}
            onAction={() => dispatch({ type: "worker/restarted" })}
          />
        )}
        {compute.recovery !== null && (
          <RecoveryNotice
            recovery={compute.recovery}
            onDismiss={() => dispatch({ type: "compute/recovery_dismissed" })}
          />
        )}
        {state.notice !== null && (
          <FailureNotice
            failure={state.notice}
            action={text.ui.dismiss}
            onAction={() => dispatch({ type: "notice_dismissed" })}
          />
        )}
        {link !== null && (
          <LinkNotice
            link={link}
            hubId={model.current?.hub?.id ?? null}
            blocker={modelBlocker}
            onLoad={(hub) => {
              dispatch({
                type: "model/wanted",
                order: { origin: { kind: "hub", model: hub }, nLayers: null, random: null },
              });
              dismissLink();
            }}
            onDismiss={dismissLink}
          />
        )}
        {place === "explore" && (
          <div class="explore-place">
            {explorePanel}
            <ExplorePlace
              embeddings={state.embeddings}
              stamp={stampOf(state)}
              pairs={shownCorpus(pairs.corpus)?.pairs ?? null}
              classes={labelsOf(state).classes}
              limit={train.offer?.max_embedded_sentences ?? null}
              isTraining={isRunning}
              isDark={theme.isDark}
              actions={explore}
              dispatch={dispatch}
            />
          </div>
        )}
        {place === "compare" && (
          <ComparePanel
            compare={state.compare}
            run={run}
            settings={settings}
            nLayers={model.info?.n_layers ?? null}
            hasClasses={labelsOf(state).classes.length > 0}
            blocker={trainBlocker(state)}
            isDark={theme.isDark}
            actions={compareActions}
            dispatch={dispatch}
          />
        )}
        {place === "train" && (
          <>
            <SavedRuns
              offered={offered}
              runs={runs}
              blockerOf={(saved) => resumeBlocker(state, saved)}
              actions={actions}
            />
            <div id="train" class="workspace">
              <div class="workspace-column">
                <Lead />
                <ModelPanel
                  compute={compute}
                  model={model}
                  blocker={modelBlocker}
                  dispatch={dispatch}
                  onRemove={removeModel}
                />
                {pairsPanel}
                <TrainPanel
                  train={train}
                  settings={settings}
                  nLayers={model.info?.n_layers ?? null}
                  estimates={estimates}
                  blocker={trainBlocker(state)}
                  notifications={notifications}
                  dispatch={dispatch}
                  onTrain={startRun}
                />
              </div>
              <div class="workspace-column">
                {explorePanel}
                {run !== null && <RunView key={run.key} run={run} isDark={theme.isDark} />}
                {run !== null && <AnalysisPanel key={`analysis ${run.key}`} run={run} onTry={explorePair} />}
                <DropZone
                  invitation={text.runs.drop}
                  blocker={runFileBlocker}
                  onDrop={({ files: [file] }) => file !== undefined && actions.openFile(file)}
                >
                  <Panel id="files" title={text.runs.files}>
                    <SavedRunArea run={run} runs={runs} offered={offered} blocker={runFileBlocker} actions={actions} />
                    <ExportSection
                      fileExport={runs.fileExport}
                      blocker={exportBlocker(state)}
                      recipeBlocker={pairsReason(state)}
                      config={settings?.read.order?.config ?? null}
                      onExport={actions.export}
                    />
                  </Panel>
                </DropZone>
              </div>
            </div>
          </>
        )}
      </main>
      <Footer />
    </>
  );
}

/** What an address says of model and pairs. Those that come with the page need no name. */
function namesOf({ model: { current }, pairs }: State) {
  const isServed = current === null || (current.order.origin.kind === "served" && current.order.random === null);
  const corpus = shownCorpus(pairs.corpus);
  return {
    hub: isServed ? null : current.hub,
    ownModel: isServed || current.hub !== null ? null : current.name,
    ownPairs: corpus === null || corpus.source.plan === null ? null : corpus.info.name,
  };
}
