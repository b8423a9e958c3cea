import { useId } from "preact/hooks";
import { type FieldName, type FieldSpec, fieldsOf, type ReadForm, type SettingsForm, type Sharing } from "./form";

interface SettingsFieldsProps {
  form: SettingsForm;
  sharing: Sharing;
  faults: ReadForm["faults"];
  onChange: (form: SettingsForm) => void;
}

/** The numbers of a run: the common ones visible, the others under "More settings". */
export function SettingsFields({ form, sharing, faults, onChange }: SettingsFieldsProps) {
  const field = (spec: FieldSpec) => (
    <Field
      key={spec.name}
      spec={spec}
      text={form.numbers[spec.name]}
      fault={(faults as Partial<Record<FieldName, string>>)[spec.name] ?? null}
      onText={(text) => onChange({ ...form, numbers: { ...form.numbers, [spec.name]: text } })}
    />
  );
  const fields = fieldsOf(sharing);
  const rare = fields.filter((spec) => !spec.isCommon);
  const hasHiddenFault = rare.some((spec) => spec.name in faults);
  return (
    <>
      <div class="fields">{fields.filter((spec) => spec.isCommon).map(field)}</div>
      <details class="more-settings">
        <summary>
          More settings
          {hasHiddenFault && <span class="field-fault"> – one of these needs another value</span>}
        </summary>
        <p class="muted small">
          The loss of a step is w<sub>c</sub> × cross-entropy of the classes + w<sub>r</sub> × squared error of the
          cosine. Rates rise during the warm-up and then fall to zero.
        </p>
        <div class="fields">{rare.map(field)}</div>
        <label class="check">
          <input
            type="checkbox"
            checked={form.shuffle}
            onChange={(event) => onChange({ ...form, shuffle: event.currentTarget.checked })}
          />
          Shuffle the pairs in every epoch and batch them by length
        </label>
      </details>
    </>
  );
}

interface FieldProps {
  spec: FieldSpec;
  text: string;
  fault: string | null;
  onText: (text: string) => void;
}

/** Text, not `type="number"`: "5e-5" stays as typed, and what is wrong with a value is said as text. */
function Field({ spec, text, fault, onText }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>
        {spec.label}
        {spec.weightOf !== undefined && (
          <>
            {" "}
            w<sub>{spec.weightOf}</sub>
          </>
        )}
      </label>
      <input
        id={id}
        type="text"
        inputMode={spec.isWhole ? "numeric" : "decimal"}
        autocomplete="off"
        data-testid={spec.name.replaceAll("_", "-")}
        value={text}
        placeholder={spec.ifEmpty}
        disabled={spec.isOff ?? false}
        aria-invalid={fault === null ? undefined : "true"}
        aria-describedby={`${id}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <small id={`${id}-hint`} class={fault === null ? "muted" : "field-fault"}>
        {fault ?? spec.hint}
      </small>
    </div>
  );
}
