import { formatCount, formatQuantity, formatShare } from "../format";
import type { Run } from "../state/run";

interface TrainedPartsProps {
  run: Run;
  plan: NonNullable<Run["plan"]>;
}

/** What this run trains, part by part, so that a frozen head is never a surprise. */
export function TrainedParts({ run, plan }: TrainedPartsProps) {
  const { trainable, nTruncated } = plan;
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
      {trainable.head === 0 && (
        <p class="notice small">
          The classification head is frozen, so it stays as random as it started: class probabilities and the accuracy
          below mean little. {run.config.freeze.kind === "head" && "Watch the cosine and its correlation instead."}
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
