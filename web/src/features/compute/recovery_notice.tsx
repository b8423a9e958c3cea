import { text } from "../../text";
import type { Recovery } from "./state";

/** The GPU was lost, and what took over. It stays until it is dismissed. */
export function RecoveryNotice({ recovery, onDismiss }: { recovery: Recovery; onDismiss: () => void }) {
  return (
    <div class="notice notice-recovery" role="status" data-testid="recovery">
      <p>
        {whatHappened(recovery)} {whatFollows(recovery)}
      </p>
      <button type="button" class="outline" onClick={onDismiss}>
        {text.ui.dismiss}
      </button>
    </div>
  );
}

function whatHappened({ refusal: { kind, detail } }: Recovery): string {
  return kind === "device_lost" ? text.compute.gpuLost(detail) : text.compute.gpuFailed(detail);
}

function whatFollows({ run, target }: Recovery): string {
  const { recovery } = text.compute;
  if (run === null) return recovery.withoutRun(target);
  if (run.step === 0) return recovery.fromStart(target);
  return run.wasFinished ? recovery.ofTrained(run.step, target) : recovery.fromStep(run.step, target);
}
