import { bytesOf, type KeptModel } from "../../storage/models";
import { formatBytes, formatDate } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import { type KeptState, keptBytesOf } from "./kept";

interface KeptModelsProps {
  kept: KeptState;
  loadedKey: string | null;
  onLoad: (key: string, name: string) => void;
  onRemove: (key: string) => void;
}

/** The models that are kept on this device, and their sizes. */
export function KeptModels({ kept, loadedKey, onLoad, onRemove }: KeptModelsProps) {
  const { models, room } = kept;
  if (models.length === 0) return <p class="muted small">Nothing is kept here yet.</p>;
  return (
    <div class="stack-tight">
      <ul class="plain-list kept" data-testid="kept-models">
        {models.map((model) => (
          <li key={model.key}>
            <div>
              <strong>{model.about.name}</strong>
              <p class="muted small numbers">{factsOf(model)}</p>
            </div>
            <div class="button-row">
              <SmallButton
                disabled={model.key === loadedKey || (!model.isComplete && model.about.origin.kind === "files")}
                aria-label={`Load ${model.about.name}`}
                onClick={() => onLoad(model.key, model.about.name)}
              >
                {model.key === loadedKey ? "Loaded" : model.isComplete ? "Load" : "Resume"}
              </SmallButton>
              <SmallButton aria-label={`Delete ${model.about.name}`} onClick={() => onRemove(model.key)}>
                Delete
              </SmallButton>
            </div>
          </li>
        ))}
      </ul>
      <p class="muted small numbers">
        {formatBytes(keptBytesOf(kept))} in all.
        {room.usedBytes !== null &&
          room.quotaBytes !== null &&
          ` The browser counts ${formatBytes(room.usedBytes)} of ${formatBytes(room.quotaBytes)} that it allows this site.`}
      </p>
    </div>
  );
}

function factsOf({ about, bytes, isComplete, isInMemory, savedAt }: KeptModel): string {
  const size = isComplete ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(bytesOf(about.files))}`;
  const where = isInMemory ? ["until the tab closes"] : [];
  return [size, formatDate(savedAt), originText(about.origin), ...where].join(" · ");
}

function originText(origin: KeptModel["about"]["origin"]): string {
  switch (origin.kind) {
    case "served":
      return "came with this page";
    case "hub":
      return `${origin.host}, ${origin.revision} (${origin.commit.slice(0, 7)})`;
    case "files":
      return "your files";
  }
}
