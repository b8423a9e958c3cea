/** The runs as files for other programs. */

import type { PastRun } from "../../storage/run_history";
import { type CsvValue, csvOf } from "../../ui/csv";
import { SCORE_ROWS } from "../../ui/score_rows";
import { nTrained } from "./columns";

/** All that is kept of each run, but for what its model said of each held-out pair. */
export function jsonOf(runs: readonly PastRun[]): string {
  return JSON.stringify(runs, null, 1);
}

/** A row for each run; settings in columns of their own, scores before and after. */
export function runsCsv(runs: readonly PastRun[]): string {
  const rows = runs.map(rowOf);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return csvOf([columns, ...rows.map((row) => columns.map((column) => row[column] ?? ""))]);
}

function rowOf(past: PastRun): Record<string, CsvValue> {
  const { freeze, ...settings } = past.order.config;
  const scores = (["before", "after"] as const).flatMap((moment) =>
    SCORE_ROWS.map((row) => [`${row.id}_${moment}`, past[moment] && row.value(past[moment])] as const),
  );
  return {
    name: past.name,
    finished: new Date(past.finishedAt).toISOString(),
    freeze: freeze.kind === "all_but_last" ? `${freeze.kind} ${freeze.n_layers}` : freeze.kind,
    ...settings,
    n_workers: past.nWorkers,
    n_steps: past.nStepsDone,
    elapsed_secs: past.elapsedSecs,
    training_secs: past.trainingSecs,
    n_trained: nTrained(past),
    n_parameters: past.trainable.total,
    model: past.model.name,
    model_fingerprint: past.model.fingerprint,
    pairs: past.pairs.name,
    n_train: past.pairs.nTrain,
    n_held_out: past.pairs.nHeldOut,
    held_out_fingerprint: past.pairs.heldOutFingerprint,
    backend: past.backend.kind,
    ...Object.fromEntries(scores.map(([name, value]) => [name, value ?? ""])),
  };
}
