/** The text for screen readers: one sentence for each change of phase, not for each step. */

import { isMissing } from "../features/model/state";
import { offeredRuns } from "../features/runs/state";
import { isActive } from "../features/train/run";
import { text } from "../text";
import type { State } from "./state";

const { announced } = text;

export function announcement(state: State): string {
  const { compute, model } = state;
  const { worker } = compute;
  const { corpus } = state.pairs;
  const { run } = state.train;
  if (worker.status === "crashed") return "";
  const aside = isActive(run) ? "" : asideOf(state);
  if (aside !== "") return aside;
  if (run !== null) {
    // Why it has failed is an alert of its own.
    if (run.phase === "failed") return "";
    if (run.phase === "training" && run.hold === "paused") return announced.paused;
    if (run.phase === "finished" && run.end?.stopped) return announced.stopped(run.end.nStepsDone);
    return announced.run[run.phase];
  }
  if (worker.status === "preparing" && compute.plan?.backend === "webgpu") return announced.checkingGpu;
  if (isMissing(model) || corpus.status === "failed") return "";
  if (model.next !== null || model.loading !== null) return announced.loadingModel;
  // The name makes the text change when another model is ready.
  if (model.info === null || corpus.status !== "loaded") return "";
  const nResumable = offeredRuns(state).filter(({ owner }) => owner === "nobody" || owner === "this_tab").length;
  return announced.ready(model.info.name, nResumable);
}

/** What the visitor has requested besides a run. */
function asideOf({ pairs: { corpus, pairImport }, runs }: State): string {
  switch (runs.task.status) {
    case "opening":
    case "exporting":
    case "importing":
    case "discarding":
      return announced.savedRun[runs.task.status];
  }
  switch (pairImport?.status) {
    case "inspecting":
      return announced.inspecting;
    case "confirming":
      return announced.confirming;
    case "loading":
      return corpus.status === "none" ? "" : announced.readingPairs;
  }
  switch (runs.fileExport.status) {
    case "writing":
      return announced.writing;
    case "saved":
      return announced.written(runs.fileExport.name);
    default:
      return "";
  }
}
