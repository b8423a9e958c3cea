/** What a run would take, before it is started: parameters and memory by the worker, time by the speed of the last run. */

import type { Backend, RunEstimate } from "../../protocol";
import { text } from "../../text";
import type { FreezeKind } from "./form";
import type { Run } from "./run";

export interface Estimates {
  /** Of each strategy, with the other settings of the form; empty before the worker has answered. */
  byStrategy: Readonly<Partial<Record<FreezeKind, RunEstimate>>>;
  /** Operations a second of the last whole run on this machine; null before there was one. */
  flopPerSec: number | null;
}

/** Name under which the speed of a backend is stored. */
export function speedName(backend: Backend): string {
  return `speed-${backend}`;
}

/** Shorter runs are mostly what comes beside the encoder. */
const MIN_MEASURED_SECS = 1;

/** Operations a second of a run that has ended; null if it was not a whole one. */
export function measuredSpeed({ end, clock }: Run, flop: number): number | null {
  if (end === null || end.stopped || clock.carriedSecs > 0 || end.elapsedSecs < MIN_MEASURED_SECS || flop <= 0)
    return null;
  return flop / end.elapsedSecs;
}

/** "1,155 parameters · 0.4 GB of memory · about 12 s"; null before there is an estimate. */
export function estimateText({ byStrategy, flopPerSec }: Estimates, kind: FreezeKind): string | null {
  const estimate = byStrategy[kind];
  if (estimate === undefined) return null;
  if (estimate.problem !== null) return text.train.notPossible(estimate.problem);
  const parts = [text.train.trains(estimate.n_trained), text.train.memory(estimate.memory_bytes)];
  if (flopPerSec !== null) parts.push(text.train.time(roughly(estimate.flop / flopPerSec)));
  return parts.join(" · ");
}

/** Two digits: an estimate has no more. */
function roughly(secs: number): number {
  return Number(secs.toPrecision(2));
}
