/** Training: the settings form and the run of this tab. */

import type { Failure } from "../../protocol";
import type { RunEvent, WorkerOffer } from "../../worker/client";
import { type ComputeState, isOnGpu } from "../compute/state";
import { formOf, type RunOrder, type SettingsForm } from "./form";
import { failRun, isActive, keptRun, newRun, type Run, type RunLabels, reduceRun } from "./run";

export interface TrainState {
  /** What the worker offers for a run; null before it has started. */
  offer: WorkerOffer | null;
  form: SettingsForm | null;
  run: Run | null;
  /** Runs of this tab so far. */
  nRuns: number;
}

export const noTraining: TrainState = { offer: null, form: null, run: null, nRuns: 0 };

/** Times `at` are milliseconds of `performance.now()`. */
export type TrainAction =
  | { type: "train/form_changed"; form: SettingsForm }
  | { type: "train/form_reset" }
  | { type: "train/started"; order: RunOrder; labels: RunLabels; at: number }
  /** A worker was given the run that waited for it. */
  | { type: "train/continued" }
  | { type: "train/reported"; event: RunEvent; at: number }
  | { type: "train/failed"; failure: Failure | null }
  /** The model is wanted as of the last checkpoint of a run that has diverged. */
  | { type: "train/keep_wanted" }
  | { type: "train/pause_wanted" }
  | { type: "train/resume_wanted" }
  | { type: "train/stop_wanted" };

export function reduceTrain(train: TrainState, action: TrainAction): TrainState {
  switch (action.type) {
    case "train/form_changed":
      return { ...train, form: action.form };
    case "train/form_reset":
      return { ...train, form: train.offer && formOf(train.offer.default_config) };
    case "train/started": {
      const key = train.nRuns + 1;
      return { ...train, nRuns: key, run: newRun(key, action.order, action.labels, action.at) };
    }
    case "train/continued":
      return withRun(train, (run) => ({ ...run, isWaiting: false }));
    case "train/reported":
      return withRun(train, (run) => reduceRun(run, action.event, action.at));
    case "train/failed":
      // Stopped before it had begun: of such a run there is nothing to show.
      if (action.failure?.kind === "cancelled" && isActive(train.run)) return { ...train, run: null };
      return withRun(train, (run) => failRun(run, action.failure));
    case "train/keep_wanted":
      return withKept(train);
    case "train/pause_wanted":
      return withRun(train, (run) => ({ ...run, hold: "pausing" }));
    case "train/resume_wanted":
      return withRun(train, (run) => ({ ...run, hold: "resuming" }));
    case "train/stop_wanted":
      return withRun(train, (run) => ({ ...run, isStopping: true }));
  }
}

/** The offer of a new worker. What the visitor has typed stays. */
export function withOffer(train: TrainState, offer: WorkerOffer): TrainState {
  return { ...train, offer, form: train.form ?? formOf(offer.default_config) };
}

/** The order for this backend: a GPU shares its steps with no worker; if the CPU continues the run, the number counts. */
export function orderFor(compute: ComputeState, order: RunOrder): RunOrder {
  return isOnGpu(compute) ? { ...order, nWorkers: null } : order;
}

function withRun(train: TrainState, change: (run: Run) => Run): TrainState {
  return isActive(train.run) ? { ...train, run: change(train.run) } : train;
}

function withKept(train: TrainState): TrainState {
  const run = train.run && keptRun(train.run);
  return run === null ? train : { ...train, run };
}
