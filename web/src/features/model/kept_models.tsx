import { bytesOf, type KeptModel } from "../../storage/models";
import { text } from "../../text";
import { formatDate } from "../../ui/format";
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
  if (models.length === 0) return <p class="muted small">{text.model.kept.none}</p>;
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
                aria-label={text.model.kept.loadNamed(model.about.name)}
                onClick={() => onLoad(model.key, model.about.name)}
              >
                {model.key === loadedKey
                  ? text.model.kept.loaded
                  : model.isComplete
                    ? text.model.kept.load
                    : text.ui.resume}
              </SmallButton>
              <SmallButton aria-label={text.ui.deleteNamed(model.about.name)} onClick={() => onRemove(model.key)}>
                {text.ui.delete}
              </SmallButton>
            </div>
          </li>
        ))}
      </ul>
      <p class="muted small numbers">
        {text.model.kept.inAll(keptBytesOf(kept))}
        {room.usedBytes !== null &&
          room.quotaBytes !== null &&
          ` ${text.model.kept.room(room.usedBytes, room.quotaBytes)}`}
      </p>
    </div>
  );
}

function factsOf({ about, bytes, isComplete, isInMemory, savedAt }: KeptModel): string {
  const size = text.ui.loaded(bytes, isComplete ? null : bytesOf(about.files));
  const where = isInMemory ? [text.model.kept.inMemory] : [];
  return [size, formatDate(savedAt), originText(about.origin), ...where].join(" · ");
}

function originText(origin: KeptModel["about"]["origin"]): string {
  switch (origin.kind) {
    case "served":
      return text.model.kept.served;
    case "hub":
      return `${origin.host}, ${origin.revision} (${origin.commit.slice(0, 7)})`;
    case "files":
      return text.model.kept.files;
  }
}
