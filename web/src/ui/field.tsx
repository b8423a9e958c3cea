import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  label: ComponentChildren;
  testId: string;
  text: string;
  hint: string;
  /** What is wrong with the text, shown instead of the hint; null if nothing is. */
  fault: string | null;
  /** Further attributes of the input. */
  input?: InputHTMLAttributes<HTMLInputElement>;
  onText: (text: string) => void;
}

/** A labelled text field. Numbers use it too: "5e-5" stays as typed, and what is wrong with a value is shown as text. */
export function Field({ label, testId, text, hint, fault, input, onText }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        autocomplete="off"
        data-testid={testId}
        value={text}
        aria-invalid={fault === null ? undefined : "true"}
        aria-describedby={`${id}-hint`}
        onInput={(event) => onText(event.currentTarget.value)}
        {...input}
      />
      <small id={`${id}-hint`} class={fault === null ? "muted" : "field-fault"}>
        {fault ?? hint}
      </small>
    </div>
  );
}
