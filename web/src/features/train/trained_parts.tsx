import { formatBytes, formatCount, formatQuantity, formatShare, inBrackets } from "../../ui/format";
import type { Run, RunPlan } from "./run";

interface TrainedPartsProps {
  run: Run;
  plan: RunPlan;
}

/** What this run trains, part by part, so that a frozen head is never a surprise. */
export function TrainedParts({ run, plan }: TrainedPartsProps) {
  const { trainable, nTruncated, nWorkers, workersProblem, keptBytes } = plan;
  const nTrained = trainable.embeddings + trainable.layers + trainable.head;
  const parts: [string, number][] = [
    ["Embeddings", trainable.embeddings],
    ["Encoder layers", trainable.layers],
    ["Classification head", trainable.head],
  ];
  return (
    <div class="trained">
      <p>
        {nTrained === 0
          ? `All ${formatCount(trainable.total)} parameters are frozen: this run only scores.`
          : `This run trains ${formatCount(nTrained)} of ${formatCount(trainable.total)} parameters (${formatShare(nTrained / trainable.total)}).`}
      </p>
      <ul class="trained-parts">
        {parts.map(([name, count]) => (
          <li key={name} class={count > 0 ? "is-trained" : ""}>
            <span>{name}</span> <span class="numbers">{count > 0 ? formatCount(count) : "frozen"}</span>
          </li>
        ))}
      </ul>
      {keptBytes !== null && (
        <p class="muted small" data-testid="kept">
          The frozen layers have no dropout, so what they make of each sentence is computed in the first epoch and kept
          for the later ones ({formatBytes(keptBytes)}
          {nWorkers > 1 && " a worker"}).
        </p>
      )}
      {workersProblem !== null && (
        <p class="notice small" role="status" data-testid="workers-problem">
          {workersProblem.kind === "missing" ? "Not every worker could join" : "A worker was lost"}{" "}
          {inBrackets(workersProblem.detail)}. The run continues with {formatQuantity(nWorkers, "worker")}.
        </p>
      )}
      {trainable.head === 0 && run.labels.classes.length > 0 && !run.labels.hasOwnHead && (
        <p class="notice small">
          The classification head is frozen, so it stays as random as it started: class probabilities and the accuracy
          below mean little. {trainable.layers > 0 && "Watch the cosine and its correlation instead."}
        </p>
      )}
      {run.labels.classes.length === 0 && (
        <p class="notice small">
          The pairs have no classes, so there is nothing that could train a classification head.
        </p>
      )}
      {nTruncated > 0 && (
        <p class="notice small">
          {formatQuantity(nTruncated, "sentence")} longer than the model can read {nTruncated === 1 ? "was" : "were"}{" "}
          cut.
        </p>
      )}
    </div>
  );
}
