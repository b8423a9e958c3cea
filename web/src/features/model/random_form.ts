/** The size of a random model as it is typed, and what it means. */

import type { RandomModel } from "../../protocol";

export type RandomField = keyof RandomModel;
export type RandomForm = Record<RandomField, string>;

interface RandomSpec {
  name: RandomField;
  label: string;
  hint: string;
  min: number;
  max: number;
}

/** The upper limits are a little beyond BERT-large: larger models can't be trained in a tab. */
export const RANDOM_FIELDS: readonly RandomSpec[] = [
  { name: "n_layers", label: "Layers", hint: "Encoder layers", min: 1, max: 24 },
  { name: "d_model", label: "Width", hint: "Length of an embedding; the heads divide it evenly", min: 4, max: 1_024 },
  { name: "n_heads", label: "Attention heads", hint: "Of each layer", min: 1, max: 64 },
  { name: "d_ff", label: "Feed-forward width", hint: "Usually four times the width", min: 4, max: 4_096 },
  { name: "max_positions", label: "Positions", hint: "Longest sequence of tokens", min: 8, max: 1_024 },
  { name: "seed", label: "Seed", hint: "The same seed gives the same weights", min: 0, max: 4_294_967_295 },
];

export type ReadRandom =
  | { model: RandomModel; faults: Record<string, never> }
  | { model: null; faults: Partial<Record<RandomField, string>> };

export function randomFormOf(model: RandomModel): RandomForm {
  return Object.fromEntries(RANDOM_FIELDS.map(({ name }) => [name, String(model[name])])) as RandomForm;
}

export function readRandom(form: RandomForm): ReadRandom {
  const faults: Partial<Record<RandomField, string>> = {};
  const model = {} as RandomModel;
  for (const { name, min, max } of RANDOM_FIELDS) {
    const text = form[name].trim();
    const value = text === "" ? Number.NaN : Number(text);
    if (!Number.isInteger(value)) faults[name] = "Type a whole number.";
    else if (value < min || value > max) faults[name] = `Must be ${min} to ${max}.`;
    model[name] = value;
  }
  if (!faults.d_model && !faults.n_heads && model.d_model % model.n_heads !== 0) {
    faults.n_heads = `Must divide the width, ${model.d_model}, evenly.`;
  }
  return Object.keys(faults).length === 0 ? { model, faults: {} } : { model: null, faults };
}
