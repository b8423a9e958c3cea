import { useId, useState } from "preact/hooks";
import type { ModelInfo } from "../../protocol";
import { text } from "../../text";
import { Facts } from "../../ui/facts";
import { formatCount } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import type { FetchedModel } from "./state";
import { verifiedText } from "./verified";

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
  const isWhole = nOfFile === null || nOfFile === n_layers;
  const { facts: names, nTokens, poolings, yesOrNo, drawn } = text.model;
  const facts: [string, string][] = [
    [text.model.sizes.n_layers.label, isWhole ? formatCount(n_layers) : text.ui.of(n_layers, nOfFile)],
    [names.width, formatCount(info.d_model)],
    [text.model.sizes.n_heads.label, formatCount(info.n_heads)],
    [names.vocabulary, formatCount(info.vocab_size)],
    [names.parameters, formatCount(info.n_params)],
    [names.longest, nTokens(info.max_seq_length)],
    [names.pooling, poolings[info.pooling]],
    [names.scaled, yesOrNo(info.normalizes)],
    [names.storedAs, info.stored_as ?? drawn],
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
          {text.model.head(classes)}
        </p>
      )}
      {info.ignored_tensors.length > 0 && (
        <details class="small">
          <summary class="muted">{text.model.unusedTensors(info.ignored_tensors.length)}</summary>
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
  const id = useId();
  return (
    <p class="button-row small depth">
      <label for={id}>
        {text.model.depth(
          <select
            id={id}
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
          </select>,
          nOfFile,
        )}
      </label>
      {chosen !== n && (
        <SmallButton disabled={isLocked} onClick={() => onDepth(chosen === nOfFile ? null : chosen)}>
          {text.model.loadDepth}
        </SmallButton>
      )}
    </p>
  );
}

function originText({ order, hub, keptKey }: FetchedModel): string {
  const { origins } = text.model;
  if (order.random !== null) return origins.random;
  if (hub !== null && order.origin.kind !== "served") return origins.hub(hub.revision.slice(0, 12));
  switch (order.origin.kind) {
    case "served":
    case "files":
      return origins[order.origin.kind];
    default:
      return keptKey === null ? "" : origins.kept;
  }
}
