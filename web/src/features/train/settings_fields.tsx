import { Field } from "../../ui/field";
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
      label={
        <>
          {spec.label}
          {spec.weightOf !== undefined && (
            <>
              {" "}
              w<sub>{spec.weightOf}</sub>
            </>
          )}
        </>
      }
      testId={spec.name.replaceAll("_", "-")}
      text={form.numbers[spec.name]}
      hint={spec.hint}
      fault={(faults as Partial<Record<FieldName, string>>)[spec.name] ?? null}
      input={{
        inputMode: spec.isWhole ? "numeric" : "decimal",
        placeholder: spec.ifEmpty,
        disabled: spec.isOff ?? false,
      }}
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
