/** One training run, from the press of "Train" to its end. */

import type { Failure, Scores, StepReport, TrainableCounts, TrainConfig, Event as WorkerEvent } from "../protocol";
import { SPEED_WINDOW_SECS } from "../settings";
import { type Curve, emptyCurve, withPoint } from "./curve";

export type Phase = "starting" | "scoring_before" | "training" | "scoring_after" | "finished" | "failed";

export interface Run {
  /** The run's name: the request that asked for it. */
  id: number;
  config: TrainConfig;
  phase: Phase;
  /** Pausing and resuming wait for the worker's word, which comes within one step. */
  hold: "none" | "pausing" | "paused" | "resuming";
  isStopping: boolean;
  plan: { trainable: TrainableCounts; nSteps: number; nPairs: number; nTruncated: number } | null;
  scoring: { nDone: number; nTotal: number } | null;
  before: Scores | null;
  after: Scores | null;
  classification: Curve;
  regression: Curve;
  report: StepReport | null;
  clock: Clock;
  end: { stopped: boolean; nStepsDone: number; elapsedSecs: number; trainingSecs: number } | null;
  /** Why the run failed; none if the worker went away under it, which is told elsewhere. */
  failure: Failure | null;
}

/** The run's time, pauses not counted. Times are milliseconds of the page's clock. */
export interface Clock {
  startedAt: number;
  at: number;
  pausedAt: number | null;
  pausedMillis: number;
  /** Working time of the last step, and smoothed speeds; none before the first step. */
  steppedAtSecs: number | null;
  fractionPerSec: number | null;
  stepsPerSec: number | null;
}

type RunEvent = Extract<WorkerEvent, { run: number }>;

export function newRun(id: number, config: TrainConfig, at: number): Run {
  return {
    id,
    config,
    phase: "starting",
    hold: "none",
    isStopping: false,
    plan: null,
    scoring: null,
    before: null,
    after: null,
    classification: emptyCurve,
    regression: emptyCurve,
    report: null,
    clock: {
      startedAt: at,
      at,
      pausedAt: null,
      pausedMillis: 0,
      steppedAtSecs: null,
      fractionPerSec: null,
      stepsPerSec: null,
    },
    end: null,
    failure: null,
  };
}

/** True until the run has ended or failed. */
export function isActive(run: Run | null): run is Run {
  return run !== null && run.phase !== "finished" && run.phase !== "failed";
}

/** Seconds of work so far, as of the last event. */
export function workedSecs(clock: Clock): number {
  return ((clock.pausedAt ?? clock.at) - clock.startedAt - clock.pausedMillis) / 1000;
}

/** Seconds of training left; none before there is a speed. */
export function trainingSecsLeft(run: Run): number | null {
  const { fractionPerSec } = run.clock;
  if (run.report === null || fractionPerSec === null || fractionPerSec <= 0) return null;
  return Math.max(0, 1 - run.report.fraction_done) / fractionPerSec;
}

/** Training pairs a second; the last batch of an epoch may be smaller, so this takes the mean size of a step. */
export function pairsPerSec(run: Run): number | null {
  if (run.plan === null || run.clock.stepsPerSec === null || run.plan.nSteps === 0) return null;
  return (run.clock.stepsPerSec * run.plan.nPairs * run.config.epochs) / run.plan.nSteps;
}

export function failRun(run: Run, failure: Failure | null): Run {
  return { ...run, phase: "failed", hold: "none", isStopping: false, failure };
}

/** Take in an event that belongs to this run. */
export function reduceRun(before: Run, event: RunEvent, at: number): Run {
  const run = { ...before, clock: { ...before.clock, at } };
  switch (event.kind) {
    case "run_started": {
      const { trainable, n_steps: nSteps, n_pairs: nPairs, n_truncated: nTruncated } = event;
      return { ...run, plan: { trainable, nSteps, nPairs, nTruncated } };
    }
    case "evaluating": {
      const phase = event.moment === "before" ? "scoring_before" : "scoring_after";
      return { ...run, phase, scoring: { nDone: event.n_done, nTotal: event.n_total } };
    }
    case "evaluated":
      if (event.moment === "after") return { ...run, after: event.scores, scoring: null };
      return { ...run, before: event.scores, scoring: null, phase: run.plan?.nSteps ? "training" : run.phase };
    case "stepped":
      return {
        ...run,
        phase: "training",
        report: event.report,
        classification: withPoint(run.classification, event.report.step, event.report.classification_loss),
        regression: withPoint(run.regression, event.report.step, event.report.regression_loss),
        clock: clockAfterStep(run, event.report, event.step_secs),
      };
    case "paused":
      return { ...run, hold: "paused", clock: { ...run.clock, pausedAt: run.clock.pausedAt ?? at } };
    case "resumed":
      return { ...run, hold: "none", clock: withoutPause(run.clock, at) };
    case "run_ended":
      return {
        ...run,
        phase: "finished",
        hold: "none",
        isStopping: false,
        scoring: null,
        clock: withoutPause(run.clock, at),
        end: {
          stopped: event.stopped,
          nStepsDone: event.n_steps_done,
          elapsedSecs: event.elapsed_secs,
          trainingSecs: event.training_secs,
        },
      };
  }
}

function withoutPause(clock: Clock, at: number): Clock {
  if (clock.pausedAt === null) return clock;
  return { ...clock, pausedAt: null, pausedMillis: clock.pausedMillis + at - clock.pausedAt };
}

/** Speeds are averaged over the last seconds, each step weighing as much as the time it took. */
function clockAfterStep(run: Run, report: StepReport, stepSecs: number): Clock {
  const { clock } = run;
  const nowSecs = workedSecs(clock);
  const secs = Math.max(1e-3, clock.steppedAtSecs === null ? stepSecs : nowSecs - clock.steppedAtSecs);
  const share = 1 - Math.exp(-secs / SPEED_WINDOW_SECS);
  const blend = (mean: number | null, speed: number) => (mean === null ? speed : mean + share * (speed - mean));
  return {
    ...clock,
    steppedAtSecs: nowSecs,
    fractionPerSec: blend(clock.fractionPerSec, (report.fraction_done - (run.report?.fraction_done ?? 0)) / secs),
    stepsPerSec: blend(clock.stepsPerSec, 1 / secs),
  };
}
