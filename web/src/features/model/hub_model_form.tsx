import { useId, useMemo, useState } from "preact/hooks";
import { DEFAULT_REVISION, readModelId } from "../../hub/model_id";
import type { HubModel } from "../../protocol";
import { HUB_EXAMPLES, hubUrl } from "../../settings";

interface HubModelFormProps {
  onWant: (model: HubModel) => void;
}

/** A BERT model by its id on a hub. */
export function HubModelForm({ onWant }: HubModelFormProps) {
  const [id, setId] = useState("");
  const [revision, setRevision] = useState("");
  const [isTried, setIsTried] = useState(false);
  const fieldId = useId();
  const host = useMemo(() => new URL(hubUrl()).host, []);
  const read = readModelId(id, revision);
  const fault = isTried ? read.fault : null;
  return (
    <form
      class="hub-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setIsTried(true);
        if (read.model !== null) onWant(read.model);
      }}
    >
      <div class="field hub-id">
        <label for={fieldId}>Model id</label>
        <input
          id={fieldId}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder="owner/name"
          data-testid="hub-id"
          value={id}
          aria-invalid={fault === null ? undefined : "true"}
          aria-describedby={`${fieldId}-hint`}
          onInput={(event) => setId(event.currentTarget.value)}
        />
        <small id={`${fieldId}-hint`} class={fault === null ? "muted" : "field-fault"}>
          {fault ?? "Of any BERT with safetensors weights; a copied address will do"}
        </small>
      </div>
      <div class="field hub-revision">
        <label for={`${fieldId}-revision`}>Revision</label>
        <input
          id={`${fieldId}-revision`}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={DEFAULT_REVISION}
          data-testid="hub-revision"
          value={revision}
          onInput={(event) => setRevision(event.currentTarget.value)}
        />
        <small class="muted">Branch, tag or commit</small>
      </div>
      <p class="button-row small hub-examples">
        <span class="muted">Such as</span>
        {HUB_EXAMPLES.map((example) => (
          <button key={example} type="button" class="outline small-button" onClick={() => setId(example)}>
            {example}
          </button>
        ))}
      </p>
      <p class="button-row small hub-send">
        <button type="submit" class="small-button" data-testid="load-hub">
          Fetch and load
        </button>
        <span class="muted">This asks {host} for the model; your sentences are sent nowhere.</span>
      </p>
    </form>
  );
}
