/** What the replacement of a worker means for all features, if the visitor wants it or the GPU is lost. */

import { type Choice, isOnGpu, type Plan, planWithoutGpu } from "../features/compute/state";
import { embeddingsWithoutWorker } from "../features/explore/embedding_state";
import { newComparison } from "../features/explore/state";
import { crashedWhileLoading, modelWithoutWorker } from "../features/model/state";
import { importForNewWorker } from "../features/pairs/corpus";
import { pairsWithoutWorker } from "../features/pairs/state";
import { exportWithoutWorker } from "../features/runs/file_export";
import { failRun, isActive, isRecoverable, recoverRun } from "../features/train/run";
import type { Failure, Refusal } from "../protocol";
import { MAX_GPU_RETRIES } from "../settings";
import { text } from "../text";
import type { State } from "./state";

/** The visitor wants a new worker. What the old one has trained is lost. */
export function restarted(state: State, choice: Choice): State {
  const { run } = state.train;
  return {
    ...replaced({ ...state, compute: { ...state.compute, choice, nGpuRetries: 0 } }, null),
    train: { ...state.train, run: run && { ...run, saved: null } },
  };
}

/** The worker has stopped. A GPU's is replaced at once; after any other the visitor decides. */
export function crashed(state: State, message: string): State {
  if (isOnGpu(state.compute)) return gpuFailed(state, { kind: "device_failed", detail: message });
  const failure: Failure = { kind: "internal", ...text.worker.stopped(message) };
  // Whatever waited for the worker ends here; what it had reported before stays on the page.
  const { compute, model, pairs, train, runs, comparison } = state;
  return {
    ...state,
    compute: { ...compute, worker: { status: "crashed", failure } },
    model: crashedWhileLoading(model, failure),
    pairs: { ...pairs, pairImport: importForNewWorker(pairs.pairImport) },
    train: { ...train, run: isActive(train.run) ? failRun(train.run, null) : train.run },
    runs: { ...runs, fileExport: exportWithoutWorker(runs.fileExport) },
    comparison: { ...comparison, isAsking: false },
    embeddings: embeddingsWithoutWorker(state.embeddings),
  };
}

/** The GPU can't be used any more: another worker takes over, on the same GPU only where that may help. */
export function gpuFailed(state: State, refusal: Refusal): State {
  const { compute, train } = state;
  const { run } = train;
  const isTriedAgain =
    refusal.kind === "device_lost" && compute.onLoss === "gpu" && compute.nGpuRetries < MAX_GPU_RETRIES;
  const nGpuRetries = compute.nGpuRetries + (isTriedAgain ? 1 : 0);
  const next = replaced(
    { ...state, compute: { ...compute, nGpuRetries } },
    isTriedAgain ? null : planWithoutGpu(refusal),
  );
  const target = isTriedAgain ? "gpu" : "cpu";
  if (isRecoverable(run)) {
    const recovered = recoverRun(run);
    // A finished run that loses the GPU again while it is restored is still a finished run.
    const wasFinished =
      run.phase === "finished" || (run.phase === "recovering" && (compute.recovery?.run?.wasFinished ?? false));
    const recovery = { refusal, run: { step: recovered.nStepsDone, wasFinished }, target } as const;
    return { ...next, compute: { ...next.compute, recovery }, train: { ...train, run: recovered } };
  }
  // Before the GPU was ready nothing depended on it: the reason in the header is enough.
  if (compute.worker.status !== "ready") return next;
  return { ...next, compute: { ...next.compute, recovery: { refusal, run: null, target } } };
}

/** The next worker gets the same requests again. Without a plan, the browser is asked for a GPU first. */
function replaced(state: State, plan: Plan | null): State {
  const { sentenceA, sentenceB, revision } = state.comparison;
  return {
    ...state,
    compute: {
      ...state.compute,
      worker: plan === null ? { status: "probing" } : { status: "starting", isSlow: false },
      plan,
      actual: null,
      refusal: null,
      recovery: null,
    },
    model: modelWithoutWorker(state.model),
    pairs: pairsWithoutWorker(state.pairs),
    runs: { ...state.runs, fileExport: exportWithoutWorker(state.runs.fileExport) },
    comparison: { ...newComparison(sentenceA, sentenceB), revision: revision + 1 },
    embeddings: embeddingsWithoutWorker(state.embeddings),
    notice: null,
  };
}
