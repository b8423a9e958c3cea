import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS } from "./support/lab_page.ts";

// This browser has no GPU: it was started without the flags that would give it one in software.

test("without a GPU the page computes on the CPU, says why, and does not fetch the code for one", async ({
  lab,
  watch,
}) => {
  await lab.openReady();
  await expect(lab.computesOn).toContainText("Computes on CPU (flex)");
  await lab.openComputeDetails();
  await expect(lab.reason).toHaveAttribute("data-kind", /^(not_offered|no_adapter)$/);
  await expect(lab.reason.locator("p")).toHaveText([/This browser/, /./]);

  await test.step("also where WebGPU is chosen", async () => {
    await lab.computeOn("webgpu");
    await lab.expectReady();
    await expect(lab.computesOn).toContainText("Computes on CPU (flex)");
    await expect(lab.reason).toHaveAttribute("data-kind", /^(not_offered|no_adapter)$/);
  });
  await lab.expectAnswer();
  expect(watch.requests.filter((request) => request.url().includes("worker_webgpu"))).toEqual([]);
});

test("the visitor chooses between the CPU's backends, the choice is kept, and so is what was typed", async ({
  lab,
  page,
}) => {
  await lab.openReady();
  await lab.type("A sailor mends the torn canvas.", "Somebody repairs something made of canvas.");
  await lab.expectAnswer();
  const cosine = await lab.cosine("before");

  await lab.computeOn("flex");
  await lab.expectReady();
  await expect(lab.computesOn).toContainText("Computes on CPU (flex)");
  await expect(lab.reason).toHaveText("You chose the CPU.");
  await expect(page.getByTestId("sentence-a")).toHaveValue("A sailor mends the torn canvas.");
  await lab.expectAnswer();
  expect(await lab.cosine("before")).toBeCloseTo(cosine, 4);

  await page.reload();
  await lab.expectReady();
  await expect(lab.computesOn).toContainText("Computes on CPU (flex)");
});

test("a run keeps what it computes on", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await lab.openReady();
  await lab.openComputeDetails();
  await lab.freeze("backbone");
  await lab.trainButton.click();
  await expect(lab.backendChoice).toBeDisabled();
  await expect(page.getByTestId("compute-hint")).toContainText("A run is under way");
  await lab.stopButton.click();
  await expect(lab.phase).toHaveText(/^(Stopped after step \d+|Finished in .+)$/, { timeout: RUN_MILLIS });
  await expect(lab.backendChoice).toBeEnabled();
});
