/** The settings form: text as typed, and what it means. The ranges are those of `TrainConfig::validate`. */

import type { FreezeStrategy, TrainConfig } from "../../protocol";
import { formatSetting } from "../../ui/format";

export type FreezeKind = FreezeStrategy["kind"];

/** The settings of a run that are numbers. */
type ConfigField = Exclude<keyof TrainConfig, "freeze" | "shuffle">;

/** The number of workers is a field of the form but no setting: the results are the same up to rounding. */
export type FieldName = ConfigField | "n_workers";

export interface SettingsForm {
  freeze: FreezeKind;
  /** Layers that "all but the last" trains. */
  nLast: number;
  shuffle: boolean;
  numbers: Record<FieldName, string>;
}

/** What decides whether workers can share a run, and how many. */
export interface Sharing {
  /** The worker's own limit. */
  maxWorkers: number;
  isOnGpu: boolean;
}

export interface FieldSpec<Name = FieldName> {
  name: Name;
  label: string;
  /** Index of the weight in the formula of the loss. */
  weightOf?: string;
  hint: string;
  /** The others are shown under "More settings". */
  isCommon?: boolean;
  isWhole?: boolean;
  /** The field may be empty; this placeholder says what that means. */
  ifEmpty?: string;
  /** Disabled, for the reason in the hint: its text is not validated. */
  isOff?: boolean;
  min: number;
  max?: number;
  /** The maximum itself is too much. */
  isBelowMax?: boolean;
}

const CONFIG_FIELDS: readonly FieldSpec<ConfigField>[] = [
  { name: "epochs", label: "Epochs", hint: "Passes over the training pairs", isCommon: true, isWhole: true, min: 1 },
  { name: "batch_size", label: "Batch size", hint: "Pairs in one step", isCommon: true, isWhole: true, min: 1 },
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
    min: 0,
  },
  {
    name: "regression_weight",
    label: "Regression weight",
    weightOf: "r",
    hint: "Weight of the cosine's squared error in the joint loss",
    min: 0,
  },
  {
    name: "warmup_fraction",
    label: "Warm-up",
    hint: "Fraction of the steps over which the rates rise from zero",
    min: 0,
    max: 1,
  },
  { name: "weight_decay", label: "Weight decay", hint: "AdamW's pull towards zero", min: 0 },
  {
    name: "max_gradient_norm",
    label: "Gradient clipping",
    hint: "Largest norm of all gradients; 0 turns clipping off",
    min: 0,
  },
  {
    name: "dropout",
    label: "Dropout",
    hint: "Share of activations dropped in trained layers",
    min: 0,
    max: 1,
    isBelowMax: true,
  },
  { name: "seed", label: "Seed", hint: "The same seed gives the same run", isWhole: true, min: 0, max: 4_294_967_295 },
];

function workersField({ maxWorkers, isOnGpu }: Sharing): FieldSpec {
  return {
    name: "n_workers",
    label: "Workers",
    hint: isOnGpu
      ? "WebGPU computes, and takes each step alone; on the CPU several cores can share it"
      : `Processor cores that share each step, 1 to ${maxWorkers}; empty: as many as suit the run. The numbers come out the same, up to rounding`,
    isWhole: true,
    ifEmpty: "automatic",
    isOff: isOnGpu,
    min: 1,
    max: maxWorkers,
  };
}

/** Every field, in the form's order. */
export function fieldsOf(sharing: Sharing): readonly FieldSpec[] {
  return [...CONFIG_FIELDS, workersField(sharing)];
}

/** The form that shows `config`, with as many workers as suit it. */
export function formOf(config: TrainConfig): SettingsForm {
  const numbers = Object.fromEntries(CONFIG_FIELDS.map(({ name }) => [name, formatSetting(config[name])]));
  return {
    freeze: config.freeze.kind,
    nLast: config.freeze.kind === "all_but_last" ? Math.max(1, config.freeze.n_layers) : 2,
    shuffle: config.shuffle,
    numbers: { ...(numbers as Record<ConfigField, string>), n_workers: "" },
  };
}

/** What a run is started with. */
export interface RunOrder {
  config: TrainConfig;
  /** Number of workers that share it on the CPU; null lets the worker choose. */
  nWorkers: number | null;
}

/** The form of an order. */
export function formOfOrder({ config, nWorkers }: RunOrder): SettingsForm {
  const form = formOf(config);
  return { ...form, numbers: { ...form.numbers, n_workers: nWorkers === null ? "" : String(nWorkers) } };
}

/** The order of the form, or the errors of its fields. */
export type ReadForm =
  | { order: RunOrder; faults: Record<string, never> }
  | { order: null; faults: Partial<Record<FieldName, string>> };

/** The form as it is read for the worker at hand. */
export interface Settings {
  sharing: Sharing;
  /** Null before there is a form. */
  read: ReadForm | null;
}

export function readForm(form: SettingsForm, sharing: Sharing): ReadForm {
  const faults: Partial<Record<FieldName, string>> = {};
  const values = {} as Record<FieldName, number | null>;
  for (const spec of fieldsOf(sharing)) {
    const { value, fault } = readField(spec, form.numbers[spec.name].trim());
    if (fault !== null) faults[spec.name] = fault;
    values[spec.name] = value;
  }
  if (values.classification_weight === 0 && values.regression_weight === 0) {
    faults.classification_weight = "Both weights are 0, so there is nothing to learn; give one a weight.";
    faults.regression_weight = faults.classification_weight;
  }
  if (Object.keys(faults).length > 0) return { order: null, faults };
  const { n_workers: nWorkers, ...numbers } = values;
  // Without a fault, only the number of workers can be missing.
  const config = { ...(numbers as Record<ConfigField, number>), freeze: strategyOf(form), shuffle: form.shuffle };
  return { order: { config, nWorkers }, faults: {} };
}

/** The strategy in its wire form. */
export function strategyOf(form: SettingsForm): FreezeStrategy {
  return form.freeze === "all_but_last" ? { kind: "all_but_last", n_layers: form.nLast } : { kind: form.freeze };
}

/** The value of a field; null if it is empty or wrong. */
function readField(spec: FieldSpec, text: string): { value: number | null; fault: string | null } {
  if (text === "" && spec.ifEmpty !== undefined) return { value: null, fault: null };
  const value = text === "" ? Number.NaN : Number(text);
  const fault = faultOf(spec, value);
  if (fault === null) return { value, fault };
  return { value: null, fault: spec.isOff ? null : fault };
}

function faultOf(spec: FieldSpec, value: number): string | null {
  const noWhole = spec.ifEmpty === undefined ? "Type a whole number." : "Type a whole number, or leave it empty.";
  if (!Number.isFinite(value)) return spec.isWhole ? noWhole : "Type a number, such as 0.001 or 1e-3.";
  if (spec.isWhole && !Number.isInteger(value)) return noWhole;
  if (value < spec.min) return `Must be ${spec.min} or more.`;
  if (spec.max === undefined) return null;
  if (spec.isBelowMax ? value >= spec.max : value > spec.max) {
    return spec.isBelowMax ? `Must be below ${spec.max}.` : `Must be ${spec.max} or less.`;
  }
  return null;
}
