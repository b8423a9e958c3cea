import { expect, test } from "./support/fixtures.ts";
import { chooseTinyRun, ENDLESS_EPOCHS, serveTinyModel } from "./support/tiny_model.ts";

// This browser has no GPU: it was started without the flags that would give it one in software.

test("without a GPU the page computes on the CPU, says why, and keeps what the visitor chooses", async ({
  lab,
  page,
  watch,
}) => {
  await serveTinyModel(page);
  await lab.openReady();
  await test.step("the CPU computes, and the page says why", async () => {
    await expect(lab.computesOn).toContainText(/Computes on CPU(?! \()/);
    await lab.openComputeDetails();
    await expect(lab.reason).toHaveAttribute("data-kind", /^(not_offered|no_adapter)$/);
    await expect(lab.reason.locator("p")).toHaveText([/This browser/, /./]);
    // Chromium has it.
    await expect(page.getByTestId("relaxed-simd")).toHaveCount(0);
  });

  await test.step("also where WebGPU is chosen", async () => {
    await lab.computeOn("webgpu");
    await lab.expectReady();
    await expect(lab.computesOn).toContainText(/Computes on CPU(?! \()/);
    await expect(lab.reason).toHaveAttribute("data-kind", /^(not_offered|no_adapter)$/);
  });

  await test.step("what was typed outlasts another choice, and the choice outlasts the visit", async () => {
    await lab.type("A sailor mends the torn canvas.", "Somebody repairs something made of canvas.");
    await lab.expectAnswer();
    const cosine = await lab.cosine("before");
    await lab.computeOn("flex");
    await lab.expectReady();
    await expect(lab.computesOn).toContainText(/Computes on CPU(?! \()/);
    await expect(lab.reason).toHaveText("You chose the CPU.");
    await expect(page.getByTestId("sentence-a")).toHaveValue("A sailor mends the torn canvas.");
    await lab.expectAnswer();
    expect(await lab.cosine("before")).toBeCloseTo(cosine, 4);

    await page.reload();
    await lab.expectReady();
    await expect(lab.computesOn).toContainText(/Computes on CPU(?! \()/);
    await lab.openComputeDetails();
    await expect(lab.backendChoice).toHaveValue("flex");
  });

  await test.step("a run keeps what it computes on", async () => {
    await chooseTinyRun(lab, ENDLESS_EPOCHS);
    await lab.trainButton.click();
    await expect(lab.backendChoice).toBeDisabled();
    await expect(page.getByTestId("compute-hint")).toContainText("A run is under way");
    await lab.stop();
    await expect(lab.backendChoice).toBeEnabled();
  });

  expect(watch.requests.filter((request) => request.url().includes("worker_webgpu"))).toEqual([]);
});
