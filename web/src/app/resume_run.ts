/** A saved run is resumed: it takes the place of this tab's run, and waits for its model and its pairs. */

import { loadingFrom } from "../features/pairs/corpus";
import { modelFor, runOf } from "../features/runs/record";
import type { OpenedRun } from "../features/runs/state";
import { formOfOrder } from "../features/train/form";
import { isActive } from "../features/train/run";
import { restarted } from "./replace_worker";
import type { State } from "./state";

export function resumed(before: State, { about, checkpoint, source }: OpenedRun, at: number): State {
  const opened: State = { ...before, runs: { ...before.runs, task: { status: "none" } } };
  if (isActive(before.train.run)) return opened;
  const isCrashed = before.compute.worker.status === "crashed";
  const state = isCrashed ? restarted(opened, opened.compute.choice) : opened;
  const model = modelFor(state.model, about);
  if (model === null) return state;
  const key = state.train.nRuns + 1;
  const run = runOf(about, checkpoint, key, at);
  return {
    ...state,
    model,
    pairs: { ...state.pairs, pairImport: loadingFrom(source, null) },
    train: { ...state.train, run, nRuns: key, form: formOfOrder(about.order) },
    compute: { ...state.compute, nGpuRetries: 0 },
    runs: { ...state.runs, runKey: key },
  };
}
