/** One training run, from the press of "Train" to its end. */

import type {
  Failure,
  ObjectiveInfo,
  PairRecord,
  Predictions,
  RunCheckpoint,
  ScoreChange,
  Scores,
  StepReport,
  TrainableCounts,
} from "../../protocol";
import type { Progress } from "../../ui/progress";
import type { RunEvent } from "../../worker/client";
import { type Clock, clockAfterStep, clockFrom, withoutPause } from "./clock";
import { type Curves, upTo, withPoints } from "./curve";
import type { RunOrder } from "./form";

/** `recovering`: the run waits for a worker to continue it, after the GPU was lost or as a saved run. */
export type Phase =
  | "starting"
  | "tokenizing"
  | "starting_workers"
  | "warming_up"
  | "scoring_before"
  | "training"
  | "scoring_after"
  | "comparing_scores"
  | "recovering"
  | "finished"
  | "failed";

/** What the worker reports when the run begins. */
export interface RunPlan {
  trainable: TrainableCounts;
  objectives: readonly ObjectiveInfo[];
  nSteps: number;
  nPairs: number;
  nTruncated: number;
  /** Workers that share the run. */
  nWorkers: number;
  /** Why they are fewer than was asked for: some did not join, or were lost later. */
  workersProblem: { kind: "missing" | "lost"; detail: string } | null;
  /** Bytes, in each worker, of the cached output of the frozen layers; null if nothing is cached. */
  keptBytes: number | null;
  /** True if the run is saved regularly; false if that would take too much memory. */
  isSaved: boolean;
}

/** The labels of the pairs that a run was started on. */
export interface RunLabels {
  classes: readonly string[];
  hasScores: boolean;
  /** True if the classification head came with the model; one that didn't starts at random. */
  hasOwnHead: boolean;
}

/** Held-out pairs, and the scale of their similarities in the file. */
export interface HeldOutPairs {
  pairs: readonly PairRecord[];
  scoreRange: [number, number];
}

const NOTHING_HELD_OUT: HeldOutPairs = { pairs: [], scoreRange: [0, 1] };

export interface RunEnd {
  stopped: boolean;
  nStepsDone: number;
  elapsedSecs: number;
  trainingSecs: number;
  /** By how much each score has changed, and how sure that is. */
  changes: readonly ScoreChange[];
}

export interface Run {
  /** Its number among the runs of this tab. */
  key: number;
  /** No worker has it: one is to continue it, or start it again, as soon as one has its model and its pairs. */
  isWaiting: boolean;
  order: RunOrder;
  labels: RunLabels;
  phase: Phase;
  /** Pausing and resuming wait for the event of the worker, which comes within one step. */
  hold: "none" | "pausing" | "paused" | "resuming";
  isStopping: boolean;
  plan: RunPlan | null;
  /** Of the phases before the first score: pairs tokenized, workers started, shaders compiled. */
  setUp: Progress | null;
  scoring: Progress | null;
  before: Scores | null;
  after: Scores | null;
  /** What the models before and after say of each held-out pair. */
  predictions: { before: Predictions | null; after: Predictions | null };
  /** The held-out pairs that they were scored on. */
  heldOut: HeldOutPairs;
  /** The loss of each objective, by its name. */
  curves: Curves;
  /** Steps done, those before a recovery included. */
  nStepsDone: number;
  /** Of the last step. */
  report: StepReport | null;
  /** The last checkpoint, kept until another run starts, and the report of the step that it was made after. */
  saved: { checkpoint: RunCheckpoint; report: StepReport | null } | null;
  clock: Clock;
  end: RunEnd | null;
  /** Why the run failed; null if the worker stopped, which is shown elsewhere. */
  failure: Failure | null;
}

export function newRun(key: number, order: RunOrder, labels: RunLabels, at: number): Run {
  return {
    key,
    isWaiting: false,
    order,
    labels,
    phase: "starting",
    hold: "none",
    isStopping: false,
    plan: null,
    setUp: null,
    scoring: null,
    before: null,
    after: null,
    predictions: { before: null, after: null },
    heldOut: NOTHING_HELD_OUT,
    curves: {},
    nStepsDone: 0,
    report: null,
    saved: null,
    clock: clockFrom(0, at),
    end: null,
    failure: null,
  };
}

/** True until the run has ended or failed. */
export function isActive(run: Run | null): run is Run {
  return run !== null && run.phase !== "finished" && run.phase !== "failed";
}

/** True while the run computes, or is about to: not while it is paused. */
export function isComputing(run: Run | null): boolean {
  return isActive(run) && run.hold !== "paused";
}

/** True if a worker is to be given the run, to continue it or to start it again. */
export function isWaiting(run: Run | null): run is Run {
  return isActive(run) && run.isWaiting;
}

/** Seconds of training left; null before there is a speed. */
export function trainingSecsLeft(run: Run): number | null {
  const { fractionPerSec } = run.clock;
  if (run.report === null || fractionPerSec === null || fractionPerSec <= 0) return null;
  return Math.max(0, 1 - run.report.fraction_done) / fractionPerSec;
}

/** Training pairs a second; the last batch of an epoch may be smaller, so this takes the mean size of a step. */
export function pairsPerSec(run: Run): number | null {
  if (run.plan === null || run.clock.stepsPerSec === null || run.plan.nSteps === 0) return null;
  return (run.clock.stepsPerSec * run.plan.nPairs * run.order.config.epochs) / run.plan.nSteps;
}

export function failRun(run: Run, failure: Failure | null): Run {
  return { ...run, phase: "failed", hold: "none", isStopping: false, failure };
}

/** True if a new worker can restore what the run loses with the GPU. */
export function isRecoverable(run: Run | null): run is Run {
  return run?.phase === "finished" ? savedSteps(run) > 0 : isActive(run);
}

/** The run as of its last checkpoint, or from its beginning; it waits for a worker. Pause and stop stay wanted. */
export function recoverRun(run: Run): Run {
  const nStepsDone = savedSteps(run);
  const isFromStart = nStepsDone === 0;
  return {
    ...run,
    isWaiting: true,
    phase: "recovering",
    hold: run.hold === "pausing" || run.hold === "paused" ? "pausing" : "none",
    isStopping: run.isStopping || (run.end?.stopped ?? false),
    setUp: null,
    scoring: null,
    before: isFromStart ? null : run.before,
    after: isFromStart ? null : run.after,
    curves: upTo(run.curves, nStepsDone),
    nStepsDone,
    report: isFromStart ? null : (run.saved?.report ?? null),
    clock: clockFrom(isFromStart ? 0 : (run.saved?.checkpoint.elapsed_secs ?? 0), run.clock.at),
    end: null,
  };
}

/** A run that has diverged, to be ended as of its last checkpoint; null if it has none. */
export function keptRun(run: Run): Run | null {
  if (run.failure?.kind !== "diverged" || savedSteps(run) === 0) return null;
  return { ...recoverRun(run), isStopping: true, failure: null };
}

/** Where a lost run continues; null if it has to start again, because no step was saved. */
export function checkpointOf(run: Run): RunCheckpoint | null {
  return savedSteps(run) > 0 ? (run.saved?.checkpoint ?? null) : null;
}

/** True if the run continues from a checkpoint of another model. */
export function isOfOtherModel(run: Run, fingerprint: string): boolean {
  const checkpoint = checkpointOf(run);
  return checkpoint !== null && checkpoint.model !== fingerprint;
}

/** Model or pairs were replaced: a finished run can't be restored from its checkpoint alone any more. */
export function withOtherInputs(run: Run | null): Run | null {
  return run && { ...run, saved: isActive(run) ? run.saved : null };
}

function savedSteps(run: Run): number {
  return run.saved?.checkpoint.step ?? 0;
}

/** Starting workers, compiling shaders and restoring a run don't count as work of the run. */
const OFF_THE_CLOCK: readonly Phase[] = ["tokenizing", "starting_workers", "warming_up", "recovering"];

/** Take in an event that belongs to this run. */
export function reduceRun(before: Run, event: RunEvent, at: number): Run {
  const { carriedSecs, pausedAt } = before.clock;
  const clock = OFF_THE_CLOCK.includes(before.phase)
    ? { ...clockFrom(carriedSecs, at), pausedAt: pausedAt === null ? null : at }
    : { ...before.clock, at };
  const run = { ...before, clock };
  switch (event.kind) {
    case "tokenizing":
      return { ...run, phase: "tokenizing", setUp: { nDone: event.n_done, nTotal: event.n_total } };
    case "starting_workers":
      return { ...run, phase: "starting_workers", setUp: { nDone: event.n_done, nTotal: event.n_total } };
    case "run_started": {
      const { n_steps_done: nStepsDone } = event;
      return {
        ...run,
        phase: nStepsDone > 0 ? "training" : "starting",
        plan: planOf(event),
        nStepsDone,
        curves: upTo(run.curves, nStepsDone),
      };
    }
    case "workers_lost":
      return {
        ...run,
        plan: run.plan && { ...run.plan, nWorkers: 1, workersProblem: { kind: "lost", detail: event.problem } },
      };
    case "warming_up":
      return { ...run, phase: "warming_up", setUp: { nDone: event.n_done, nTotal: event.n_total } };
    case "checkpointed": {
      const { checkpoint } = event;
      return { ...run, saved: { checkpoint, report: run.report?.step === checkpoint.step ? run.report : null } };
    }
    case "evaluating": {
      const phase = event.moment === "before" ? "scoring_before" : "scoring_after";
      return { ...run, phase, scoring: { nDone: event.n_done, nTotal: event.n_total } };
    }
    case "evaluated": {
      const predictions = { ...run.predictions, [event.moment]: event.predictions };
      if (event.moment === "after") return { ...run, after: event.scores, predictions, scoring: null };
      const phase = run.plan?.nSteps ? "training" : run.phase;
      return { ...run, before: event.scores, predictions, scoring: null, phase };
    }
    case "resampling":
      return { ...run, phase: "comparing_scores", scoring: { nDone: event.n_done, nTotal: event.n_total } };
    case "stepped":
      return {
        ...run,
        phase: "training",
        nStepsDone: event.report.step,
        report: event.report,
        curves: withPoints(run.curves, event.report.step, pointsOf(event.report)),
        clock: clockAfterStep(run.clock, run.report, event.report, event.step_secs),
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
          changes: event.changes,
        },
      };
  }
}

/** What is drawn of a step: the losses, and what explains them. */
function pointsOf({ losses, learning_rate, head_learning_rate, gradient_norm }: StepReport) {
  return { ...losses, learning_rate, head_learning_rate, gradient_norm };
}

function planOf(event: Extract<RunEvent, { kind: "run_started" }>): RunPlan {
  return {
    trainable: event.trainable,
    objectives: event.objectives,
    nSteps: event.n_steps,
    nPairs: event.n_pairs,
    nTruncated: event.n_truncated,
    nWorkers: event.n_workers,
    workersProblem: event.workers_problem === null ? null : { kind: "missing", detail: event.workers_problem },
    keptBytes: event.kept_bytes,
    isSaved: event.is_saved,
  };
}

/** True if both name the same classes, in any order: then the head that came with a model is used for the pairs. */
export function areSameClasses(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name) => others.includes(name));
}
