import { useState } from "preact/hooks";
import type { ModelInfo, Pooling } from "../../protocol";
import { Facts } from "../../ui/facts";
import { formatCount } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import type { FetchedModel } from "./state";
import { verifiedText } from "./verified";

const POOLING: Record<Pooling, string> = { mean: "mean", cls: "first token", max: "maximum" };

interface ModelFactsProps {
  info: ModelInfo;
  current: FetchedModel;
  /** Nothing else can be loaded now. */
  isLocked: boolean;
  onDepth: (nLayers: number | null) => void;
}

/** The loaded model, and the choice of its number of layers. */
export function ModelFacts({ info, current, isLocked, onDepth }: ModelFactsProps) {
  const { n_layers, n_layers_of_file: nOfFile, head_classes: classes } = info;
  const layers =
    nOfFile === null || nOfFile === n_layers ? formatCount(n_layers) : `${n_layers} of ${formatCount(nOfFile)}`;
  const facts: [string, string][] = [
    ["Layers", layers],
    ["Width of an embedding", formatCount(info.d_model)],
    ["Attention heads", formatCount(info.n_heads)],
    ["Vocabulary", formatCount(info.vocab_size)],
    ["Parameters", formatCount(info.n_params)],
    ["Longest sequence", `${formatCount(info.max_seq_length)} tokens`],
    ["Pooling", POOLING[info.pooling]],
    ["Scaled to length 1", info.normalizes ? "yes" : "no"],
    ["Stored as", info.stored_as ?? "drawn at random"],
  ];
  return (
    <>
      <p class="muted small">
        {originText(current)} <span data-testid="model-verified">{verifiedText(current.files)}</span>
      </p>
      <dl class="facts model-facts">
        <Facts facts={facts} />
      </dl>
      {nOfFile !== null && nOfFile > 1 && (
        <Depth
          key={`${info.fingerprint} ${n_layers}`}
          n={n_layers}
          nOfFile={nOfFile}
          isLocked={isLocked}
          onDepth={onDepth}
        />
      )}
      {classes !== null && (
        <p class="small" data-testid="model-head">
          It came with a classification head for {formatCount(classes.length)} classes: {classes.join(", ")}.
        </p>
      )}
      {info.ignored_tensors.length > 0 && (
        <details class="small">
          <summary class="muted">
            {info.ignored_tensors.length === 1
              ? "One tensor of the file is not used"
              : `${formatCount(info.ignored_tensors.length)} tensors of the file are not used`}
          </summary>
          <p class="muted">{info.ignored_tensors.join(", ")}</p>
        </details>
      )}
    </>
  );
}

interface DepthProps {
  n: number;
  nOfFile: number;
  isLocked: boolean;
  onDepth: (nLayers: number | null) => void;
}

/** The first layers alone make a smaller, faster model; changing their number loads it again. */
function Depth({ n, nOfFile, isLocked, onDepth }: DepthProps) {
  const [chosen, setChosen] = useState(n);
  return (
    <p class="button-row small depth">
      <label>
        Use the first{" "}
        <select
          data-testid="model-depth"
          disabled={isLocked}
          value={chosen}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
        >
          {Array.from({ length: nOfFile }, (_, idx) => (
            <option key={idx + 1} value={idx + 1}>
              {idx + 1}
            </option>
          ))}
        </select>{" "}
        of {formatCount(nOfFile)} layers
      </label>
      {chosen !== n && (
        <SmallButton disabled={isLocked} onClick={() => onDepth(chosen === nOfFile ? null : chosen)}>
          Load with these layers
        </SmallButton>
      )}
    </p>
  );
}

function originText({ order, hub, keptKey }: FetchedModel): string {
  if (order.random !== null) return "Its weights are random; sentences are read with the served model's tokenizer.";
  if (hub !== null && order.origin.kind !== "served") return `Revision ${hub.revision.slice(0, 12)} of the hub.`;
  switch (order.origin.kind) {
    case "served":
      return "It came with this page.";
    case "files":
      return "It came from your files.";
    default:
      return keptKey === null ? "" : "It was kept on this device.";
  }
}
