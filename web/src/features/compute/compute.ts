/** What computes: what the visitor wants, what the browser offers, what has come of it. */

import type { AdapterInfo, Backend, BackendInfo, Refusal } from "../../protocol";
import type { WorkerModule } from "../../settings";
import type { RunOrder } from "../train/form";

/** The first of each list is the default. */
export const CHOICES = ["automatic", "webgpu", "flex", "ndarray"] as const satisfies readonly ("automatic" | Backend)[];
export const ON_LOSS = ["cpu", "gpu"] as const;

export type Choice = (typeof CHOICES)[number];

/** What takes over when the GPU is lost. */
export type OnLoss = (typeof ON_LOSS)[number];

/** What is kept from one visit to the next. */
export interface Preferences {
  choice: Choice;
  onLoss: OnLoss;
}

/** What the browser has answered when asked for a GPU. */
export type Probe =
  | { kind: "not_offered" | "no_adapter"; detail: string | null }
  | { kind: "software" | "hardware"; adapter: AdapterInfo };

/** Which worker is to be started and what it is to compute on. */
export interface Plan {
  module: WorkerModule;
  backend: Backend;
  /** Why this isn't WebGPU, or not what was chosen. */
  refusal: Refusal | null;
}

export interface Compute extends Preferences {
  /** The last answer; null before the first. */
  probe: Probe | null;
  /** None while the browser is being asked. */
  plan: Plan | null;
  /** What the worker says it computes on; null before it says so. */
  actual: BackendInfo | null;
  /** What the worker gives as its reason. */
  refusal: Refusal | null;
  /** How often a lost GPU has been tried again. */
  nGpuRetries: number;
}

/** The backend that takes the GPU's place. */
const CPU_BACKEND = "flex";

export function newCompute(preferences: Preferences): Compute {
  return { ...preferences, probe: null, plan: null, actual: null, refusal: null, nGpuRetries: 0 };
}

/** The plan that a choice comes to. Software is slower than the CPU code, so it is used only where it was chosen. */
export function planFor(choice: Choice, probe: Probe): Plan {
  if (choice === "flex") return { module: "cpu", backend: choice, refusal: null };
  // Few choose it, so every visitor's module is without it.
  if (choice === "ndarray") return { module: "webgpu", backend: choice, refusal: null };
  switch (probe.kind) {
    case "hardware":
      return GPU_PLAN;
    case "software":
      return choice === "webgpu" ? GPU_PLAN : planWithoutGpu({ kind: "software", detail: null });
    case "not_offered":
    case "no_adapter":
      return planWithoutGpu({ kind: probe.kind, detail: probe.detail });
  }
}

const GPU_PLAN: Plan = { module: "webgpu", backend: "webgpu", refusal: null };

/** The plan where the GPU can't be used, or no longer. */
export function planWithoutGpu(refusal: Refusal): Plan {
  return { module: "cpu", backend: CPU_BACKEND, refusal };
}

/** True if the GPU computes, or is being made ready to: what goes wrong now is taken to be its fault. */
export function isOnGpu({ plan, actual }: Compute): boolean {
  return plan?.backend === "webgpu" && (actual === null || actual.backend === "webgpu");
}

/** What to ask of the worker. A GPU shares its steps with no worker; the choice counts again if the CPU continues the run. */
export function orderFor(compute: Compute, order: RunOrder): RunOrder {
  return isOnGpu(compute) ? { ...order, nWorkers: null } : order;
}

/** Why it isn't WebGPU that computes; null if it is, or while nothing is known. */
export function reasonOf({
  choice,
  plan,
  actual,
  refusal,
}: Compute): Refusal | { kind: "chosen"; detail: null } | null {
  if (plan === null || actual?.backend === "webgpu") return null;
  const reason = refusal ?? plan.refusal;
  if (reason !== null) return reason;
  return choice === "ndarray" || choice === "flex" ? { kind: "chosen", detail: null } : null;
}

/** The GPU that computes or, where none does, the one that the browser offers. */
export function adapterOf({ actual, probe }: Compute): AdapterInfo | null {
  if (actual?.adapter) return actual.adapter;
  return probe !== null && "adapter" in probe ? probe.adapter : null;
}
