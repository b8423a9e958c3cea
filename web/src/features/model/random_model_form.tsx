import { useState } from "preact/hooks";
import type { RandomModel } from "../../protocol";
import { RANDOM_MODEL } from "../../settings";
import { text } from "../../text";
import { Field } from "../../ui/field";
import { RANDOM_FIELDS, type RandomField, randomFormOf, readRandom } from "./random_form";

/** A model with random weights, of any size. */
export function RandomModelForm({ onWant }: { onWant: (model: RandomModel) => void }) {
  const [form, setForm] = useState(() => randomFormOf(RANDOM_MODEL));
  const read = readRandom(form);
  const faults: Partial<Record<RandomField, string>> = read.faults;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (read.model !== null) onWant(read.model);
      }}
    >
      <div class="fields">
        {RANDOM_FIELDS.map(({ name, label, hint }) => (
          <Field
            key={name}
            label={label}
            testId={`random-${name.replaceAll("_", "-")}`}
            text={form[name]}
            hint={hint}
            fault={faults[name] ?? null}
            input={{ inputMode: "numeric" }}
            onText={(typed) => setForm({ ...form, [name]: typed })}
          />
        ))}
      </div>
      <p class="button-row small">
        <button type="submit" class="small-button" data-testid="load-random" disabled={read.model === null}>
          {text.model.draw}
        </button>
        <span class="muted">{text.model.drawHint}</span>
      </p>
    </form>
  );
}
