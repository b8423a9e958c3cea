import { useState } from "preact/hooks";
import type { RandomModel } from "../../protocol";
import { text } from "../../text";
import { Radios } from "../../ui/radios";
import { SmallButton } from "../../ui/small_button";
import { FileModel } from "./file_model";
import { HubModelForm } from "./hub_model_form";
import type { KeptState } from "./kept";
import { KeptModels } from "./kept_models";
import type { LocalFile } from "./local_files";
import { RandomModelForm } from "./random_model_form";
import type { ModelOrigin } from "./state";

interface ModelSourcesProps {
  /** No model is loaded or being loaded: the visitor has to choose. */
  isOpen: boolean;
  kept: KeptState;
  /** Of the kept model that is loaded. */
  loadedKey: string | null;
  /** Why no other model can be loaded now; null if one can. */
  blocker: string | null;
  onWant: (origin: ModelOrigin) => void;
  onRandom: (model: RandomModel) => void;
  onFiles: (files: readonly LocalFile[]) => void;
  onRemove: (key: string) => void;
}

type SourceKind = ModelOrigin["kind"] | "random";

/** The five sources of a model, one at a time. */
export function ModelSources(props: ModelSourcesProps) {
  const { kept, blocker, onWant } = props;
  const [kind, setKind] = useState<SourceKind>("served");
  const nKept = kept.models.length;
  const { sources, keptSource } = text.model;
  const options: Record<SourceKind, string> = nKept === 0 ? sources : { ...sources, kept: keptSource(nKept) };
  return (
    <details class="more-settings" open={props.isOpen} data-testid="model-sources">
      <summary>{text.model.other}</summary>
      <fieldset class="stack model-source" disabled={blocker !== null}>
        <legend class="small muted">{text.model.whereFrom}</legend>
        <div class="segments">
          <Radios options={options} value={kind} onValue={setKind} />
        </div>
        {kind === "served" && (
          <p class="button-row small">
            <SmallButton data-testid="load-served" onClick={() => onWant({ kind: "served" })}>
              {text.model.loadServed}
            </SmallButton>
            <span class="muted">{text.model.servedHint}</span>
          </p>
        )}
        {kind === "hub" && <HubModelForm onWant={(model) => onWant({ kind: "hub", model })} />}
        {kind === "files" && <FileModel onFiles={props.onFiles} />}
        {kind === "random" && <RandomModelForm onWant={props.onRandom} />}
        {kind === "kept" && (
          <KeptModels
            kept={kept}
            loadedKey={props.loadedKey}
            onLoad={(key, keptName) => onWant({ kind: "kept", key, name: keptName })}
            onRemove={props.onRemove}
          />
        )}
      </fieldset>
    </details>
  );
}
