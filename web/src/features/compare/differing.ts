/** In what runs differ: their settings, and what they were trained with. */

import type { Setting } from "../../protocol";
import type { PastRun } from "../../storage/run_history";
import { text } from "../../text";
import { formatCount, formatSetting } from "../../ui/format";

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
    if (typeof value === "boolean") return text.compare.onOrOff(value);
    return formatSetting(value);
  };
  const { columns, facts } = text.compare;
  // Two models may have one name, and two files too.
  const marked = (name: string, fingerprint: string) => `${name} (${fingerprint.slice(0, 6)})`;
  return new Map([
    [columns.frozen, past.frozen],
    ...Object.entries(others).map(([name, value]) => [labelOf(name), show(value)] as const),
    [facts.steps, formatCount(past.nStepsDone)],
    [columns.model, marked(model.name, model.fingerprint)],
    [text.model.sizes.n_layers.label, String(model.nLayers)],
    [facts.trainingPairs, `${pairs.name}, ${formatCount(pairs.nTrain)}`],
    [facts.heldOutPairs, marked(formatCount(pairs.nHeldOut), pairs.heldOutFingerprint)],
    [
      columns.backend,
      `${text.compute.backends[backend.kind]}${backend.adapter === null ? "" : `, ${backend.adapter}`}`,
    ],
    [text.train.workers, String(past.nWorkers)],
  ]);
}

/** True if the scores of all of them are on the same held-out pairs. */
export function haveSamePairs(runs: readonly PastRun[]): boolean {
  return new Set(runs.map(({ pairs }) => pairs.heldOutFingerprint)).size <= 1;
}
