import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, initialStateFor } from "../src/app/state";
import { type Gpu, type GpuAdapter, probeGpu } from "../src/features/compute/gpu";
import { type Choice, newCompute, type Plan, type Probe, planFor, reasonOf } from "../src/features/compute/state";
import {
  after,
  crash,
  HARDWARE,
  handshake,
  loadStarted,
  NO_ADAPTER,
  ON_CPU,
  ON_GPU,
  running,
  SOFTWARE,
  started,
} from "./fixtures";

const NOT_OFFERED: Probe = { kind: "not_offered", detail: null };

test("every choice with every GPU comes to a worker, a backend and a reason", () => {
  const cases: [Choice, Probe, Plan["module"], Plan["backend"], string | null][] = [
    ["automatic", HARDWARE, "webgpu", "webgpu", null],
    ["automatic", SOFTWARE, "cpu", "flex", "software"],
    ["automatic", NO_ADAPTER, "cpu", "flex", "no_adapter"],
    ["automatic", NOT_OFFERED, "cpu", "flex", "not_offered"],
    ["webgpu", HARDWARE, "webgpu", "webgpu", null],
    ["webgpu", SOFTWARE, "webgpu", "webgpu", null],
    ["webgpu", NO_ADAPTER, "cpu", "flex", "no_adapter"],
    ["webgpu", NOT_OFFERED, "cpu", "flex", "not_offered"],
    ["ndarray", HARDWARE, "webgpu", "ndarray", "chosen"],
    ["ndarray", NOT_OFFERED, "webgpu", "ndarray", "chosen"],
    ["flex", HARDWARE, "cpu", "flex", "chosen"],
    ["flex", NO_ADAPTER, "cpu", "flex", "chosen"],
  ];
  for (const [choice, probe, module, backend, reason] of cases) {
    const plan = planFor(choice, probe);
    assert.deepEqual([plan.module, plan.backend], [module, backend], `${choice} with ${probe.kind}`);
    const compute = { ...newCompute({ choice, onLoss: "cpu" }), plan };
    assert.equal(reasonOf(compute)?.kind ?? null, reason, `${choice} with ${probe.kind}`);
  }
});

const LIMITS = { maxBufferSize: 8, maxStorageBufferBindingSize: 4, maxComputeInvocationsPerWorkgroup: 2 };
const gpu = (requestAdapter: Gpu["requestAdapter"]): Gpu => ({ requestAdapter });
const offering = (adapter: Partial<GpuAdapter>) => gpu(async () => ({ limits: LIMITS, ...adapter }));

test("whatever the browser does when asked for a GPU, there is an answer", async () => {
  const cases: [Gpu | undefined, Probe["kind"]][] = [
    [undefined, "not_offered"],
    [gpu(async () => null), "no_adapter"],
    [gpu(() => Promise.reject(new Error("no driver"))), "no_adapter"],
    [
      gpu(() => {
        throw new Error("switched off");
      }),
      "no_adapter",
    ],
    [gpu(() => new Promise(() => {})), "no_adapter"],
    [offering({}), "hardware"],
    [offering({ info: { vendor: "nvidia" } }), "hardware"],
    [offering({ isFallbackAdapter: true }), "software"],
    [offering({ info: { isFallbackAdapter: true } }), "software"],
    [offering({ info: { architecture: "swiftshader" } }), "software"],
  ];
  for (const [offered, kind] of cases) assert.equal((await probeGpu(offered, true, 20)).kind, kind);
  const probe = await probeGpu(offering({ info: { vendor: "amd", architecture: "rdna-3" } }), true, 20);
  assert("adapter" in probe);
  assert.deepEqual(probe.adapter, {
    vendor: "amd",
    architecture: "rdna-3",
    description: "",
    is_software: false,
    max_buffer_bytes: 8,
    max_binding_bytes: 4,
    max_workgroup_invocations: 2,
  });
});

test("nothing is asked of a worker before it has said what it computes on", () => {
  const starting = after(initialState, { type: "compute/probed", probe: HARDWARE });
  assert.equal(starting.compute.worker.status, "starting");
  const slow = after(starting, { type: "compute/starts_slowly" });
  assert(slow.compute.worker.status === "starting" && slow.compute.worker.isSlow);
  const [hello, answer] = handshake(ON_GPU);
  assert(hello && answer);
  const preparing = after(starting, hello);
  assert.equal(preparing.compute.worker.status, "preparing");
  const checking = after(preparing, { type: "compute/preparing", progress: { nDone: 1, nTotal: 4 } });
  assert(checking.compute.worker.status === "preparing" && checking.compute.worker.progress?.nTotal === 4);
  const ready = after(checking, answer);
  assert.equal(ready.compute.worker.status, "ready");
  assert.equal(ready.compute.actual?.adapter?.vendor, "nvidia");
});

test("a model is checked at its width while it is loaded", () => {
  const loading = after(initialState, ...started(HARDWARE, ON_GPU), loadStarted());
  const event = { kind: "preparing", request: 0, n_done: 2, n_total: 4 } as const;
  const checking = after(loading, { type: "model/load_progressed", event, at: 0 });
  assert.deepEqual(checking.model.loading?.check, { nDone: 2, nTotal: 4 });
});

test("the worker's reason is shown, also when it comes late", () => {
  const refusal = { kind: "limits", detail: "binding of 90 MB" } as const;
  const ready = after(initialState, ...started(HARDWARE, ON_GPU));
  assert.equal(reasonOf(ready.compute), null);
  const changed = after(ready, { type: "compute/ready", backend: ON_CPU, refusal });
  assert.equal(reasonOf(changed.compute), refusal);
  // It is no GPU's worker any more: when it crashes, the visitor is asked.
  assert.equal(after(changed, crash).compute.worker.status, "crashed");
});

test("another choice is another worker, and the preference for a lost GPU stays", () => {
  const chosen = after(initialStateFor({ choice: "webgpu", onLoss: "gpu" }), ...started(HARDWARE, ON_GPU), {
    type: "worker/chosen",
    choice: "flex",
  });
  assert.deepEqual([chosen.compute.worker.status, chosen.compute.plan], ["probing", null]);
  assert.equal(chosen.compute.onLoss, "gpu");
  const planned = after(chosen, { type: "compute/probed", probe: HARDWARE });
  assert.equal(planned.compute.plan?.backend, "flex");
});

test("a run keeps its worker", () => {
  assert.equal(after(running, { type: "worker/chosen", choice: "flex" }), running);
});
