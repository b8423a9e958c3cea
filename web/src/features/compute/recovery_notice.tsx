import { inBrackets } from "../../ui/format";
import type { Recovery } from "./state";

/** The GPU was lost, and what took over. It stays until it is dismissed. */
export function RecoveryNotice({ recovery, onDismiss }: { recovery: Recovery; onDismiss: () => void }) {
  return (
    <div class="notice notice-recovery" role="status" data-testid="recovery">
      <p>
        {whatHappened(recovery)} {whatFollows(recovery)}
      </p>
      <button type="button" class="outline" onClick={onDismiss}>
        Dismiss
      </button>
    </div>
  );
}

function whatHappened({ refusal: { kind, detail } }: Recovery): string {
  const text = kind === "device_lost" ? "The GPU was lost" : "The GPU has failed";
  return `${text} ${inBrackets(detail)}`.trim().concat(".");
}

function whatFollows({ run, target }: Recovery): string {
  const where = target === "gpu" ? "on the GPU again" : "on the CPU";
  if (run === null) return `The page now computes ${where}.`;
  if (run.step === 0) return `No step had been saved, so the run starts again ${where}.`;
  if (run.wasFinished) return `What was trained, saved at step ${run.step}, is brought back ${where}.`;
  return `Continuing from step ${run.step} ${where}.`;
}
