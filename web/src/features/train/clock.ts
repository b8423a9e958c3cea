/** The time of a run without pauses, and its speed. Times are milliseconds of `performance.now()`. */

import type { StepReport } from "../../protocol";
import { SPEED_WINDOW_SECS } from "../../settings";

export interface Clock {
  /** Seconds of work by an earlier worker. */
  carriedSecs: number;
  startedAt: number;
  at: number;
  pausedAt: number | null;
  pausedMillis: number;
  /** Working time of the last step, and smoothed speeds; null before the first step. */
  steppedAtSecs: number | null;
  fractionPerSec: number | null;
  stepsPerSec: number | null;
}

export function clockFrom(carriedSecs: number, at: number): Clock {
  return {
    carriedSecs,
    startedAt: at,
    at,
    pausedAt: null,
    pausedMillis: 0,
    steppedAtSecs: null,
    fractionPerSec: null,
    stepsPerSec: null,
  };
}

/** Seconds of work so far, as of the last event. */
export function workedSecs(clock: Clock): number {
  return clock.carriedSecs + ((clock.pausedAt ?? clock.at) - clock.startedAt - clock.pausedMillis) / 1000;
}

export function withoutPause(clock: Clock, at: number): Clock {
  if (clock.pausedAt === null) return clock;
  return { ...clock, pausedAt: null, pausedMillis: clock.pausedMillis + at - clock.pausedAt };
}

/** Speeds are averaged over the last seconds, each step weighing as much as the time it took. */
export function clockAfterStep(clock: Clock, last: StepReport | null, report: StepReport, stepSecs: number): Clock {
  const nowSecs = workedSecs(clock);
  const secs = Math.max(1e-3, clock.steppedAtSecs === null ? stepSecs : nowSecs - clock.steppedAtSecs);
  const share = 1 - Math.exp(-secs / SPEED_WINDOW_SECS);
  const blend = (mean: number | null, speed: number) => (mean === null ? speed : mean + share * (speed - mean));
  // Without a previous step, this one counts as an average step.
  const fractionBefore = last?.fraction_done ?? report.fraction_done * (1 - 1 / report.step);
  return {
    ...clock,
    steppedAtSecs: nowSecs,
    fractionPerSec: blend(clock.fractionPerSec, (report.fraction_done - fractionBefore) / secs),
    stepsPerSec: blend(clock.stepsPerSec, 1 / secs),
  };
}
