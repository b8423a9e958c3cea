/** Runs that are started one after the other, to compare strategies: they differ in what they freeze and in the seed. */

import type { FreezeInfo, PairRecord } from "../../protocol";
import type { PastRun } from "../../storage/run_history";
import { workedSecs } from "../train/clock";
import type { RunOrder } from "../train/form";
import { isActive, type Run, trainingSecsLeft } from "../train/run";
import { stepShare } from "../train/step_cost";
import { frozenName } from "./summary";

export interface PlannedRun {
  order: RunOrder;
  /** What it freezes, in words. */
  frozen: string;
  /** Cost of its steps as a share of one that trains everything. */
  cost: number;
}

export interface Queue {
  planned: readonly PlannedRun[];
  /** What all of them are to have in common: they are started on nothing else. */
  inputs: QueueInputs;
  /** How many have ended. */
  nEnded: number;
  /** Key of the run of this tab that is under way; null between two. */
  runKey: number | null;
  /** Ids of those that are finished, the first one first. */
  finished: readonly string[];
  /** What those have taken, and the cost of their steps. */
  spent: { secs: number; cost: number };
  /** Those that have failed: what they froze, and why. */
  failed: readonly { frozen: string; reason: string }[];
  /** How it has ended; null while it goes on. */
  outcome: "done" | "stopped" | "other_inputs" | null;
}

export interface QueueInputs {
  /** Fingerprint of the model. */
  model: string;
  /** The pairs, by their identity. */
  pairs: readonly PairRecord[];
}

/** Every strategy with every seed; all of one seed first, so that a queue that is stopped has something to compare. */
export function plannedRuns(
  order: RunOrder,
  strategies: readonly FreezeInfo[],
  nLast: number,
  nLayers: number,
  nSeeds: number,
): PlannedRun[] {
  const seeds = Array.from({ length: nSeeds }, (_, idx) => (order.config.seed + idx) % 2 ** 32);
  return seeds.flatMap((seed) =>
    strategies.map(({ kind, trained }) => {
      const freeze = kind === "all_but_last" ? { kind, n_layers: nLast } : { kind };
      return {
        order: { ...order, config: { ...order.config, freeze, seed } },
        frozen: frozenName(freeze, strategies),
        cost: stepShare(trained, nLast, nLayers) ?? 1,
      };
    }),
  );
}

export function newQueue(planned: readonly PlannedRun[], inputs: QueueInputs): Queue {
  return {
    planned,
    inputs,
    nEnded: 0,
    runKey: null,
    finished: [],
    spent: { secs: 0, cost: 0 },
    failed: [],
    outcome: null,
  };
}

/** The run that is to be started now; null while one is under way, and when there is none left. */
export function nextRun(queue: Queue | null): PlannedRun | null {
  if (queue === null || queue.outcome !== null || queue.runKey !== null) return null;
  return queue.planned[queue.nEnded] ?? null;
}

/** The run under way has finished, or failed, for that reason. One that the visitor has stopped ends the queue. */
export function withEnded(queue: Queue, past: PastRun | null, reason = ""): Queue {
  const { planned, finished, failed, spent } = queue;
  const { frozen = "", cost = 0 } = planned[queue.nEnded] ?? {};
  const nEnded = queue.nEnded + 1;
  const ended: Queue = {
    ...queue,
    nEnded,
    runKey: null,
    outcome: queue.outcome ?? (past?.stopped ? "stopped" : nEnded < planned.length ? null : "done"),
  };
  if (past === null) return { ...ended, failed: [...failed, { frozen, reason }] };
  return {
    ...ended,
    finished: [...finished, past.id],
    spent: { secs: spent.secs + past.elapsedSecs, cost: spent.cost + cost },
  };
}

/** Seconds until the last run has ended, as far as those before it tell; null before there is a speed. */
export function queueSecsLeft({ planned, nEnded, spent, runKey }: Queue, run: Run | null): number | null {
  const current = isActive(run) && run.key === runKey ? trainingSecsLeft(run) : null;
  let { secs, cost } = spent;
  if (run !== null && current !== null) {
    secs += workedSecs(run.clock) + current;
    cost += planned[nEnded]?.cost ?? 0;
  }
  if (cost === 0) return null;
  const waiting = planned.slice(nEnded + (current === null ? 0 : 1));
  return (current ?? 0) + waiting.reduce((sum, planned) => sum + (planned.cost * secs) / cost, 0);
}
