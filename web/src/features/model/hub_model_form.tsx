import { useMemo, useState } from "preact/hooks";
import { DEFAULT_REVISION, readModelId } from "../../hub/model_id";
import type { HubModel } from "../../protocol";
import { HUB_EXAMPLES, hubUrl } from "../../settings";
import { Field } from "../../ui/field";
import { SmallButton } from "../../ui/small_button";

interface HubModelFormProps {
  onWant: (model: HubModel) => void;
}

/** A name is taken as it is typed. */
const LITERAL = { autocapitalize: "off", spellcheck: false } as const;

/** A model by its id on a hub. */
export function HubModelForm({ onWant }: HubModelFormProps) {
  const [id, setId] = useState("");
  const [revision, setRevision] = useState("");
  const [isTried, setIsTried] = useState(false);
  const host = useMemo(() => new URL(hubUrl()).host, []);
  const read = readModelId(id, revision);
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
      <Field
        label="Model id"
        testId="hub-id"
        text={id}
        hint="A BERT-like encoder with safetensors weights; a copied address will do"
        fault={isTried ? read.fault : null}
        input={{ ...LITERAL, placeholder: "owner/name" }}
        onText={setId}
      />
      <Field
        label="Revision"
        testId="hub-revision"
        text={revision}
        hint="Branch, tag or commit"
        fault={null}
        input={{ ...LITERAL, placeholder: DEFAULT_REVISION }}
        onText={setRevision}
      />
      <p class="button-row small hub-examples">
        <span class="muted">Such as</span>
        {HUB_EXAMPLES.map((example) => (
          <SmallButton key={example} onClick={() => setId(example)}>
            {example}
          </SmallButton>
        ))}
      </p>
      <p class="button-row small hub-send">
        <button type="submit" class="small-button" data-testid="load-hub">
          Fetch and load
        </button>
        <span class="muted">
          This asks {host} for the model; your sentences are sent nowhere. Large files are compared with the SHA-256
          that it lists; it lists none for small ones.
        </span>
      </p>
    </form>
  );
}
