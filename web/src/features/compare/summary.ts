/** From the run of this tab, once it has ended, to its summary. */

import type { FreezeInfo, FreezeStrategy, PairRecord } from "../../protocol";
import { MAX_COMPARED_PAIRS, MAX_PAST_CURVE_POINTS } from "../../settings";
import type { LabelledPredictions, RunSummary } from "../../storage/run_history";
import { adapterName } from "../compute/compute_text";
import type { ComputeState } from "../compute/state";
import type { ModelState } from "../model/state";
import { shownCorpus } from "../pairs/corpus";
import type { PairsState } from "../pairs/state";
import type { Curve } from "../train/curve";
import type { TrainState } from "../train/state";

/** The states that a summary is made of. */
export interface Summarised {
  train: TrainState;
  model: ModelState;
  pairs: PairsState;
  compute: ComputeState;
}

/** Null before the run has ended. `number` counts the runs. */
export function summaryOf(
  { train: { run, offer }, model: { info }, pairs, compute: { actual } }: Summarised,
  number: number,
  finishedAt: number,
): { summary: RunSummary; labelled: LabelledPredictions | null } | null {
  const corpus = shownCorpus(pairs.corpus);
  const end = run?.end ?? null;
  if (run === null || end === null || run.plan === null) return null;
  if (info === null || corpus === null || actual === null) return null;
  const { plan, order } = run;
  const heldOut = run.heldOut.pairs;
  const frozen = frozenName(order.config.freeze, offer?.freeze_strategies ?? []);
  const labelled = labelledPredictions(heldOut, run.predictions.after ?? run.predictions.before);
  const summary: RunSummary = {
    format: 1,
    name: `Run ${number}, ${frozen.charAt(0).toLowerCase()}${frozen.slice(1)} frozen`,
    number,
    finishedAt,
    model: { name: info.name, fingerprint: info.fingerprint, nLayers: info.n_layers },
    pairs: {
      name: corpus.info.name,
      nTrain: plan.nPairs,
      nHeldOut: heldOut.length,
      heldOutFingerprint: fingerprintOf(heldOut, corpus.info.classes),
      hasPredictions: labelled !== null,
    },
    backend: { kind: actual.backend, adapter: actual.adapter && adapterName(actual.adapter) },
    order,
    frozen,
    nWorkers: plan.nWorkers,
    trainable: plan.trainable,
    nSteps: plan.nSteps,
    nStepsDone: end.nStepsDone,
    stopped: end.stopped,
    elapsedSecs: end.elapsedSecs,
    trainingSecs: end.trainingSecs,
    before: run.before,
    after: run.after,
    changes: [...end.changes],
    curves: plan.objectives.flatMap(({ name, title, unit }) => {
      const curve = run.curves[name];
      return curve === undefined ? [] : [{ name, title, unit, ...thinned(curve) }];
    }),
  };
  return { summary, labelled };
}

/** What a strategy freezes, in words. */
export function frozenName(freeze: FreezeStrategy, strategies: readonly FreezeInfo[]): string {
  if (freeze.kind === "all_but_last") {
    return freeze.n_layers === 1 ? "All but the last layer" : `All but the last ${freeze.n_layers} layers`;
  }
  return strategies.find(({ kind }) => kind === freeze.kind)?.title ?? freeze.kind;
}

function labelledPredictions(heldOut: readonly PairRecord[], predictions: LabelledPredictions["predictions"] | null) {
  const isWhole = heldOut.length > 0 && predictions?.cosines.length === heldOut.length;
  if (!isWhole || heldOut.length > MAX_COMPARED_PAIRS) return null;
  const labels = heldOut.map(({ label }) => label);
  const scores = heldOut.map(({ score }) => score);
  return { labels, scores, predictions };
}

/** Points at even distances, the last among them. */
function thinned({ steps, smooth }: Curve): { steps: number[]; values: number[] } {
  const nPoints = Math.min(steps.length, MAX_PAST_CURVE_POINTS);
  const kept = Array.from({ length: nPoints }, (_, idx) => Math.round(((idx + 1) * steps.length) / nPoints) - 1);
  return { steps: kept.map((at) => steps[at] ?? 0), values: kept.map((at) => smooth[at] ?? Number.NaN) };
}

/** The same for the same pairs, and hardly ever for others: two hashes of 32 bits (FNV-1a with two primes). */
export function fingerprintOf(pairs: readonly PairRecord[], classes: readonly string[]): string {
  const rows = pairs.map(({ sentence_a, sentence_b, label, score }) => [sentence_a, sentence_b, label, score]);
  const text = JSON.stringify([classes, rows]);
  let [first, second] = [0x811c9dc5, 0x050c5d1f];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x5bd1e995);
  }
  return [first, second].map((hash) => (hash >>> 0).toString(16).padStart(8, "0")).join("");
}
