import { formatBytes, formatCount, formatPercent, formatRemaining } from "../../ui/format";
import { isComplete, type Progress, type Transfer, transferSecsLeft } from "../../ui/progress";
import { SmallButton } from "../../ui/small_button";
import type { WorkerStatus } from "../compute/state";
import { type ModelState, orderName } from "./state";

interface ModelProgressProps {
  worker: WorkerStatus;
  model: ModelState;
  onCancel: () => void;
}

/** The progress of a model: downloaded, then read and checked by the worker. */
export function ModelProgress({ worker, model, onCancel }: ModelProgressProps) {
  const { loading, next, info } = model;
  // If a model is loaded, that is the status of the panel; this is the next model.
  const statusId = info === null ? "model-status" : "model-next-status";
  const check = loading?.check ?? null;
  if (check !== null && check.nDone < check.nTotal) return <GpuCheck progress={check} statusId={statusId} />;
  const transfer = loading?.transfer ?? next?.transfer ?? null;
  const total = transfer?.totalBytes ?? null;
  const known = transfer !== null && total !== null && total > 0;
  const isHeld = loading === null && next?.fetched != null;
  return (
    <div class="stack-tight">
      <p data-testid={statusId}>{progressText(worker, model)}</p>
      {!isHeld && (
        <progress
          data-testid="model-progress"
          aria-label={loading === null ? "Download of the model" : "Reading of the model"}
          {...(known ? { value: transfer.loadedBytes, max: total } : {})}
        />
      )}
      {!isHeld && transfer !== null && (
        <p class="muted small numbers progress-facts">
          <span>
            {formatBytes(transfer.loadedBytes)}
            {total !== null && ` of ${formatBytes(total)}`}
          </span>
          {known && <span>{formatPercent(transfer.loadedBytes / total, 0)}</span>}
          {known && <span>{remainingText(transfer)}</span>}
          {(transfer.keptBytes ?? 0) > 0 && <span>{formatBytes(transfer.keptBytes ?? 0)} were here already</span>}
        </p>
      )}
      <p class="button-row">
        <SmallButton data-testid="cancel-model" disabled={loading?.isCancelled ?? false} onClick={onCancel}>
          {loading?.isCancelled ? "Cancelling…" : "Cancel"}
        </SmallButton>
      </p>
    </div>
  );
}

/** The GPU is compared with the CPU: once before a model is loaded, and once at the width of each model. */
export function GpuCheck({ progress, statusId = "model-status" }: { progress: Progress | null; statusId?: string }) {
  return (
    <div class="stack-tight">
      <p data-testid={statusId}>
        {progress === null
          ? "Opening the GPU…"
          : `Checking the GPU against the CPU (${formatCount(progress.nDone)} of ${formatCount(progress.nTotal)})…`}
      </p>
      <progress
        data-testid="preparing-progress"
        aria-label="Check of the GPU"
        {...(progress === null ? {} : { value: progress.nDone, max: progress.nTotal })}
      />
    </div>
  );
}

function progressText(worker: WorkerStatus, model: ModelState): string {
  const { loading, next } = model;
  if (loading !== null) {
    const { transfer, fetched } = loading;
    if (transfer === null) return `Opening ${fetched.name}…`;
    return isComplete(transfer) ? "All bytes are here; building the model…" : `Reading ${transfer.file}…`;
  }
  if (next === null) return "";
  if (next.fetched === null) {
    return next.transfer === null ? `Looking for ${orderName(next.order)}…` : `Fetching ${next.transfer.file}…`;
  }
  if (worker.status === "crashed")
    return `${next.fetched.name} is here, and is loaded when the worker is started again.`;
  if (worker.status === "ready") return `${next.fetched.name} is here, and is loaded when the run is over.`;
  return worker.status === "starting" && worker.isSlow
    ? "Still fetching the program; on a slow line this can take a minute. If nothing happens, reload the page."
    : "Starting the program…";
}

function remainingText(transfer: Transfer): string {
  const secs = transferSecsLeft(transfer);
  return secs === null || isComplete(transfer) ? "" : formatRemaining(secs);
}
