import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS, shownNumber } from "./support/lab_page.ts";

/** Long enough for several steps of two layers. */
const HOLD_MILLIS = 5_000;

test("a run is paused, resumed and stopped, and keeps what it has learnt", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await lab.openReady();
  await lab.freeze("last");
  await page.getByTestId("last-n").selectOption("2");
  await lab.trainButton.click();
  // Scoring the held-out pairs comes first.
  await expect.poll(() => lab.steps(), { timeout: RUN_MILLIS }).toBeGreaterThanOrEqual(3);

  await lab.pauseButton.click();
  await expect(lab.phase).toHaveText(/^Paused after step \d+$/);
  const heldAt = await lab.steps();
  await expect(lab.phase).toHaveText(`Paused after step ${heldAt}`);
  await page.waitForTimeout(HOLD_MILLIS);
  expect(await lab.steps()).toBe(heldAt);
  await expect(lab.phase).toHaveText(`Paused after step ${heldAt}`);

  await test.step("a run that is held answers", async () => {
    await lab.type("A sailor mends the torn canvas.", "Somebody repairs something made of canvas.");
    await lab.expectAnswer();
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));
  });

  await lab.resumeButton.click();
  await expect.poll(() => lab.steps()).toBeGreaterThanOrEqual(heldAt + 2);

  await lab.stopButton.click();
  const askedAt = await lab.steps();
  await expect(lab.phase).toHaveText(/^Stopped after step \d+$/, { timeout: RUN_MILLIS });
  const stoppedAt = await lab.steps();
  await expect(lab.phase).toHaveText(`Stopped after step ${stoppedAt}`);
  expect(stoppedAt).toBeLessThanOrEqual(askedAt + 1);
  expect(await shownNumber(lab.score("accuracy", "after"))).toBeGreaterThanOrEqual(0);
  const spearman = await shownNumber(lab.score("spearman", "before"));
  expect(await shownNumber(lab.score("spearman", "after"))).not.toBe(spearman);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
  await expect(lab.trainButton).toHaveText("Train again");
});

test("with everything frozen the held-out pairs are scored and nothing is trained", async ({ lab, page }) => {
  await lab.openReady();
  await lab.freeze("everything");
  await expect(lab.trainButton).toHaveText("Score");
  await lab.trainButton.click();
  await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
  await expect(lab.train).toContainText("are frozen: this run only scores.");
  const accuracy = await shownNumber(lab.score("accuracy", "before"));
  expect(accuracy).toBeGreaterThan(0);
  expect(accuracy).toBeLessThan(0.6);
  await expect(lab.stepCount).toHaveCount(0);
  await expect(lab.train.locator("canvas")).toHaveCount(0);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
  await expect(lab.trainButton).toBeEnabled();
});

test("a run whose loss runs away says so, and the next one works", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await lab.openReady();
  await lab.freeze("backbone");
  await page.getByTestId("head-learning-rate").fill("1e38");
  await lab.trainButton.click();
  const error = lab.errorIn(lab.train);
  await expect(error).toContainText("no longer a finite number at step", { timeout: RUN_MILLIS });
  await expect(error).toContainText("smaller learning rate");
  await expect(lab.phase).toHaveText("The run has failed");

  await page.getByRole("button", { name: "Reset settings" }).click();
  await lab.trainButton.click();
  await expect.poll(() => lab.steps(), { timeout: RUN_MILLIS }).toBeGreaterThanOrEqual(1);
  await expect(error).toHaveCount(0);
});
