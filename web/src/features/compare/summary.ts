/** From the run of this tab, once it has ended, to its summary. */

import type { FreezeInfo, FreezeStrategy, PairRecord, Predictions } from "../../protocol";
import { MAX_COMPARED_PAIRS, MAX_PAST_CURVE_POINTS } from "../../settings";
import type { RunSummary } from "../../storage/run_history";
import { text } from "../../text";
import { adapterName, type ComputeState } from "../compute/state";
import type { ModelState } from "../model/state";
import { shownCorpus } from "../pairs/corpus";
import type { PairsState } from "../pairs/state";
import { type Curve, curveOf } from "../train/curve";
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
): { summary: RunSummary; predictions: Uint8Array<ArrayBuffer> | null } | null {
  const corpus = shownCorpus(pairs.corpus);
  const end = run?.end ?? null;
  if (run === null || end === null || run.plan === null) return null;
  if (info === null || corpus === null || actual === null) return null;
  const { plan, order } = run;
  const heldOut = run.heldOut.pairs;
  const frozen = frozenName(order.config.freeze, offer?.freeze_strategies ?? []);
  const predictions = tableOf(heldOut, run.predictions.after ?? run.predictions.before);
  const summary: RunSummary = {
    format: 1,
    name: text.compare.runName(number, frozen),
    number,
    finishedAt,
    model: { name: info.name, fingerprint: info.fingerprint, nLayers: info.n_layers },
    pairs: {
      name: corpus.info.name,
      nTrain: plan.nPairs,
      nHeldOut: heldOut.length,
      heldOutFingerprint: fingerprintOf(heldOut, corpus.info.classes),
      hasPredictions: predictions !== null,
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
      const curve = curveOf(run.curves, name);
      return curve === undefined ? [] : [{ name, title, unit, ...thinned(curve) }];
    }),
  };
  return { summary, predictions };
}

/** What a strategy freezes, in words. */
export function frozenName(freeze: FreezeStrategy, strategies: readonly FreezeInfo[]): string {
  if (freeze.kind === "all_but_last") return text.compare.allButLast(freeze.n_layers);
  return strategies.find(({ kind }) => kind === freeze.kind)?.title ?? freeze.kind;
}

/** The table that `compare_predictions` takes: class, score, cosine, chosen class and log-likelihood of each pair. */
function tableOf(pairs: readonly PairRecord[], predictions: Predictions | null): Uint8Array<ArrayBuffer> | null {
  if (predictions === null || predictions.cosines.length !== pairs.length) return null;
  if (pairs.length === 0 || pairs.length > MAX_COMPARED_PAIRS) return null;
  const { cosines, classes, log_likelihoods } = predictions;
  const rows = pairs.map(({ label, score }, idx) => [label, score, cosines[idx], classes[idx], log_likelihoods[idx]]);
  const values = rows.flat();
  const table = new DataView(new ArrayBuffer(4 * values.length));
  for (const [idx, value] of values.entries()) table.setFloat32(4 * idx, value ?? Number.NaN, true);
  return new Uint8Array(table.buffer);
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
  const json = JSON.stringify([classes, rows]);
  let [first, second] = [0x811c9dc5, 0x050c5d1f];
  for (let at = 0; at < json.length; at += 1) {
    const unit = json.charCodeAt(at);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x5bd1e995);
  }
  return [first, second].map((hash) => (hash >>> 0).toString(16).padStart(8, "0")).join("");
}
