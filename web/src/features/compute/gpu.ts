/** Asks the browser for a GPU before a worker is chosen: the WebGPU module is downloaded only if there is one. */

import type { AdapterInfo } from "../../protocol";
import { text } from "../../text";
import type { Probe } from "./state";

/** The members of WebGPU's types that are read here; older browsers lack some of them. */
export interface Gpu {
  requestAdapter(options: { powerPreference: "high-performance" }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  /** Older browsers have it here and not in `info`. */
  isFallbackAdapter?: boolean;
  info?: { vendor?: string; architecture?: string; description?: string; isFallbackAdapter?: boolean };
  limits: {
    maxBufferSize: number;
    maxStorageBufferBindingSize: number;
    maxComputeInvocationsPerWorkgroup: number;
  };
}

/** The browser's WebGPU; undefined if it has none. */
export function browserGpu(): Gpu | undefined {
  return (navigator as { gpu?: Gpu }).gpu;
}

/** What the browser offers. Neither throws nor takes much longer than `limitMillis`. */
export async function probeGpu(gpu: Gpu | undefined, isSecure: boolean, limitMillis: number): Promise<Probe> {
  if (!gpu) return { kind: "not_offered", detail: isSecure ? null : text.compute.notHttps };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<Probe>((resolve) => {
    const detail = text.compute.noAnswer(limitMillis / 1000);
    timer = setTimeout(() => resolve({ kind: "no_adapter", detail }), limitMillis);
  });
  try {
    return await Promise.race([askForAdapter(gpu), limit]);
  } catch (cause) {
    return { kind: "no_adapter", detail: cause instanceof Error ? cause.message : String(cause) };
  } finally {
    clearTimeout(timer);
  }
}

async function askForAdapter(gpu: Gpu): Promise<Probe> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { kind: "no_adapter", detail: null };
  const described = describe(adapter);
  return { kind: described.is_software ? "software" : "hardware", adapter: described };
}

function describe({ info, limits, isFallbackAdapter }: GpuAdapter): AdapterInfo {
  const architecture = info?.architecture ?? "";
  return {
    vendor: info?.vendor ?? "",
    architecture,
    description: info?.description ?? "",
    is_software: (info?.isFallbackAdapter ?? isFallbackAdapter ?? false) || architecture === "swiftshader",
    max_buffer_bytes: limits.maxBufferSize,
    max_binding_bytes: limits.maxStorageBufferBindingSize,
    max_workgroup_invocations: limits.maxComputeInvocationsPerWorkgroup,
  };
}
