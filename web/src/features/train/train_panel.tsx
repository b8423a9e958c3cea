import { type Dispatch, useId } from "preact/hooks";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { Panel } from "../../ui/panel";
import { SmallButton } from "../../ui/small_button";
import { type Estimates, estimateText } from "./estimates";
import {
  formOfPreset,
  PRESETS,
  presetOf,
  type ReadForm,
  type RunOrder,
  type Settings,
  type SettingsForm,
} from "./form";
import { FreezeChoice } from "./freeze_choice";
import { NetworkPicture } from "./network_picture";
import { isActive, keptRun, type Run } from "./run";
import { RunProgress } from "./run_progress";
import { SettingsFields } from "./settings_fields";
import type { TrainAction, TrainState } from "./state";
import { hasWakeLock } from "./use_wake_lock";

interface TrainPanelProps {
  train: TrainState;
  /** Null before the worker is ready. */
  settings: Settings | null;
  /** Layers of the model; null before it is loaded. */
  nLayers: number | null;
  estimates: Estimates;
  /** Why no run can be started; null if one can. */
  blocker: string | null;
  /** A notification at the end of a run; null where there can be none. */
  notifications: { isWanted: boolean | null; want: (isWanted: boolean) => void };
  dispatch: Dispatch<TrainAction>;
  onTrain: (order: RunOrder) => void;
}

/** What a run is to do, and the control of the one under way. */
export function TrainPanel(props: TrainPanelProps) {
  const { train, settings, nLayers, estimates, notifications, dispatch } = props;
  const { run } = train;
  const kept = run && keptRun(run);
  const onChange = (changed: SettingsForm) => dispatch({ type: "train/form_changed", form: changed });
  return (
    <Panel id="settings" title={text.ui.training}>
      {settings === null ? (
        <p class="muted">{text.train.starts}</p>
      ) : (
        <form noValidate onSubmit={(event) => event.preventDefault()}>
          {/* A run keeps its settings: changing the form now would have no effect. */}
          <fieldset class="settings" disabled={isActive(run)}>
            <PresetChoice {...settings} onChange={onChange} />
            <Picture {...settings} nLayers={nLayers} />
            <details class="more-settings" data-testid="more-settings">
              <summary>
                {text.train.moreSettings}
                {settings.read.order === null && <span class="field-fault">{text.train.faulty}</span>}
              </summary>
              <FreezeChoice {...settings} nLayers={nLayers} estimates={estimates} onChange={onChange} />
              <SettingsFields {...settings} onChange={onChange} />
              <SmallButton onClick={() => dispatch({ type: "train/form_reset" })}>{text.train.reset}</SmallButton>
            </details>
          </fieldset>
          {isActive(run) ? (
            <RunControls run={run} notifications={notifications} dispatch={dispatch} />
          ) : (
            <StartControls {...props} read={settings.read} />
          )}
        </form>
      )}
      {run !== null && <RunProgress run={run} />}
      {run?.failure && (
        <FailureNotice
          failure={run.failure}
          {...(kept !== null && {
            action: text.train.keep(kept.nStepsDone),
            onAction: () => dispatch({ type: "train/keep_wanted" }),
          })}
        />
      )}
    </Panel>
  );
}

function Picture({ form, offer, nLayers }: Settings & Pick<TrainPanelProps, "nLayers">) {
  const info = offer.freeze_strategies.find(({ kind }) => kind === form.freeze);
  return info === undefined ? null : <NetworkPicture trained={info.trained} nLast={form.nLast} nLayers={nLayers} />;
}

function PresetChoice({ form, offer, onChange }: Settings & { onChange: (form: SettingsForm) => void }) {
  const groupName = useId();
  const chosen = presetOf(form, offer);
  return (
    <fieldset class="presets">
      <legend class="visually-hidden">{text.train.presetsLabel}</legend>
      <div class="preset-cards">
        {PRESETS.map((preset) => (
          <label class="freeze-card preset" key={preset.id}>
            <span class="freeze-title">
              <input
                type="radio"
                name={groupName}
                data-testid={`preset-${preset.id}`}
                checked={preset === chosen}
                onChange={() => onChange(formOfPreset(preset, offer))}
              />
              <strong>{text.train.presets[preset.id].name}</strong>
            </span>
            <span class="freeze-text">{text.train.presets[preset.id].text}</span>
          </label>
        ))}
      </div>
      {chosen === null && <p class="muted small">{text.train.noPreset}</p>}
    </fieldset>
  );
}

function StartControls({ train: { run }, estimates, read, blocker, onTrain }: TrainPanelProps & { read: ReadForm }) {
  const reasonId = useId();
  const reason = blocker ?? (read.order === null ? text.reasons.faultySettings : null);
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
        {onlyScores ? text.train.score : run === null ? text.train.train : text.train.trainAgain}
      </button>
      {order !== null && (
        <p class="muted small" data-testid="estimate">
          {capitalized(estimateText(estimates, order.config.freeze.kind) ?? "")}
        </p>
      )}
      <p id={reasonId} class="muted small">
        {reason ?? (run === null ? "" : text.train.startsAgain)}
      </p>
    </div>
  );
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function RunControls({
  run,
  notifications,
  dispatch,
}: Pick<TrainPanelProps, "notifications" | "dispatch"> & { run: Run }) {
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
          {text.ui.resume}
        </button>
      ) : (
        <button
          type="button"
          class="outline"
          data-testid="pause-button"
          disabled={run.hold === "pausing" || run.isStopping}
          onClick={() => dispatch({ type: "train/pause_wanted" })}
        >
          {run.hold === "pausing" ? text.train.pausing : text.train.pause}
        </button>
      )}
      <button
        type="button"
        class="outline"
        data-testid="stop-button"
        disabled={run.isStopping}
        onClick={() => dispatch({ type: "train/stop_wanted" })}
      >
        {run.isStopping ? text.ui.stopping : text.ui.stop}
      </button>
      {notifications.isWanted !== null && (
        <label class="check">
          <input
            type="checkbox"
            checked={notifications.isWanted}
            onChange={({ currentTarget: { checked } }) => notifications.want(checked)}
          />
          {text.train.notify}
        </label>
      )}
      <p class="muted small">{text.train.stopNote}</p>
      <p class="muted small" data-testid="run-awake">
        {text.train.awake(hasWakeLock())}
      </p>
    </div>
  );
}
