/** In what runs differ: their settings, and what they were trained with. */

import type { Setting } from "../../protocol";
import type { PastRun } from "../../storage/run_history";
import { formatCount, formatSetting } from "../../ui/format";
import { BACKEND_NAMES } from "../compute/compute_text";

export interface DifferingSetting {
  label: string;
  /** Of each run, in their order. */
  values: string[];
}

/** Every setting in which one of them differs. A run that is older than a setting has a dash. */
export function differingSettings(runs: readonly PastRun[], settings: readonly Setting[]): DifferingSetting[] {
  const all = runs.map((past) => factsOf(past, settings));
  const labels = [...new Set(all.flatMap((facts) => [...facts.keys()]))];
  return labels
    .map((label) => ({ label, values: all.map((facts) => facts.get(label) ?? "–") }))
    .filter(({ values }) => new Set(values).size > 1);
}

function factsOf(past: PastRun, settings: readonly Setting[]): Map<string, string> {
  const { model, pairs, backend, order } = past;
  const { freeze: _, ...others } = order.config;
  const labelOf = (name: string) => settings.find((setting) => setting.name === name)?.label ?? name;
  const show = (value: number | boolean) => {
    if (typeof value === "boolean") return value ? "on" : "off";
    return formatSetting(value);
  };
  // Two models may have one name, and two files too.
  const marked = (name: string, fingerprint: string) => `${name} (${fingerprint.slice(0, 6)})`;
  return new Map([
    ["Frozen", past.frozen],
    ...Object.entries(others).map(([name, value]) => [labelOf(name), show(value)] as const),
    ["Steps", formatCount(past.nStepsDone)],
    ["Model", marked(model.name, model.fingerprint)],
    ["Layers", String(model.nLayers)],
    ["Training pairs", `${pairs.name}, ${formatCount(pairs.nTrain)}`],
    ["Held-out pairs", marked(formatCount(pairs.nHeldOut), pairs.heldOutFingerprint)],
    ["Computed on", `${BACKEND_NAMES[backend.kind]}${backend.adapter === null ? "" : `, ${backend.adapter}`}`],
    ["Workers", String(past.nWorkers)],
  ]);
}

/** True if the scores of all of them are on the same held-out pairs. */
export function haveSamePairs(runs: readonly PastRun[]): boolean {
  return new Set(runs.map(({ pairs }) => pairs.heldOutFingerprint)).size <= 1;
}
