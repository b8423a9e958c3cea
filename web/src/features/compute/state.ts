/** The backend and its worker: the choice of the visitor, the GPU of the browser, and the result. */

import type { AdapterInfo, Backend, BackendInfo, Failure, Refusal } from "../../protocol";
import type { WorkerModule } from "../../settings";
import { text } from "../../text";
import type { Progress } from "../../ui/progress";
import type { WorkerOffer } from "../../worker/client";

/** The first of each list is the default. */
export const CHOICES = ["automatic", "webgpu", "flex", "ndarray"] as const satisfies readonly ("automatic" | Backend)[];
export const ON_LOSS = ["cpu", "gpu"] as const;

export type Choice = (typeof CHOICES)[number];

/** What takes over when the GPU is lost. */
export type OnLoss = (typeof ON_LOSS)[number];

/** Kept between visits. */
export interface Preferences {
  choice: Choice;
  onLoss: OnLoss;
}

/** What the browser has answered when asked for a GPU. */
export type Probe =
  | { kind: "not_offered" | "no_adapter"; detail: string | null }
  | { kind: "software" | "hardware"; adapter: AdapterInfo };

/** Which worker is to be started and what it is to compute on. Another object is another worker. */
export interface Plan {
  module: WorkerModule;
  backend: Backend;
  /** Why this isn't WebGPU, or not what was chosen. */
  refusal: Refusal | null;
}

export type WorkerStatus =
  /** The browser is being asked for a GPU: the answer decides which worker is started. */
  | { status: "probing" }
  | { status: "starting"; isSlow: boolean }
  /** The worker is preparing its device. It takes no other request until that is done. */
  | { status: "preparing"; progress: Progress | null }
  | { status: "ready" }
  | { status: "crashed"; failure: Failure };

/** What the visitor is told when the GPU is lost. */
export interface Recovery {
  refusal: Refusal;
  /** The run that continues, if there was one; step 0 means that it starts again. */
  run: { step: number; wasFinished: boolean } | null;
  /** What takes over. */
  target: "cpu" | "gpu";
}

export interface ComputeState extends Preferences {
  worker: WorkerStatus;
  /** The last answer; null before the first. */
  probe: Probe | null;
  /** Null while the browser is being asked. */
  plan: Plan | null;
  /** What the worker says it computes on; null before it says so. */
  actual: BackendInfo | null;
  /** What the worker gives as its reason. */
  refusal: Refusal | null;
  /** How often a lost GPU has been tried again. */
  nGpuRetries: number;
  /** Of the last lost GPU, until the visitor has dismissed it. */
  recovery: Recovery | null;
}

export type ComputeAction =
  | { type: "compute/probed"; probe: Probe }
  | { type: "compute/starts_slowly" }
  | { type: "compute/preparing"; progress: Progress | null }
  /** The worker is prepared, or computes on something else from now on. */
  | { type: "compute/ready"; backend: BackendInfo; refusal: Refusal | null }
  | { type: "compute/on_loss_chosen"; onLoss: OnLoss }
  | { type: "compute/recovery_dismissed" };

/** Events of a worker that concern all features. */
export type WorkerAction =
  | { type: "worker/started"; offer: WorkerOffer }
  | { type: "worker/crashed"; message: string }
  | { type: "worker/device_failed"; refusal: Refusal }
  /** A failure that belongs to no request. */
  | { type: "worker/failed"; failure: Failure }
  /** The visitor wants another one after a crash, or one that computes on something else. */
  | { type: "worker/restarted" }
  | { type: "worker/chosen"; choice: Choice };

/** The backend that takes the GPU's place. */
const CPU_BACKEND = "flex";

export function newCompute(preferences: Preferences): ComputeState {
  return {
    ...preferences,
    worker: { status: "probing" },
    probe: null,
    plan: null,
    actual: null,
    refusal: null,
    nGpuRetries: 0,
    recovery: null,
  };
}

export function reduceCompute(compute: ComputeState, action: ComputeAction): ComputeState {
  switch (action.type) {
    case "compute/probed": {
      const plan = planFor(compute.choice, action.probe);
      return { ...compute, probe: action.probe, plan, worker: { status: "starting", isSlow: false } };
    }
    case "compute/starts_slowly":
      return { ...compute, worker: { status: "starting", isSlow: true } };
    case "compute/preparing":
      return { ...compute, worker: { status: "preparing", progress: action.progress } };
    case "compute/ready": {
      const { backend: actual, refusal } = action;
      const recovery: Recovery | null = compute.recovery && {
        ...compute.recovery,
        target: actual.backend === "webgpu" ? "gpu" : "cpu",
      };
      return { ...compute, actual, refusal, recovery, worker: { status: "ready" } };
    }
    case "compute/on_loss_chosen":
      return { ...compute, onLoss: action.onLoss };
    case "compute/recovery_dismissed":
      return { ...compute, recovery: null };
  }
}

/** The plan for a choice. Software is slower than the CPU code, so it is used only where it was chosen. */
export function planFor(choice: Choice, probe: Probe): Plan {
  if (choice === "flex") return { module: "cpu", backend: choice, refusal: null };
  // Few choose it, so it is only in the larger module.
  if (choice === "ndarray") return { module: "webgpu", backend: choice, refusal: null };
  switch (probe.kind) {
    case "hardware":
      return gpuPlan();
    case "software":
      return choice === "webgpu" ? gpuPlan() : planWithoutGpu({ kind: "software", detail: null });
    case "not_offered":
    case "no_adapter":
      return planWithoutGpu({ kind: probe.kind, detail: probe.detail });
  }
}

function gpuPlan(): Plan {
  return { module: "webgpu", backend: "webgpu", refusal: null };
}

/** The plan if the GPU can't be used. */
export function planWithoutGpu(refusal: Refusal): Plan {
  return { module: "cpu", backend: CPU_BACKEND, refusal };
}

/** True if the GPU computes or is being prepared: a crash is attributed to it. */
export function isOnGpu({ plan, actual }: ComputeState): boolean {
  return plan?.backend === "webgpu" && (actual === null || actual.backend === "webgpu");
}

/** Why it isn't WebGPU that computes; null if it is, or while nothing is known. */
export function reasonOf({
  choice,
  plan,
  actual,
  refusal,
}: ComputeState): Refusal | { kind: "chosen"; detail: null } | null {
  if (plan === null || actual?.backend === "webgpu") return null;
  const reason = refusal ?? plan.refusal;
  if (reason !== null) return reason;
  return choice === "ndarray" || choice === "flex" ? { kind: "chosen", detail: null } : null;
}

/** "nvidia/ampere"; browsers leave out what identifies visitors. */
export function adapterName({ vendor, architecture, description }: AdapterInfo): string {
  const name = [vendor, architecture].filter((part) => part !== "").join("/");
  return name || description || text.compute.adapter.nameless;
}

/** The GPU that computes, otherwise the one that the browser offers. */
export function adapterOf({ actual, probe }: ComputeState): AdapterInfo | null {
  if (actual?.adapter) return actual.adapter;
  return probe !== null && "adapter" in probe ? probe.adapter : null;
}
