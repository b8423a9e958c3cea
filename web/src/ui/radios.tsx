import { useId } from "preact/hooks";

interface RadiosProps<T extends string> {
  options: readonly (readonly [T, string])[];
  value: T;
  /** An option that can't be chosen now. */
  disabled?: T | null;
  /** Of each label. */
  class?: string;
  onValue: (value: T) => void;
}

/** One of a few options. */
export function Radios<T extends string>({ options, value, disabled, class: className, onValue }: RadiosProps<T>) {
  const name = useId();
  return options.map(([option, label]) => (
    <label key={option} class={className}>
      <input
        type="radio"
        name={name}
        value={option}
        checked={option === value}
        disabled={option === disabled}
        onChange={() => onValue(option)}
      />
      {label}
    </label>
  ));
}
