import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { DropZone } from "../../ui/drop_zone";
import { FailureNotice } from "../../ui/failure_notice";
import { Panel } from "../../ui/panel";
import type { ReadForm, RunOrder, SettingsForm, Sharing } from "./form";
import { FreezeChoice } from "./freeze_choice";
import { isActive, type Run } from "./run";
import { RunView } from "./run_view";
import { SettingsFields } from "./settings_fields";

interface TrainPanelProps {
  /** Why a run can't be started; null if it can. */
  blocker: string | null;
  nLayers: number | null;
  form: SettingsForm | null;
  sharing: Sharing;
  read: ReadForm | null;
  run: Run | null;
  isDark: boolean;
  /** How the run is saved, and a way in for a saved one. */
  savedRun: ComponentChildren;
  /** Why no file of a saved run can be dropped now; null if one can. */
  fileBlocker: string | null;
  /** What can be exported of model and run. */
  exports: ComponentChildren;
  onRunFile: (file: File) => void;
  onForm: (form: SettingsForm) => void;
  onReset: () => void;
  onTrain: (order: RunOrder) => void;
  onPause: () => void;
  onResume: () => void;
  onStop: () => void;
}

export function TrainPanel(props: TrainPanelProps) {
  const { form, read, run, nLayers, onRunFile } = props;
  return (
    <DropZone
      invitation="Drop the file of a saved run here"
      blocker={props.fileBlocker}
      onDrop={({ files: [file] }) => file !== undefined && onRunFile(file)}
    >
      <Panel
        id="train"
        number={3}
        title="Train"
        lead="Choose which part of the model may change, then let it learn from the training pairs."
      >
        {form === null || read === null ? (
          <p class="muted">The settings appear as soon as the program has started.</p>
        ) : (
          <form noValidate onSubmit={(event) => event.preventDefault()}>
            {/* A run keeps the settings it was started with: to change them now would change nothing. */}
            <fieldset class="settings" disabled={isActive(run)}>
              <FreezeChoice form={form} nLayers={nLayers} onChange={props.onForm} />
              <SettingsFields form={form} sharing={props.sharing} faults={read.faults} onChange={props.onForm} />
            </fieldset>
            <Controls {...props} read={read} />
          </form>
        )}
        {run?.failure && <FailureNotice failure={run.failure} />}
        {run !== null && <RunView key={run.key} run={run} isDark={props.isDark} />}
        {props.savedRun}
        {props.exports}
      </Panel>
    </DropZone>
  );
}

function Controls({
  blocker,
  read,
  run,
  onReset,
  onTrain,
  onPause,
  onResume,
  onStop,
}: TrainPanelProps & { read: ReadForm }) {
  const reasonId = useId();
  if (isActive(run)) return <RunControls run={run} onPause={onPause} onResume={onResume} onStop={onStop} />;
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
      <button type="button" class="outline small-button reset-button" onClick={onReset}>
        Reset settings
      </button>
    </div>
  );
}

function RunControls({
  run,
  onPause,
  onResume,
  onStop,
}: Pick<TrainPanelProps, "onPause" | "onResume" | "onStop"> & { run: Run }) {
  const isHeld = run.hold === "paused" || run.hold === "resuming";
  return (
    <div class="controls">
      {isHeld ? (
        <button type="button" data-testid="resume-button" disabled={run.hold === "resuming"} onClick={onResume}>
          Resume
        </button>
      ) : (
        <button
          type="button"
          class="outline"
          data-testid="pause-button"
          disabled={run.hold === "pausing" || run.isStopping}
          onClick={onPause}
        >
          {run.hold === "pausing" ? "Pausing…" : "Pause"}
        </button>
      )}
      <button type="button" class="outline" data-testid="stop-button" disabled={run.isStopping} onClick={onStop}>
        {run.isStopping ? "Stopping…" : "Stop"}
      </button>
      <p class="muted small">Stopping keeps what has been learnt and scores it.</p>
    </div>
  );
}
