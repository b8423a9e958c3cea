import { Fragment } from "preact";
import { text } from "../../text";
import { Field } from "../../ui/field";
import {
  type FieldName,
  type FieldSpec,
  fieldsOf,
  isOn,
  type Settings,
  type SettingsForm,
  switchesOf,
  textIn,
} from "./form";

interface SettingsFieldsProps extends Settings {
  onChange: (form: SettingsForm) => void;
}

/** The settings of a run, the common ones first. */
export function SettingsFields({ form, offer, read, onChange }: SettingsFieldsProps) {
  const faults: Partial<Record<FieldName, string>> = read.faults;
  const field = (spec: FieldSpec) => (
    <Field
      key={spec.name}
      label={
        <>
          {spec.label}
          {spec.index !== null && (
            <>
              {" "}
              <Weight index={spec.index} />
            </>
          )}
        </>
      }
      testId={spec.name.replaceAll("_", "-")}
      text={textIn(form, spec)}
      hint={spec.hint}
      fault={faults[spec.name] ?? null}
      input={{
        inputMode: spec.range.kind === "whole" ? "numeric" : "decimal",
        placeholder: spec.ifEmpty ?? undefined,
        disabled: spec.isOff,
      }}
      onText={(typed) => onChange({ ...form, numbers: { ...form.numbers, [spec.name]: typed } })}
    />
  );
  const fields = fieldsOf(offer);
  const weights = offer.settings.flatMap(({ weight }) => weight ?? []);
  return (
    <>
      <div class="fields">{fields.filter((spec) => spec.isCommon).map(field)}</div>
      <p class="muted small">
        {text.train.lossOfStep(
          weights.map(({ index, loss }, idx) => (
            <Fragment key={index}>
              {idx > 0 && " + "}
              <Weight index={index} /> × {loss}
            </Fragment>
          )),
        )}
      </p>
      <div class="fields">{fields.filter((spec) => !spec.isCommon).map(field)}</div>
      {switchesOf(offer).map((setting) => (
        <label class="check" key={setting.name}>
          <input
            type="checkbox"
            data-testid={setting.name.replaceAll("_", "-")}
            checked={isOn(form, setting, offer)}
            onChange={({ currentTarget: { checked } }) =>
              onChange({ ...form, switches: { ...form.switches, [setting.name]: checked } })
            }
          />
          {setting.help}
        </label>
      ))}
    </>
  );
}

/** A weight as the formula of the loss names it. */
function Weight({ index }: { index: string }) {
  return (
    <>
      w<sub>{index}</sub>
    </>
  );
}
