import type { ComponentChildren } from "preact";
import { type Dispatch, useId } from "preact/hooks";
import { FailureNotice } from "../../ui/failure_notice";
import { formatCount } from "../../ui/format";
import { Panel } from "../../ui/panel";
import type { ReadForm, RunOrder, Settings, SettingsForm } from "./form";
import { FreezeChoice } from "./freeze_choice";
import { isActive, keptRun, type Run } from "./run";
import { RunView } from "./run_view";
import { SettingsFields } from "./settings_fields";
import type { TrainAction, TrainState } from "./state";
import { hasWakeLock } from "./use_wake_lock";

interface TrainPanelProps {
  train: TrainState;
  /** Null before the worker is ready. */
  settings: Settings | null;
  /** Layers of the model; null before it is loaded. */
  nLayers: number | null;
  /** Why no run can be started; null if one can. */
  blocker: string | null;
  isDark: boolean;
  dispatch: Dispatch<TrainAction>;
  onTrain: (order: RunOrder) => void;
  /** What can be done with runs that are saved, and with files. */
  children: ComponentChildren;
}

export function TrainPanel(props: TrainPanelProps) {
  const { train, settings, nLayers, isDark, dispatch, children } = props;
  const { run } = train;
  const kept = run && keptRun(run);
  const onChange = (changed: SettingsForm) => dispatch({ type: "train/form_changed", form: changed });
  return (
    <Panel
      id="train"
      number={3}
      title="Train"
      lead="Choose which part of the model may change, then let it learn from the training pairs."
    >
      {settings === null ? (
        <p class="muted">The settings appear as soon as the program has started.</p>
      ) : (
        <form noValidate onSubmit={(event) => event.preventDefault()}>
          {/* A run keeps its settings: changing the form now would have no effect. */}
          <fieldset class="settings" disabled={isActive(run)}>
            <FreezeChoice {...settings} nLayers={nLayers} onChange={onChange} />
            <SettingsFields {...settings} onChange={onChange} />
          </fieldset>
          {isActive(run) ? (
            <RunControls run={run} dispatch={dispatch} />
          ) : (
            <StartControls {...props} read={settings.read} />
          )}
        </form>
      )}
      {run?.failure && (
        <FailureNotice
          failure={run.failure}
          {...(kept !== null && {
            action: `Keep the model as of step ${formatCount(kept.nStepsDone)}`,
            onAction: () => dispatch({ type: "train/keep_wanted" }),
          })}
        />
      )}
      {run !== null && <RunView key={run.key} run={run} isDark={isDark} />}
      {children}
    </Panel>
  );
}

function StartControls({ train: { run }, read, blocker, dispatch, onTrain }: TrainPanelProps & { read: ReadForm }) {
  const reasonId = useId();
  const reason = blocker ?? (read.order === null ? "Some settings need another value; see above." : null);
  const { order } = read;
  const onlyScores = order?.config.freeze.kind === "everything";
  return (
    <div class="controls">
      <button
        type="button"
        data-testid="train-button"
        class="main-button"
        disabled={reason !== null}
        aria-describedby={reasonId}
        onClick={() => order !== null && onTrain(order)}
      >
        {onlyScores ? "Score" : run === null ? "Train" : "Train again"}
      </button>
      <p id={reasonId} class="muted small">
        {reason ??
          (run === null ? "" : "Training again starts from the weights as loaded, not from those of the last run.")}
      </p>
      <button
        type="button"
        class="outline small-button reset-button"
        onClick={() => dispatch({ type: "train/form_reset" })}
      >
        Reset settings
      </button>
    </div>
  );
}

function RunControls({ run, dispatch }: Pick<TrainPanelProps, "dispatch"> & { run: Run }) {
  const isHeld = run.hold === "paused" || run.hold === "resuming";
  return (
    <div class="controls">
      {isHeld ? (
        <button
          type="button"
          data-testid="resume-button"
          disabled={run.hold === "resuming"}
          onClick={() => dispatch({ type: "train/resume_wanted" })}
        >
          Resume
        </button>
      ) : (
        <button
          type="button"
          class="outline"
          data-testid="pause-button"
          disabled={run.hold === "pausing" || run.isStopping}
          onClick={() => dispatch({ type: "train/pause_wanted" })}
        >
          {run.hold === "pausing" ? "Pausing…" : "Pause"}
        </button>
      )}
      <button
        type="button"
        class="outline"
        data-testid="stop-button"
        disabled={run.isStopping}
        onClick={() => dispatch({ type: "train/stop_wanted" })}
      >
        {run.isStopping ? "Stopping…" : "Stop"}
      </button>
      <p class="muted small">Stopping keeps what has been learnt and scores it.</p>
      <p class="muted small" data-testid="run-awake">
        The run goes on while this tab is hidden, and after the browser or the computer has put it to sleep
        {hasWakeLock() && "; the screen stays on while the tab is shown"}.
      </p>
    </div>
  );
}
