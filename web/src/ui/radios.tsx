import { useId } from "preact/hooks";

interface RadiosProps<T extends string> {
  /** Each with its label. */
  options: Readonly<Partial<Record<T, string>>>;
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
  return (Object.entries(options) as [T, string][]).map(([option, label]) => (
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
