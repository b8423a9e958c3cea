import { type Dispatch, useId } from "preact/hooks";
import { SmallButton } from "../../ui/small_button";
import { AdapterFacts } from "./adapter_facts";
import { adapterKind, adapterName, BACKEND_NAMES, REASONS } from "./compute_text";
import { hasRelaxedSimd } from "./relaxed_simd";
import {
  CHOICES,
  type Choice,
  type ComputeAction,
  type ComputeState,
  isOnGpu,
  ON_LOSS,
  type OnLoss,
  reasonOf,
  type WorkerAction,
} from "./state";

interface ComputeDetailsProps {
  compute: ComputeState;
  /** A run is under way, so the worker that has it must stay. */
  isLocked: boolean;
  dispatch: Dispatch<ComputeAction | WorkerAction>;
}

const CHOICE_NAMES: Record<Choice, string> = { automatic: "Automatic (GPU, else CPU)", ...BACKEND_NAMES };
const HAS_RELAXED_SIMD = hasRelaxedSimd();
const ON_LOSS_NAMES: Record<OnLoss, string> = { cpu: "Continue on the CPU", gpu: "Try the GPU again" };

/** What the page computes on and why, in a line that opens to the GPU and the choice. */
export function ComputeDetails({ compute, isLocked, dispatch }: ComputeDetailsProps) {
  const { worker } = compute;
  const choose = (choice: Choice) => dispatch({ type: "worker/chosen", choice });
  const hintId = useId();
  const reason = reasonOf(compute);
  const text = reason && REASONS[reason.kind];
  const adapter = worker.status === "ready" ? compute.actual?.adapter : null;
  const note = adapter ? `${adapterName(adapter)} (${adapterKind(adapter)})` : (text?.brief ?? null);
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
        {reason !== null && text !== null && (
          <div class="notice stack-tight" data-testid="compute-reason" data-kind={reason.kind}>
            <p>{text.full}</p>
            {reason.detail !== null && <p>In detail: {reason.detail}</p>}
            {text.remedy !== null && <p class="muted">{text.remedy}</p>}
            {canRetry && (
              <SmallButton disabled={isLocked} aria-describedby={hintId} onClick={() => choose(compute.choice)}>
                Try the GPU again
              </SmallButton>
            )}
          </div>
        )}
        {!HAS_RELAXED_SIMD && !isOnGpu(compute) && (
          <p class="notice" data-testid="relaxed-simd">
            This browser lacks relaxed SIMD, and with it fused multiply-adds: the CPU computes the same to rounding,
            only slower.
          </p>
        )}
        <div class="compute-choices">
          <Choices
            label="Compute on"
            testId="compute-choice"
            names={CHOICE_NAMES}
            choices={CHOICES}
            value={compute.choice}
            isLocked={isLocked}
            hintId={hintId}
            onChoice={choose}
          />
          <Choices
            label="When the GPU is lost"
            testId="compute-on-loss"
            names={ON_LOSS_NAMES}
            choices={ON_LOSS}
            value={compute.onLoss}
            onChoice={(onLoss) => dispatch({ type: "compute/on_loss_chosen", onLoss })}
          />
        </div>
        <p id={hintId} class="muted" data-testid="compute-hint">
          {isLocked
            ? "A run is under way: stop it, or wait until it has ended, to compute on something else."
            : "Another choice restarts the worker: the model and the pairs are loaded again, and what was trained is discarded."}
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
      return "Starting…";
    case "preparing":
      return isOnGpu(compute) ? "Checking the GPU…" : "Starting…";
    case "crashed":
      return "Stopped";
    case "ready": {
      const { actual } = compute;
      return actual === null ? "Starting…" : `Computes on ${BACKEND_NAMES[actual.backend]}`;
    }
  }
}
