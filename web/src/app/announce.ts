/** The text for screen readers: one sentence for each change of phase, not for each step. */

import { isMissing } from "../features/model/state";
import { offeredRuns } from "../features/runs/state";
import { isActive } from "../features/train/run";
import type { State } from "./state";

export function announcement(state: State): string {
  const { compute, model } = state;
  const { worker } = compute;
  const { corpus } = state.pairs;
  const { run } = state.train;
  if (worker.status === "crashed") return "";
  const aside = isActive(run) ? "" : asideOf(state);
  if (aside !== "") return aside;
  if (run !== null) {
    switch (run.phase) {
      case "starting":
      case "tokenizing":
        return "The run is being prepared.";
      case "starting_workers":
        return "Workers are being started for the run.";
      case "warming_up":
        return "Shaders are being compiled for the GPU.";
      case "recovering":
        return "The run is being recovered.";
      case "scoring_before":
        return "Scoring the held-out pairs before training.";
      case "training":
        return run.hold === "paused" ? "Training is paused." : "Training.";
      case "scoring_after":
      case "comparing_scores":
        return "Scoring the held-out pairs after training.";
      case "finished":
        return run.end?.stopped ? `Training stopped after step ${run.end.nStepsDone}.` : "The run is finished.";
      case "failed":
        return "";
    }
  }
  if (worker.status === "preparing" && compute.plan?.backend === "webgpu") return "The GPU is being checked.";
  if (isMissing(model) || corpus.status === "failed") return "";
  if (model.next !== null || model.loading !== null) return "The model is loading.";
  // The name makes the text change when another model is ready.
  if (model.info === null || corpus.status !== "loaded") return "";
  return `The model ${model.info.name} and the pairs are ready.${offerOf(state)}`;
}

function offerOf(state: State): string {
  const nRuns = offeredRuns(state).filter(({ owner }) => owner === "nobody" || owner === "this_tab").length;
  if (nRuns === 0) return "";
  return nRuns === 1 ? " You can resume your saved run." : ` You can resume one of ${nRuns} saved runs.`;
}

/** What the visitor has requested besides a run. */
function asideOf({ pairs: { corpus, pairImport }, runs }: State): string {
  switch (runs.task.status) {
    case "opening":
      return "The saved run is being opened.";
    case "exporting":
      return "The saved run is being written to a file.";
    case "importing":
      return "The file of a saved run is being read.";
    case "discarding":
      return "The saved run is being deleted.";
  }
  switch (pairImport?.status) {
    case "inspecting":
      return "Inspecting the file.";
    case "confirming":
      return "Say what the columns of the file are.";
    case "loading":
      return corpus.status === "none" ? "" : "The pairs are being read.";
  }
  switch (runs.fileExport.status) {
    case "writing":
      return "The file is being written.";
    case "saved":
      return `${runs.fileExport.name} is written.`;
    default:
      return "";
  }
}
