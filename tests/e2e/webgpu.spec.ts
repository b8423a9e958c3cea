import type { Page } from "@playwright/test";
import { shownBy } from "./support/diary.ts";
import { expect, test } from "./support/fixtures.ts";
import type { LabPage } from "./support/lab_page.ts";
import { expectSameLosses, nLossesShown, shownLosses } from "./support/losses.ts";
import { chooseTinyRun, N_HELD_OUT, N_STEPS, N_TRAIN, serveTinyModel } from "./support/tiny_model.ts";

// The GPU of this browser is software: a step takes about a second, and compiling the shaders half a minute.
const READY_MILLIS = 5 * 60_000;
const RUN_MILLIS = 10 * 60_000;

const SENTENCE_A = "A gardener is watering the tomatoes behind the greenhouse.";
const SENTENCE_B = "Nobody has watered the vegetables, and the greenhouse is locked.";

test.beforeEach(async ({ page }) => {
  await serveTinyModel(page);
});

test("a GPU in software is not used unless chosen, nor is the code for it fetched", async ({ lab, page, watch }) => {
  await lab.openReady();
  await expect(lab.computesOn).toContainText("Computes on CPU (flex)");
  await lab.openComputeDetails();
  await expect(lab.reason).toHaveAttribute("data-kind", "software");
  await expect(lab.reason).toContainText("slower than this page's own code for the CPU");
  await expect(page.getByTestId("compute-adapter")).toContainText("swiftshader");
  expect(watch.requests.filter((request) => request.url().includes("worker_webgpu"))).toEqual([]);
});

test("a run on the GPU learns what the CPU learns", async ({ lab, page, watch }) => {
  test.setTimeout(READY_MILLIS + 2 * RUN_MILLIS);
  await openOnGpu(lab);
  await expect(lab.computesOn).toContainText("Computes on WebGPU");
  await expect(lab.computesOn).toContainText("google/swiftshader (software)");
  await expect(lab.reason).toHaveCount(0);
  await expect(page.getByTestId("compute-adapter")).toContainText("software");
  expect(watch.requests.some((request) => request.url().endsWith("worker_webgpu_bg.wasm"))).toBe(true);
  expect(new Set(await shownBy(page, "preparing-progress")).size).toBeGreaterThan(1);
  const facts = `${N_TRAIN} to train on and ${N_HELD_OUT} held out`;
  await expect(lab.data.getByTestId("corpus-status")).toContainText(facts);

  await test.step("a GPU shares its steps with no worker, and the page says so", async () => {
    await lab.openMoreSettings();
    await expect(lab.workers).toBeDisabled();
    await expect(lab.workers).toHaveAccessibleDescription(/^WebGPU computes/);
  });

  await chooseTinyRun(lab);
  const onGpu = await test.step("the run on the GPU ends, with finite losses", async () => {
    await lab.trainButton.click();
    await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
    expect(await lab.steps()).toBe(N_STEPS);
    expect((await shownBy(page, "train-phase")).join("\n")).toContain("Compiling shaders for the GPU");
    return shownLosses(page, N_STEPS);
  });

  await test.step("sentences are compared by the model as loaded and by the trained one", async () => {
    await lab.type(SENTENCE_A, SENTENCE_B);
    await lab.expectAnswer();
    for (const moment of ["before", "after"] as const) {
      expect(Math.abs(await lab.cosine(moment))).toBeLessThanOrEqual(1 + 1e-6);
    }
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));
  });

  await test.step("the same run on the CPU has the same losses", async () => {
    const nShown = await nLossesShown(page);
    await lab.computeOn("flex");
    await lab.expectReady();
    await expect(lab.computesOn).toContainText("Computes on CPU (flex)");
    await lab.trainButton.click();
    await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
    expectSameLosses(onGpu, await shownLosses(page, N_STEPS, nShown), "on the GPU");
  });
});

for (const { onLoss, where, backend } of [
  { onLoss: "cpu", where: "on the CPU", backend: "CPU (flex)" },
  { onLoss: "gpu", where: "on the GPU again", backend: "WebGPU" },
]) {
  test(`a run whose GPU is lost goes on ${where}`, async ({ lab, page, watch }) => {
    test.setTimeout(2 * READY_MILLIS + 2 * RUN_MILLIS);
    // Whoever has lost a GPU may say so in the console too.
    watch.expected.push(/gpu|cubecl|device|lost|destroy/i);
    await keepDevices(page);
    await openOnGpu(lab);
    await page.getByTestId("compute-on-loss").selectOption(onLoss);
    await lab.type(SENTENCE_A, SENTENCE_B);
    await chooseTinyRun(lab);
    await lab.trainButton.click();
    const reached = expect.poll(() => lab.steps(), { timeout: RUN_MILLIS, intervals: [100] });
    // The first checkpoint is due after ten steps, and made after the one that is under way then.
    await reached.toBeGreaterThanOrEqual(12);
    await destroyDevices(page);

    await expect(lab.recovery).toHaveText(
      new RegExp(`^The GPU was lost( \\(.+\\))?\\. Going on from step \\d+ ${where}\\.`),
    );
    await expect(lab.phase).toContainText("Finished in", { timeout: READY_MILLIS + RUN_MILLIS });
    expect(await lab.steps()).toBe(N_STEPS);
    expect(await lab.curvePoints("classification")).toBe(N_STEPS);
    expect(await lab.curvePoints("regression")).toBe(N_STEPS);
    await expect(lab.computesOn).toContainText(`Computes on ${backend}`);
    if (onLoss === "cpu") await expect(lab.reason).toHaveAttribute("data-kind", "device_lost");

    await expect(page.getByTestId("sentence-a")).toHaveValue(SENTENCE_A);
    await expect(page.getByTestId("sentence-b")).toHaveValue(SENTENCE_B);
    await lab.expectAnswer();
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));

    await lab.recovery.getByRole("button", { name: "Dismiss" }).click();
    await expect(lab.recovery).toHaveCount(0);
  });
}

async function openOnGpu(lab: LabPage): Promise<void> {
  await lab.openReady();
  await lab.computeOn("webgpu");
  await lab.expectReady(READY_MILLIS);
}

type WithDevices = typeof globalThis & { devices: { destroy(): void }[] };

/** Have the worker remember its devices, so that a test can take them from it. */
async function keepDevices(page: Page): Promise<void> {
  const code = `
    globalThis.devices = [];
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...options) {
      const device = await requestDevice.apply(this, options);
      globalThis.devices.push(device);
      return device;
    };
  `;
  await page.route("**/worker_webgpu_loader.js", async (route) => {
    const loader = await (await route.fetch()).text();
    await route.fulfill({ contentType: "text/javascript", body: `${code}\n${loader}` });
  });
}

/** What a crash of the graphics driver does. */
async function destroyDevices(page: Page): Promise<void> {
  const worker = page.workers().find((candidate) => candidate.url().endsWith("/worker_webgpu_loader.js"));
  if (worker === undefined) throw new Error("no worker with WebGPU is at work");
  const nDestroyed = await worker.evaluate(() => {
    const { devices } = globalThis as WithDevices;
    for (const device of devices) device.destroy();
    return devices.length;
  });
  expect(nDestroyed).toBeGreaterThan(0);
}
