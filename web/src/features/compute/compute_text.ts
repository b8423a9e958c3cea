/** Texts: what computes, and why it isn't the GPU. */

import type { AdapterInfo, Backend, RefusalKind } from "../../protocol";

export const BACKEND_NAMES: Record<Backend, string> = {
  webgpu: "WebGPU",
  ndarray: "CPU (ndarray)",
  flex: "CPU (flex)",
};

/** "nvidia/ampere"; browsers leave out what identifies visitors. */
export function adapterName({ vendor, architecture, description }: AdapterInfo): string {
  const name = [vendor, architecture].filter((part) => part !== "").join("/");
  return name || description || "a GPU without a name";
}

/** Whether it is a graphics processor, or the CPU imitating one. */
export function adapterKind({ is_software }: AdapterInfo): string {
  return is_software ? "software" : "hardware";
}

export interface ReasonText {
  /** In the header. */
  brief: string;
  full: string;
  /** What to do about it; null if there is nothing. */
  remedy: string | null;
}

const WITH_WEBGPU =
  "Chrome, Edge, Safari 26 and, on Windows and macOS, Firefox offer it, to pages that come over HTTPS or from localhost.";

const OTHER_DRIVER = "A newer browser or graphics driver may help. The CPU computes the same, only slower.";

/** What is missing or has gone wrong. */
export const REASONS: Record<RefusalKind | "chosen", ReasonText> = {
  chosen: { brief: "as you chose", full: "You chose the CPU.", remedy: null },
  not_offered: { brief: "no WebGPU in this browser", full: "This browser does not offer WebGPU.", remedy: WITH_WEBGPU },
  no_adapter: {
    brief: "no GPU found",
    full: "This browser has WebGPU but found no GPU for it.",
    remedy:
      "See that hardware acceleration is on in the browser's settings and that the graphics driver is up to date.",
  },
  software: {
    brief: "the GPU is software",
    full: "The only GPU that this browser offers is software: the CPU imitates one.",
    remedy:
      "It is usable when chosen, but never the default, because it is slower than this page's own code for the CPU.",
  },
  missing_feature: {
    brief: "the GPU lacks a feature",
    full: "The GPU lacks something that is needed, or could not be opened.",
    remedy: OTHER_DRIVER,
  },
  limits: {
    brief: "the GPU is too small",
    full: "The GPU's limits are too small for this model.",
    remedy: "There is nothing to be done here; the CPU computes the same, only slower.",
  },
  self_check: {
    brief: "the GPU failed a check",
    full: "The GPU computed something else than the CPU, so its results can't be trusted.",
    remedy: OTHER_DRIVER,
  },
  device_lost: {
    brief: "the GPU was lost",
    full: "The GPU was lost: its driver was reset, another program took it, or the computer slept.",
    remedy: "Try it again; it is usually back at once.",
  },
  device_failed: {
    brief: "the GPU has failed",
    full: "The GPU reported an error, or its program stopped, so its results can't be trusted.",
    remedy: "Try it again; if it fails again, a newer browser or graphics driver may help.",
  },
};
