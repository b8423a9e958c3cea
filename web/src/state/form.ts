/** The settings form: text as typed, and what it means. The ranges are those of `TrainConfig::validate`. */

import { formatSetting } from "../format";
import type { FreezeStrategy, TrainConfig } from "../protocol";

export type FreezeKind = FreezeStrategy["kind"];

/** The settings that are numbers. */
export type FieldName = Exclude<keyof TrainConfig, "freeze" | "shuffle">;

export interface SettingsForm {
  freeze: FreezeKind;
  /** Layers that "all but the last" trains. */
  nLast: number;
  shuffle: boolean;
  numbers: Record<FieldName, string>;
}

export interface FieldSpec {
  name: FieldName;
  label: string;
  /** Index of the weight in the formula of the loss. */
  weightOf?: string;
  hint: string;
  /** Rarer ones are shown under "More settings". */
  isCommon: boolean;
  isWhole?: boolean;
  min: number;
  max?: number;
  /** The maximum itself is too much. */
  isBelowMax?: boolean;
}

export const FIELDS: readonly FieldSpec[] = [
  { name: "epochs", label: "Epochs", hint: "Passes over the training pairs", isCommon: true, isWhole: true, min: 1 },
  {
    name: "batch_size",
    label: "Batch size",
    hint: "Pairs in one step",
    isCommon: true,
    isWhole: true,
    min: 1,
  },
  { name: "learning_rate", label: "Learning rate", hint: "Peak rate of the encoder", isCommon: true, min: 0 },
  {
    name: "head_learning_rate",
    label: "Head learning rate",
    hint: "Peak rate of the classification head, which starts at random",
    isCommon: true,
    min: 0,
  },
  {
    name: "classification_weight",
    label: "Classification weight",
    weightOf: "c",
    hint: "Weight of the cross-entropy in the joint loss",
    isCommon: false,
    min: 0,
  },
  {
    name: "regression_weight",
    label: "Regression weight",
    weightOf: "r",
    hint: "Weight of the cosine's squared error in the joint loss",
    isCommon: false,
    min: 0,
  },
  {
    name: "warmup_fraction",
    label: "Warm-up",
    hint: "Fraction of the steps over which the rates rise from zero",
    isCommon: false,
    min: 0,
    max: 1,
  },
  { name: "weight_decay", label: "Weight decay", hint: "AdamW's pull towards zero", isCommon: false, min: 0 },
  {
    name: "max_gradient_norm",
    label: "Gradient clipping",
    hint: "Largest norm of all gradients; 0 turns clipping off",
    isCommon: false,
    min: 0,
  },
  {
    name: "dropout",
    label: "Dropout",
    hint: "Share of activations dropped in trained layers",
    isCommon: false,
    min: 0,
    max: 1,
    isBelowMax: true,
  },
  {
    name: "seed",
    label: "Seed",
    hint: "The same seed gives the same run",
    isCommon: false,
    isWhole: true,
    min: 0,
    max: 4_294_967_295,
  },
];

/** The form that shows `config`. */
export function formOf(config: TrainConfig): SettingsForm {
  const numbers = Object.fromEntries(FIELDS.map(({ name }) => [name, formatSetting(config[name])]));
  return {
    freeze: config.freeze.kind,
    nLast: config.freeze.kind === "all_but_last" ? Math.max(1, config.freeze.n_layers) : 2,
    shuffle: config.shuffle,
    numbers: numbers as Record<FieldName, string>,
  };
}

/** What the form says: a config if all is well, otherwise what is wrong with which field. */
export type ReadForm =
  | { config: TrainConfig; faults: Record<string, never> }
  | { config: null; faults: Partial<Record<FieldName, string>> };

export function readForm(form: SettingsForm): ReadForm {
  const faults: Partial<Record<FieldName, string>> = {};
  const values = {} as Record<FieldName, number>;
  for (const spec of FIELDS) {
    const text = form.numbers[spec.name].trim();
    const value = text === "" ? Number.NaN : Number(text);
    const fault = faultOf(spec, value);
    if (fault !== null) faults[spec.name] = fault;
    values[spec.name] = value;
  }
  if (values.classification_weight === 0 && values.regression_weight === 0) {
    faults.classification_weight = "Both weights are 0, so there is nothing to learn; give one a weight.";
    faults.regression_weight = faults.classification_weight;
  }
  if (Object.keys(faults).length > 0) return { config: null, faults };
  return { config: { ...values, freeze: strategyOf(form), shuffle: form.shuffle }, faults: {} };
}

/** The strategy in its wire form. */
export function strategyOf(form: SettingsForm): FreezeStrategy {
  return form.freeze === "all_but_last" ? { kind: "all_but_last", n_layers: form.nLast } : { kind: form.freeze };
}

function faultOf(spec: FieldSpec, value: number): string | null {
  if (!Number.isFinite(value)) return spec.isWhole ? "Type a whole number." : "Type a number, such as 0.001 or 1e-3.";
  if (spec.isWhole && !Number.isInteger(value)) return "Type a whole number.";
  if (value < spec.min) return `Must be ${spec.min} or more.`;
  if (spec.max === undefined) return null;
  if (spec.isBelowMax ? value >= spec.max : value > spec.max) {
    return spec.isBelowMax ? `Must be below ${spec.max}.` : `Must be ${spec.max} or less.`;
  }
  return null;
}
