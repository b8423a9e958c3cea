/** What a screen reader is told: one sentence for each change of phase, never one for each step. */

import type { State } from "./state";

export function announcement({ compute, worker, model, corpus, run }: State): string {
  if (worker.status === "crashed") return "";
  if (run !== null) {
    switch (run.phase) {
      case "starting":
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
        return "Scoring the held-out pairs after training.";
      case "finished":
        return run.end?.stopped ? `Training stopped after step ${run.end.nStepsDone}.` : "The run is finished.";
      case "failed":
        return "";
    }
  }
  if (worker.status === "preparing" && compute.plan?.backend === "webgpu") return "The GPU is being checked.";
  if (model.status === "failed" || corpus.status === "failed") return "";
  if (model.status === "loaded" && corpus.status === "loaded") return "Model and sentence pairs are ready.";
  if (model.status === "loading") return "The model is loading.";
  return "";
}
