import { useId, useState } from "preact/hooks";
import type { RandomModel } from "../../protocol";
import { RANDOM_MODEL } from "../../settings";
import { RANDOM_FIELDS, type RandomField, randomFormOf, readRandom } from "./random_form";

/** A model with random weights, of any size. */
export function RandomModelForm({ onWant }: { onWant: (model: RandomModel) => void }) {
  const [form, setForm] = useState(() => randomFormOf(RANDOM_MODEL));
  const id = useId();
  const read = readRandom(form);
  const faults: Partial<Record<RandomField, string>> = read.faults;
  return (
    <form
      class="random-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (read.model !== null) onWant(read.model);
      }}
    >
      <div class="fields">
        {RANDOM_FIELDS.map(({ name, label, hint }) => (
          <div key={name} class="field">
            <label for={`${id}-${name}`}>{label}</label>
            <input
              id={`${id}-${name}`}
              type="text"
              inputMode="numeric"
              autocomplete="off"
              data-testid={`random-${name.replaceAll("_", "-")}`}
              value={form[name]}
              aria-invalid={faults[name] === undefined ? undefined : "true"}
              aria-describedby={`${id}-${name}-hint`}
              onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
            />
            <small id={`${id}-${name}-hint`} class={faults[name] === undefined ? "muted" : "field-fault"}>
              {faults[name] ?? hint}
            </small>
          </div>
        ))}
      </div>
      <p class="button-row small">
        <button type="submit" class="small-button" data-testid="load-random" disabled={read.model === null}>
          Draw it
        </button>
        <span class="muted">
          It reads sentences with the served model's tokenizer, and knows nothing of their meaning.
        </span>
      </p>
    </form>
  );
}
