/** The page: four panels that tell one story, from the model to your own sentences. */

import { useEffect, useMemo } from "preact/hooks";
import { announcement } from "./announce";
import { formatPercent } from "./format";
import { useLab } from "./lab";
import { isOnGpu } from "./state/compute";
import { readForm } from "./state/form";
import { loadedValue } from "./state/loadable";
import { isActive } from "./state/run";
import { useTheme } from "./theme";
import { ComputeDetails } from "./view/compute_details";
import { DataPanel } from "./view/data_panel";
import { FailureNotice } from "./view/failure_notice";
import { Footer, Header } from "./view/header";
import { ModelPanel } from "./view/model_panel";
import { RecoveryNotice } from "./view/recovery_notice";
import { StepNav } from "./view/step_nav";
import { TrainPanel } from "./view/train_panel";
import { TryPanel } from "./view/try_panel";

const TITLE = "sentence-BERT lab";

export function App() {
  const lab = useLab();
  const theme = useTheme();
  const { state, dispatch } = lab;
  const { worker, run } = state;
  const model = loadedValue(state.model);
  const corpus = loadedValue(state.corpus);
  const { form, maxWorkers } = state;
  const onGpu = isOnGpu(state.compute);
  const sharing = useMemo(() => ({ maxWorkers, isOnGpu: onGpu }), [maxWorkers, onGpu]);
  const read = useMemo(() => form && readForm(form, sharing), [form, sharing]);

  const fraction = isActive(run) ? (run.report?.fraction_done ?? null) : null;
  const percent = fraction === null ? null : formatPercent(fraction, 0);
  useEffect(() => {
    document.title = percent === null ? TITLE : `${percent} · ${TITLE}`;
  }, [percent]);

  // The same element as long as the corpus is the same: training steps need not draw the pairs again.
  const dataPanel = useMemo(() => {
    const tryPair = (sentenceA: string, sentenceB: string) => {
      dispatch({ type: "sentences_chosen", sentenceA, sentenceB });
      document.getElementById("try")?.scrollIntoView();
    };
    return <DataPanel corpus={state.corpus} onRetry={() => dispatch({ type: "corpus_wanted" })} onTry={tryPair} />;
  }, [state.corpus, dispatch]);

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
        <ModelPanel
          worker={worker}
          isOnGpu={onGpu}
          model={state.model}
          onRetry={() => dispatch({ type: "model_wanted" })}
        />
        {dataPanel}
        <TrainPanel
          blocker={blockerOf(state)}
          nLayers={model?.n_layers ?? null}
          classes={corpus?.classes ?? []}
          form={form}
          sharing={sharing}
          read={read}
          run={run}
          isDark={theme.isDark}
          onForm={(form) => dispatch({ type: "form_changed", form })}
          onReset={() => dispatch({ type: "form_reset" })}
          onTrain={lab.train}
          onPause={lab.pause}
          onResume={lab.resume}
          onStop={lab.stop}
        />
        <TryPanel
          isReady={model !== null}
          trial={state.trial}
          run={run}
          classes={corpus?.classes ?? []}
          maxSeqLength={worker.status === "ready" ? worker.maxSeqLength : null}
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

/** Why a run can't be started, in words; none if it can, as far as worker, model and corpus go. */
function blockerOf({ worker, model, corpus, run }: ReturnType<typeof useLab>["state"]): string | null {
  if (worker.status === "crashed") return "The worker has stopped; start it again first.";
  if (isActive(run)) return "A run is under way.";
  if (model.status === "failed") return "There is no model to train; see panel 1.";
  if (corpus.status === "failed") return "There are no pairs to train on; see panel 2.";
  if (model.status !== "loaded") return "Waiting for the model.";
  if (corpus.status !== "loaded") return "Waiting for the sentence pairs.";
  return null;
}
