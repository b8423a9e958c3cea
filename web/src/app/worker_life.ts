/** How workers come and go: one takes the place of another when the visitor wants it or the GPU is lost. */

import {
  type Choice,
  type Compute,
  isOnGpu,
  type Plan,
  type Probe,
  planFor,
  planWithoutGpu,
} from "../features/compute/compute";
import { newComparison } from "../features/explore/comparison";
import { crashedWhileLoading, withoutWorker } from "../features/model/model";
import { importForNewWorker } from "../features/pairs/corpus";
import { withoutWorkersPairs } from "../features/pairs/pairs";
import { exportWithoutWorker } from "../features/runs/file_export";
import { failRun, isActive, isRecoverable, recoverRun } from "../features/train/run";
import type { Failure, Refusal } from "../protocol";
import { MAX_GPU_RETRIES } from "../settings";
import type { Progress } from "../ui/progress";
import type { State } from "./state";

export type WorkerStatus =
  /** The browser is being asked for a GPU: the answer decides which worker is started. */
  | { status: "probing" }
  | { status: "starting"; isSlow: boolean }
  /** The worker is making its device ready. No request until it has been told which. */
  | { status: "preparing"; request: number | null; progress: Progress | null }
  | { status: "ready" }
  | { status: "crashed"; failure: Failure };

/** What the visitor is told when the GPU is gone. */
export interface Recovery {
  refusal: Refusal;
  /** The run that continues, if there was one; step 0 means that it starts again. */
  run: { step: number; wasFinished: boolean } | null;
  /** What takes over. */
  target: "cpu" | "gpu";
}

/** The browser has answered: the worker that suits is started. */
export function withProbe(state: State, probe: Probe): State {
  if (state.worker.status !== "probing") return state;
  const compute = { ...state.compute, probe, plan: planFor(state.compute.choice, probe) };
  return { ...state, compute, worker: { status: "starting", isSlow: false } };
}

/** A new worker, because the visitor wants one. What the last one had trained ends with it. */
export function restarted(state: State, choice: Choice): State {
  const { run } = state;
  return {
    ...replaced({ ...state, compute: { ...state.compute, choice, nGpuRetries: 0 } }, null),
    run: run && { ...run, saved: null },
  };
}

/** The worker is gone. A GPU's is replaced at once; after any other the visitor decides. */
export function crashed(state: State, message: string): State {
  if (isOnGpu(state.compute)) return gpuFailed(state, { kind: "device_failed", detail: message });
  const failure: Failure = {
    kind: "internal",
    message: `The worker has stopped. ${message}`,
    remedy: "Start it again: the model and the pairs are loaded again. If it happens again, reload the page.",
  };
  // All that waited for the worker ends here; what it had said before stays on the page.
  return {
    ...state,
    worker: { status: "crashed", failure },
    model: crashedWhileLoading(state.model, failure),
    ...(state.corpus.status === "loading" ? withoutWorkersPairs(state) : {}),
    pairImport: importForNewWorker(state.pairImport),
    fileExport: exportWithoutWorker(state.fileExport),
    run: isActive(state.run) ? failRun(state.run, null) : state.run,
    comparison: { ...state.comparison, request: null },
  };
}

/** The GPU can't be used any more: another worker takes over, on the same GPU only where that may help. */
export function gpuFailed(state: State, refusal: Refusal): State {
  const { compute, run, worker } = state;
  const isTriedAgain =
    refusal.kind === "device_lost" && compute.onLoss === "gpu" && compute.nGpuRetries < MAX_GPU_RETRIES;
  const next = isTriedAgain
    ? replaced({ ...state, compute: { ...compute, nGpuRetries: compute.nGpuRetries + 1 } }, null)
    : replaced(state, planWithoutGpu(refusal));
  const target = isTriedAgain ? "gpu" : "cpu";
  if (isRecoverable(run)) {
    const recovered = recoverRun(run);
    // A GPU that is lost once more while a finished run comes back does not make it an unfinished one.
    const wasFinished =
      run.phase === "finished" || (run.phase === "recovering" && (state.recovery?.run?.wasFinished ?? false));
    return { ...next, run: recovered, recovery: { refusal, run: { step: recovered.nStepsDone, wasFinished }, target } };
  }
  // Before the GPU was ready nothing had depended on it: the reason beside what computes is enough.
  return worker.status === "ready" ? { ...next, recovery: { refusal, run: null, target } } : next;
}

/** The next worker has nothing yet; all that was asked of the last one is asked again. Without a plan the browser is. */
function replaced(state: State, plan: Plan | null): State {
  const { sentenceA, sentenceB, revision } = state.comparison;
  const compute: Compute = { ...state.compute, plan, actual: null, refusal: null };
  return {
    ...state,
    generation: state.generation + 1,
    compute,
    worker: plan === null ? { status: "probing" } : { status: "starting", isSlow: false },
    model: withoutWorker(state.model),
    ...withoutWorkersPairs(state),
    fileExport: exportWithoutWorker(state.fileExport),
    notice: null,
    recovery: null,
    comparison: { ...newComparison(sentenceA, sentenceB), revision: revision + 1 },
  };
}
