/** The size of a random model as it is typed, and what it means. */

import type { RandomModel } from "../../protocol";
import { text } from "../../text";

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
  { name: "n_layers", ...text.model.sizes.n_layers, min: 1, max: 24 },
  { name: "d_model", ...text.model.sizes.d_model, min: 4, max: 1_024 },
  { name: "n_heads", ...text.model.sizes.n_heads, min: 1, max: 64 },
  { name: "d_ff", ...text.model.sizes.d_ff, min: 4, max: 4_096 },
  { name: "max_positions", ...text.model.sizes.max_positions, min: 8, max: 1_024 },
  { name: "seed", ...text.model.sizes.seed, min: 0, max: 4_294_967_295 },
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
    const typed = form[name].trim();
    const value = typed === "" ? Number.NaN : Number(typed);
    if (!Number.isInteger(value)) faults[name] = text.ui.wholeNumber;
    else if (value < min || value > max) faults[name] = text.model.notInRange(min, max);
    model[name] = value;
  }
  if (!faults.d_model && !faults.n_heads && model.d_model % model.n_heads !== 0) {
    faults.n_heads = text.model.notDivided(model.d_model);
  }
  return Object.keys(faults).length === 0 ? { model, faults: {} } : { model: null, faults };
}
