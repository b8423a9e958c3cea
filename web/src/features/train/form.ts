/** The settings form: text as typed, and what it means. The worker says which settings there are. */

import type { FreezeStrategy, Setting, TrainConfig, TrainedParts, ValueRange } from "../../protocol";
import { text } from "../../text";
import { formatSetting } from "../../ui/format";
import type { WorkerOffer } from "../../worker/client";

export type FreezeKind = FreezeStrategy["kind"];

/** The number of workers is a field of the form but no setting: the results are the same up to rounding. */
export type FieldName = Setting["name"] | "n_workers";

/** A setting that the form lacks has its default: the form may show a run that is older than the setting. */
export interface SettingsForm {
  freeze: FreezeKind;
  /** Layers that "all but the last" trains. */
  nLast: number;
  /** Numbers as typed, by the name of their field. */
  numbers: Readonly<Record<string, string>>;
  /** By the name of their setting. */
  switches: Readonly<Record<string, boolean>>;
}

/** What can be set. */
export interface Offer extends WorkerOffer {
  /** The GPU computes: it shares a run with nobody. */
  isOnGpu: boolean;
}

export interface FieldSpec {
  name: FieldName;
  label: string;
  /** Index of the weight in the formula of the loss; null if it is no weight. */
  index: string | null;
  hint: string;
  /** Shown before the others. */
  isCommon: boolean;
  range: NumberRange;
  /** Shown where nothing was typed. */
  fallback: string;
  /** The field may be empty; this placeholder says what that means. Null if it may not. */
  ifEmpty: string | null;
  /** Disabled, for the reason in the hint: its text is not validated. */
  isOff: boolean;
}

type NumberRange = Exclude<ValueRange, { kind: "switch" }>;

/** Every field for a number, in the form's order. */
export function fieldsOf(offer: Offer): readonly FieldSpec[] {
  return [...offer.settings.flatMap((setting) => fieldOf(setting, offer.default_config)), workersField(offer)];
}

/** The field of a setting; none if it is a switch. */
function fieldOf({ name, label, help, range, weight, is_common }: Setting, defaults: TrainConfig): FieldSpec[] {
  if (range.kind === "switch") return [];
  return [
    {
      name,
      label,
      index: weight?.index ?? null,
      hint: text.train.range(help, range.min, range.max, isBelowMax(range)),
      isCommon: is_common,
      range,
      fallback: formatSetting(Number(defaults[name])),
      ifEmpty: null,
      isOff: false,
    },
  ];
}

function workersField({ max_workers: maxWorkers, isOnGpu }: Offer): FieldSpec {
  return {
    name: "n_workers",
    label: text.train.workers,
    index: null,
    hint: isOnGpu ? text.train.workersOnGpu : text.train.workersHint(maxWorkers),
    isCommon: false,
    range: { kind: "whole", min: 1, max: maxWorkers },
    fallback: "",
    ifEmpty: text.train.automatic,
    isOff: isOnGpu,
  };
}

/** The settings that are on or off. */
export function switchesOf({ settings }: Offer): readonly Setting[] {
  return settings.filter(({ range }) => range.kind === "switch");
}

/** What the form has in a field. */
export function textIn(form: SettingsForm, { name, fallback }: FieldSpec): string {
  return form.numbers[name] ?? fallback;
}

export function isOn(form: SettingsForm, { name }: Setting, { default_config: defaults }: Offer): boolean {
  return form.switches[name] ?? Boolean(defaults[name]);
}

/** The form that shows `config`, with as many workers as suit it. */
export function formOf({ freeze, ...config }: TrainConfig): SettingsForm {
  const numbers: Record<string, string> = { n_workers: "" };
  const switches: Record<string, boolean> = {};
  for (const [name, value] of Object.entries(config)) {
    if (typeof value === "boolean") switches[name] = value;
    else numbers[name] = formatSetting(value);
  }
  const nLast = freeze.kind === "all_but_last" ? Math.max(1, freeze.n_layers) : 2;
  return { freeze: freeze.kind, nLast, numbers, switches };
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
  form: SettingsForm;
  offer: Offer;
  read: ReadForm;
}

export function readForm(form: SettingsForm, offer: Offer): ReadForm {
  const faults: Partial<Record<FieldName, string>> = {};
  const values: Record<string, number | null> = {};
  for (const spec of fieldsOf(offer)) {
    const { value, fault } = readField(spec, textIn(form, spec).trim());
    if (fault !== null) faults[spec.name] = fault;
    values[spec.name] = value;
  }
  const weights = offer.settings.filter(({ weight }) => weight !== null);
  if (weights.every(({ name }) => values[name] === 0)) {
    for (const { name } of weights) faults[name] = text.train.noWeight;
  }
  if (Object.keys(faults).length > 0) return { order: null, faults };
  // Without a fault, only the number of workers can be null.
  const { n_workers: nWorkers = null, ...numbers } = values;
  const switches = Object.fromEntries(switchesOf(offer).map((setting) => [setting.name, isOn(form, setting, offer)]));
  const config: TrainConfig = Object.assign({ ...offer.default_config, freeze: strategyOf(form) }, numbers, switches);
  return { order: { config, nWorkers }, faults: {} };
}

/** How many layers of `nLayers` a strategy trains. */
export function trainedLayers({ layers }: TrainedParts, nLast: number, nLayers: number): number {
  if (layers === "all") return nLayers;
  return layers === "none" ? 0 : Math.min(nLast, nLayers);
}

/** Settings that a first visit may start from; all else is as offered. */
export const PRESETS = [
  { id: "quick", freeze: { kind: "backbone" } },
  { id: "thorough", freeze: { kind: "all_but_last", n_layers: 2 } },
] as const satisfies readonly { id: string; freeze: FreezeStrategy }[];

export type Preset = (typeof PRESETS)[number];

export function formOfPreset({ freeze }: Preset, { default_config: defaults }: Offer): SettingsForm {
  return formOf({ ...defaults, freeze });
}

/** The preset that the form shows; null if it shows settings of the visitor. */
export function presetOf(form: SettingsForm, offer: Offer): Preset | null {
  const ordered = (some: SettingsForm) => {
    const { config, nWorkers } = readForm(some, offer).order ?? {};
    return JSON.stringify([config, nWorkers]);
  };
  return PRESETS.find((preset) => ordered(formOfPreset(preset, offer)) === ordered(form)) ?? null;
}

/** The strategy in its wire form. */
export function strategyOf(form: SettingsForm): FreezeStrategy {
  return form.freeze === "all_but_last" ? { kind: "all_but_last", n_layers: form.nLast } : { kind: form.freeze };
}

/** The value of a field; null if it is empty or wrong. */
function readField(spec: FieldSpec, typed: string): { value: number | null; fault: string | null } {
  if (typed === "" && spec.ifEmpty !== null) return { value: null, fault: null };
  const value = typed === "" ? Number.NaN : Number(typed);
  const fault = faultOf(spec, value);
  if (fault === null) return { value, fault };
  return { value: null, fault: spec.isOff ? null : fault };
}

function faultOf({ range, ifEmpty }: FieldSpec, value: number): string | null {
  if (range.kind === "whole" && !Number.isInteger(value)) {
    return ifEmpty === null ? text.ui.wholeNumber : text.train.wholeOrEmpty;
  }
  if (!Number.isFinite(value)) return text.train.number;
  if (value < range.min) return text.train.atLeast(range.min);
  if (isBelowMax(range)) return value >= range.max ? text.train.below(range.max) : null;
  return value > range.max ? text.train.atMost(range.max) : null;
}

function isBelowMax(range: NumberRange): boolean {
  return range.kind === "real" && range.is_below_max;
}
