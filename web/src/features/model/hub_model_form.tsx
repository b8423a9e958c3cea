import { useMemo, useState } from "preact/hooks";
import { DEFAULT_REVISION, readModelId } from "../../hub/model_id";
import type { HubModel } from "../../protocol";
import { HUB_EXAMPLES, hubUrl } from "../../settings";
import { text } from "../../text";
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
        label={text.model.id}
        testId="hub-id"
        text={id}
        hint={text.model.idHint}
        fault={isTried ? read.fault : null}
        input={{ ...LITERAL, placeholder: text.model.idForm }}
        onText={setId}
      />
      <Field
        label={text.model.revision}
        testId="hub-revision"
        text={revision}
        hint={text.model.revisionHint}
        fault={null}
        input={{ ...LITERAL, placeholder: DEFAULT_REVISION }}
        onText={setRevision}
      />
      <p class="button-row small hub-examples">
        <span class="muted">{text.model.suchAs}</span>
        {HUB_EXAMPLES.map((example) => (
          <SmallButton key={example} onClick={() => setId(example)}>
            {example}
          </SmallButton>
        ))}
      </p>
      <p class="button-row small hub-send">
        <button type="submit" class="small-button" data-testid="load-hub">
          {text.model.fetch}
        </button>
        <span class="muted">{text.model.hubHint(host)}</span>
      </p>
    </form>
  );
}
