import { text } from "../../text";
import { formatPercent } from "../../ui/format";
import { isComplete, type Progress, type Transfer, transferSecsLeft } from "../../ui/progress";
import { SmallButton } from "../../ui/small_button";
import type { WorkerStatus } from "../compute/state";
import type { ModelOrder, ModelState } from "./state";

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
          aria-label={loading === null ? text.model.progress.download : text.model.progress.read}
          {...(known ? { value: transfer.loadedBytes, max: total } : {})}
        />
      )}
      {!isHeld && transfer !== null && (
        <p class="muted small numbers progress-facts">
          <span>{text.ui.loaded(transfer.loadedBytes, total)}</span>
          {known && <span>{formatPercent(transfer.loadedBytes / total, 0)}</span>}
          {known && <span>{remainingText(transfer)}</span>}
          {(transfer.keptBytes ?? 0) > 0 && <span>{text.model.progress.wereHere(transfer.keptBytes ?? 0)}</span>}
        </p>
      )}
      <p class="button-row">
        <SmallButton data-testid="cancel-model" disabled={loading?.isCancelled ?? false} onClick={onCancel}>
          {loading?.isCancelled ? text.ui.cancelling : text.ui.cancel}
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
        {progress === null ? text.model.progress.openingGpu : text.model.progress.checkingGpu(progress)}
      </p>
      <progress
        data-testid="preparing-progress"
        aria-label={text.model.progress.check}
        {...(progress === null ? {} : { value: progress.nDone, max: progress.nTotal })}
      />
    </div>
  );
}

function progressText(worker: WorkerStatus, model: ModelState): string {
  const { loading, next } = model;
  const { progress } = text.model;
  if (loading !== null) {
    const { transfer, fetched } = loading;
    if (transfer === null) return progress.opening(fetched.name);
    return isComplete(transfer) ? progress.building : progress.reading(transfer.file);
  }
  if (next === null) return "";
  if (next.fetched === null) {
    return next.transfer === null ? lookingText(next.order) : progress.fetching(next.transfer.file);
  }
  if (worker.status === "crashed") return progress.awaitsWorker(next.fetched.name);
  if (worker.status === "ready") return progress.awaitsRun(next.fetched.name);
  return worker.status === "starting" && worker.isSlow ? progress.startingSlowly : progress.starting;
}

function lookingText({ origin, random }: ModelOrder): string {
  const { lookingForTokenizer, lookingForModel, lookingFor } = text.model.progress;
  if (random !== null) return lookingForTokenizer;
  switch (origin.kind) {
    case "served":
      return lookingForModel;
    case "hub":
      return lookingFor(origin.model.id);
    default:
      return lookingFor(origin.name);
  }
}

function remainingText(transfer: Transfer): string {
  const secs = transferSecsLeft(transfer);
  return secs === null || isComplete(transfer) ? "" : text.ui.remaining(secs);
}
