import type { Page } from "@playwright/test";
import { shownBy } from "./support/diary.ts";
import { expect, test } from "./support/fixtures.ts";
import { expectSameLosses, firstLosses, lossesInTheEnd, nLossesShown, shownLosses } from "./support/losses.ts";
import { chooseTinyRun, N_HELD_OUT, N_TRAIN, serveTinyModel } from "./support/tiny_model.ts";

// The GPU of this browser is software: a step takes about a second, and to start with the GPU, whose shaders have to be
// compiled, half a minute. So there is one test, in which that happens once. That a run goes on on the GPU again, where that
// is chosen, web/test/gpu_loss.test.ts holds; the worker then opens it as it did at first.
const READY_MILLIS = 5 * 60_000;
const RUN_MILLIS = 10 * 60_000;

/**
 * Of the run that loses the GPU: it has to be saved before that, which is due after ten steps and two seconds. Most
 * steps are left to the CPU. The batches are small, since a GPU in software takes a second for each 16 pairs.
 */
const N_EPOCHS = 2;
const BATCH_SIZE = 4;
const N_STEPS = (N_EPOCHS * N_TRAIN) / BATCH_SIZE;

/** Of so many steps the losses are compared: over more, differences in rounding may grow beyond what is allowed. */
const N_COMPARED_STEPS = 20;

const SENTENCE_A = "A gardener is watering the tomatoes behind the greenhouse.";
const SENTENCE_B = "Nobody has watered the vegetables, and the greenhouse is locked.";

test("a GPU is used where it is chosen, learns what the CPU learns, and a run that loses it goes on", async ({
  lab,
  page,
  watch,
}) => {
  test.setTimeout(READY_MILLIS + 2 * RUN_MILLIS);
  await serveTinyModel(page);
  await keepDevices(page);
  await lab.openReady();

  await test.step("a GPU in software is not used unless chosen, nor is the code for it fetched", async () => {
    await expect(lab.computesOn).toContainText(/Computes on CPU(?! \()/);
    await lab.openComputeDetails();
    await expect(lab.reason).toHaveAttribute("data-kind", "software");
    await expect(lab.reason).toContainText("slower than this page's own code for the CPU");
    await expect(page.getByTestId("compute-adapter")).toContainText("swiftshader");
    expect(watch.requests.filter((request) => request.url().includes("worker_webgpu"))).toEqual([]);
  });

  await test.step("it is used where it is chosen", async () => {
    await lab.computeOn("webgpu");
    await lab.expectReady(READY_MILLIS);
    await expect(lab.computesOn).toContainText("Computes on WebGPU");
    await expect(lab.computesOn).toContainText("google/swiftshader (software)");
    await expect(lab.reason).toHaveCount(0);
    await expect(page.getByTestId("compute-adapter")).toContainText("software");
    expect(watch.requests.some((request) => request.url().endsWith("worker_webgpu_bg.wasm"))).toBe(true);
    expect(new Set(await shownBy(page, "preparing-progress")).size).toBeGreaterThan(1);
    const facts = `${N_TRAIN} to train on and ${N_HELD_OUT} held out`;
    await expect(lab.data.getByTestId("corpus-status")).toContainText(facts);
  });

  await test.step("a GPU shares its steps with no worker, and the page says so", async () => {
    await lab.openSettings();
    await expect(lab.workers).toBeDisabled();
    await expect(lab.workers).toHaveAccessibleDescription(/^WebGPU computes/);
  });

  await test.step("a run on the GPU is saved, and sentences are compared while it goes on", async () => {
    await lab.type(SENTENCE_A, SENTENCE_B);
    await chooseTinyRun(lab, N_EPOCHS);
    await lab.set("batch-size", String(BATCH_SIZE));
    await lab.trainButton.click();
    await expect(page.getByTestId("saved-run-status")).toContainText(/Saved at step \d+:/, { timeout: RUN_MILLIS });
    expect((await shownBy(page, "train-phase")).join("\n")).toContain("Compiling shaders for the GPU");
    await lab.expectAnswer();
    for (const moment of ["before", "after"] as const) {
      expect(Math.abs(await lab.cosine(moment))).toBeLessThanOrEqual(1 + 1e-6);
    }
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));
  });

  // Whoever has lost a GPU may say so in the console too; until now nobody had a reason to.
  watch.expectQuiet();
  watch.expected.push(/gpu|cubecl|device|lost|destroy/i);

  await test.step("the run whose GPU is lost goes on on the CPU", async () => {
    await destroyDevices(page);
    await expect(lab.recovery).toHaveText(/^The GPU was lost( \(.+\))?\. Continuing from step \d+ on the CPU\./);
    await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
    expect(await lab.steps()).toBe(N_STEPS);
    expect(await lab.curvePoints("classification")).toBe(N_STEPS);
    expect(await lab.curvePoints("regression")).toBe(N_STEPS);
    await expect(lab.computesOn).toContainText(/Computes on CPU(?! \()/);
    await expect(lab.reason).toHaveAttribute("data-kind", "device_lost");

    await expect(page.getByTestId("sentence-a")).toHaveValue(SENTENCE_A);
    await expect(page.getByTestId("sentence-b")).toHaveValue(SENTENCE_B);
    await lab.expectAnswer();
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));

    await lab.recovery.getByRole("button", { name: "Dismiss" }).click();
    await expect(lab.recovery).toHaveCount(0);
  });
  const onBoth = await lossesInTheEnd(page, N_STEPS, 0);

  await test.step("the same run on the CPU alone has the same losses", async () => {
    await lab.computeOn("flex");
    await lab.expectReady();
    await expect(lab.computesOn).toContainText(/Computes on CPU(?! \()/);
    await expect(lab.reason).toHaveText("You chose the CPU.");
    const nShown = await nLossesShown(page);
    await lab.trainToEnd();
    const onCpu = await shownLosses(page, N_STEPS, nShown);
    expectSameLosses(
      firstLosses(onBoth, N_COMPARED_STEPS),
      firstLosses(onCpu, N_COMPARED_STEPS),
      "where the GPU was lost",
    );
  });
});

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
  const worker = page.workers().findLast((candidate) => candidate.url().endsWith("/worker_webgpu_loader.js"));
  if (worker === undefined) throw new Error("no worker with WebGPU is at work");
  const nDestroyed = await worker.evaluate(() => {
    const { devices } = globalThis as WithDevices;
    for (const device of devices) device.destroy();
    return devices.length;
  });
  expect(nDestroyed).toBeGreaterThan(0);
}
