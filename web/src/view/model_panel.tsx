import { formatBytes, formatCount, formatPercent, formatRemaining } from "../format";
import type { ModelInfo } from "../protocol";
import type { WorkerStatus } from "../state";
import { isComplete, type Loadable, type Transfer, transferSecsLeft } from "../state/loadable";
import type { Progress } from "../state/progress";
import { FailureNotice } from "./failure_notice";
import { Panel } from "./panel";

interface ModelPanelProps {
  worker: WorkerStatus;
  /** The worker is to compute on the GPU, which takes some preparing. */
  isOnGpu: boolean;
  model: Loadable<ModelInfo>;
  onRetry: () => void;
}

export function ModelPanel({ worker, isOnGpu, model, onRetry }: ModelPanelProps) {
  return (
    <Panel
      id="model"
      number={1}
      title="Model"
      lead="A small pre-trained encoder. It turns a sentence into a list of numbers, its embedding."
    >
      {model.status === "loaded" ? (
        <Facts model={model.value} />
      ) : model.status === "failed" ? (
        <FailureNotice failure={model.failure} action="Retry" onAction={onRetry} />
      ) : worker.status === "preparing" && isOnGpu ? (
        <GpuCheck progress={worker.progress} />
      ) : model.status === "loading" && model.check !== null && model.check.nDone < model.check.nTotal ? (
        <GpuCheck progress={model.check} />
      ) : (
        <Download worker={worker} transfer={model.status === "loading" ? model.transfer : null} />
      )}
    </Panel>
  );
}

function Facts({ model }: { model: ModelInfo }) {
  const facts: [string, string][] = [
    ["Layers", formatCount(model.n_layers)],
    ["Width of an embedding", formatCount(model.d_model)],
    ["Attention heads", formatCount(model.n_heads)],
    ["Vocabulary", formatCount(model.vocab_size)],
    ["Parameters", formatCount(model.n_params)],
  ];
  return (
    <>
      <p data-testid="model-status">
        <strong>{model.name}</strong> is loaded.
      </p>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {model.ignored_tensors.length > 0 && (
        <p class="muted small">
          Of the file, these tensors are not used: {model.ignored_tensors.map((name) => `“${name}”`).join(", ")}.
        </p>
      )}
    </>
  );
}

/** The GPU has to show that it computes what the CPU does: once before a model is fetched, and once at its width. */
function GpuCheck({ progress }: { progress: Progress | null }) {
  return (
    <div class="stack-tight">
      <p data-testid="model-status">
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

function Download({ worker, transfer }: { worker: WorkerStatus; transfer: Transfer | null }) {
  if (worker.status === "crashed") return <p data-testid="model-status">Not loaded.</p>;
  const total = transfer?.totalBytes ?? null;
  const known = transfer !== null && total !== null && total > 0;
  return (
    <div class="stack-tight">
      <p data-testid="model-status">{downloadText(worker, transfer)}</p>
      <progress
        data-testid="model-progress"
        aria-label="Download of the model"
        {...(known ? { value: transfer.loadedBytes, max: total } : {})}
      />
      {transfer !== null && (
        <p class="muted small numbers progress-facts">
          <span>
            {formatBytes(transfer.loadedBytes)}
            {total !== null && ` of ${formatBytes(total)}`}
          </span>
          {known && <span>{formatPercent(transfer.loadedBytes / total, 0)}</span>}
          {known && <span>{remainingText(transfer)}</span>}
        </p>
      )}
    </div>
  );
}

function downloadText(worker: WorkerStatus, transfer: Transfer | null): string {
  if (worker.status === "starting") {
    return worker.isSlow
      ? "Still fetching the program; on a slow line this can take a minute. If nothing happens, reload the page."
      : "Starting the program…";
  }
  if (worker.status !== "ready") return "Starting the program…";
  if (transfer === null) return "Asking for the model…";
  if (isComplete(transfer)) return "All bytes are here; building the model…";
  return `Fetching ${transfer.file}…`;
}

function remainingText(transfer: Transfer): string {
  const secs = transferSecsLeft(transfer);
  return secs === null || isComplete(transfer) ? "" : formatRemaining(secs);
}
