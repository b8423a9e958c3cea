import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState, initialStateFor } from "../src/app/state";
import { type Choice, newCompute, type Plan, type Probe, planFor, reasonOf } from "../src/features/compute/compute";
import { type Gpu, type GpuAdapter, probeGpu } from "../src/features/compute/gpu";
import {
  after,
  did,
  HARDWARE,
  handshake,
  modelRequested,
  NO_ADAPTER,
  ON_CPU,
  ON_GPU,
  running,
  SOFTWARE,
  said,
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
  const starting = after(initialState, did({ type: "probed", probe: HARDWARE }));
  assert.equal(starting.worker.status, "starting");
  const [hello, asked, answer] = handshake(ON_GPU);
  assert(hello && asked && answer);
  const preparing = after(starting, hello, asked);
  assert.equal(preparing.worker.status, "preparing");
  const checking = after(preparing, said({ kind: "preparing", request: 1, n_done: 1, n_total: 4 }));
  assert(checking.worker.status === "preparing" && checking.worker.progress?.nTotal === 4);
  const ready = after(checking, answer);
  assert.equal(ready.worker.status, "ready");
  assert.equal(ready.compute.actual?.adapter?.vendor, "nvidia");
});

test("a model is checked at its width while it is loaded", () => {
  const ready = after(initialState, did({ type: "probed", probe: HARDWARE }), ...handshake(ON_GPU));
  const loading = after(ready, modelRequested(5));
  const checking = after(loading, said({ kind: "preparing", request: 5, n_done: 2, n_total: 4 }));
  assert.deepEqual(checking.model.loading?.check, { nDone: 2, nTotal: 4 });
});

test("the worker's reason is shown, also when it comes late", () => {
  const refusal = { kind: "limits", detail: "binding of 90 MB" } as const;
  const ready = after(initialState, did({ type: "probed", probe: HARDWARE }), ...handshake(ON_GPU));
  assert.equal(reasonOf(ready.compute), null);
  const changed = after(ready, said({ kind: "backend_changed", backend: ON_CPU, refusal }));
  assert.equal(reasonOf(changed.compute), refusal);
  // It is no GPU's worker any more: when it crashes, the visitor is asked.
  assert.equal(after(changed, did({ type: "worker_crashed", message: "unreachable" })).worker.status, "crashed");
});

test("another choice is another worker, and the old one is not listened to", () => {
  const chosen = after(initialStateFor({ choice: "webgpu", onLoss: "gpu" }), { type: "choice_made", choice: "flex" });
  assert.equal(chosen.generation, 1);
  assert.equal(chosen.compute.onLoss, "gpu");
  assert.equal(after(chosen, did({ type: "probed", probe: HARDWARE })), chosen);
  const planned = after(chosen, did({ type: "probed", probe: HARDWARE }, 1));
  assert.equal(planned.compute.plan?.backend, "flex");
  assert.equal(after(planned, ...handshake(ON_GPU)), planned);
});

test("a run keeps its worker", () => {
  assert.equal(after(running, { type: "choice_made", choice: "flex" }), running);
});
