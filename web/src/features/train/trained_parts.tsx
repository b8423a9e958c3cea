import { text } from "../../text";
import { formatCount } from "../../ui/format";
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
    [text.train.parts.embeddings, trainable.embeddings],
    [text.train.parts.layers, trainable.layers],
    [text.train.parts.head, trainable.head],
  ];
  return (
    <div class="trained">
      <p>{text.train.trainsOf(nTrained, trainable.total)}</p>
      <ul class="trained-parts">
        {parts.map(([name, count]) => (
          <li key={name} class={count > 0 ? "is-trained" : ""}>
            <span>{name}</span>{" "}
            <span class="numbers">{count > 0 ? formatCount(count) : text.train.partStates.frozen}</span>
          </li>
        ))}
      </ul>
      {keptBytes !== null && (
        <p class="muted small" data-testid="kept">
          {text.train.keptBytes(keptBytes, nWorkers)}
        </p>
      )}
      {nTrained > 0 && nTrained === trainable.head && run.labels.hasScores && (
        <p class="muted small">{text.train.cosinesStay}</p>
      )}
      {workersProblem !== null && (
        <p class="notice small" role="status" data-testid="workers-problem">
          {text.train.fewerWorkers(workersProblem.kind, workersProblem.detail, nWorkers)}
        </p>
      )}
      {trainable.head === 0 && run.labels.classes.length > 0 && !run.labels.hasOwnHead && (
        <p class="notice small">
          {text.train.randomHead} {trainable.layers > 0 && text.train.watchCosine}
        </p>
      )}
      {run.labels.classes.length === 0 && <p class="notice small">{text.train.noClasses}</p>}
      {nTruncated > 0 && <p class="notice small">{text.train.truncated(nTruncated)}</p>}
    </div>
  );
}
