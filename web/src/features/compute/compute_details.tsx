import { type Dispatch, useId } from "preact/hooks";
import { text } from "../../text";
import { SmallButton } from "../../ui/small_button";
import { AdapterFacts } from "./adapter_facts";
import { hasRelaxedSimd } from "./relaxed_simd";
import {
  adapterName,
  CHOICES,
  type Choice,
  type ComputeAction,
  type ComputeState,
  isOnGpu,
  ON_LOSS,
  reasonOf,
  type WorkerAction,
} from "./state";

interface ComputeDetailsProps {
  compute: ComputeState;
  /** A run is under way, so the worker that has it must stay. */
  isLocked: boolean;
  dispatch: Dispatch<ComputeAction | WorkerAction>;
}

const CHOICE_NAMES: Record<Choice, string> = { automatic: text.compute.automatic, ...text.compute.backends };
const HAS_RELAXED_SIMD = hasRelaxedSimd();

/** What the page computes on and why, in a line that opens to the GPU and the choice. */
export function ComputeDetails({ compute, isLocked, dispatch }: ComputeDetailsProps) {
  const { worker } = compute;
  const choose = (choice: Choice) => dispatch({ type: "worker/chosen", choice });
  const hintId = useId();
  const reason = reasonOf(compute);
  const said = reason && text.compute.refusals[reason.kind];
  const adapter = worker.status === "ready" ? compute.actual?.adapter : null;
  const note = adapter
    ? `${adapterName(adapter)} (${text.compute.adapter.kind(adapter.is_software)})`
    : (said?.brief ?? null);
  const canRetry = reason?.kind === "device_lost" || reason?.kind === "device_failed" || reason?.kind === "self_check";
  return (
    <details class="compute" data-testid="compute">
      <summary data-testid="compute-summary">
        <span class="compute-line">
          <span class="badge">{computesOn(compute)}</span>
          {note !== null && (
            <span class="muted">
              <span class="visually-hidden">: </span>
              {note}
            </span>
          )}
        </span>
      </summary>
      <div class="compute-body">
        {reason !== null && said !== null && (
          <div class="notice stack-tight" data-testid="compute-reason" data-kind={reason.kind}>
            <p>{said.full}</p>
            {reason.detail !== null && <p>{text.compute.inDetail(reason.detail)}</p>}
            {said.remedy !== null && <p class="muted">{said.remedy}</p>}
            {canRetry && (
              <SmallButton disabled={isLocked} aria-describedby={hintId} onClick={() => choose(compute.choice)}>
                {text.compute.onLossChoices.gpu}
              </SmallButton>
            )}
          </div>
        )}
        {!HAS_RELAXED_SIMD && !isOnGpu(compute) && (
          <p class="notice" data-testid="relaxed-simd">
            {text.compute.noRelaxedSimd}
          </p>
        )}
        <div class="compute-choices">
          <Choices
            label={text.compute.choice}
            testId="compute-choice"
            names={CHOICE_NAMES}
            choices={CHOICES}
            value={compute.choice}
            isLocked={isLocked}
            hintId={hintId}
            onChoice={choose}
          />
          <Choices
            label={text.compute.onLoss}
            testId="compute-on-loss"
            names={text.compute.onLossChoices}
            choices={ON_LOSS}
            value={compute.onLoss}
            onChoice={(onLoss) => dispatch({ type: "compute/on_loss_chosen", onLoss })}
          />
        </div>
        <p id={hintId} class="muted" data-testid="compute-hint">
          {isLocked ? text.compute.locked : text.compute.restarts}
        </p>
        <AdapterFacts compute={compute} />
      </div>
    </details>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  testId: string;
  names: Record<T, string>;
  choices: readonly T[];
  value: T;
  isLocked?: boolean;
  hintId?: string;
  onChoice: (choice: T) => void;
}

function Choices<T extends string>(props: ChoicesProps<T>) {
  const { label, testId, names, choices, value, isLocked = false, hintId, onChoice } = props;
  return (
    <label>
      {label}
      <select
        data-testid={testId}
        value={value}
        disabled={isLocked}
        aria-describedby={hintId}
        onChange={(event) => {
          const chosen = choices.find((choice) => choice === event.currentTarget.value);
          if (chosen !== undefined) onChoice(chosen);
        }}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {names[choice]}
          </option>
        ))}
      </select>
    </label>
  );
}

function computesOn(compute: ComputeState): string {
  switch (compute.worker.status) {
    case "probing":
    case "starting":
      return text.compute.starting;
    case "preparing":
      return isOnGpu(compute) ? text.compute.checking : text.compute.starting;
    case "crashed":
      return text.compute.stopped;
    case "ready": {
      const { actual } = compute;
      return actual === null ? text.compute.starting : text.compute.computesOn(text.compute.backends[actual.backend]);
    }
  }
}
