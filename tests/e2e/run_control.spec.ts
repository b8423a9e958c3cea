import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS, shownNumber } from "./support/lab_page.ts";
import { chooseTinyRun, ENDLESS_EPOCHS, serveTinyModel } from "./support/tiny_model.ts";

/** Long enough for many steps of one small layer, which take some hundredths of a second each. */
const PAUSE_MILLIS = 1_500;

// Two workers, and the real model: workers.spec.ts.
test("a run of one worker is paused, resumed and stopped, and keeps what it has learnt", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab, ENDLESS_EPOCHS);
  await lab.shareBy(1);
  // Of so long a run the first steps would change nothing.
  await lab.set("warmup-fraction", "0");
  await lab.trainButton.click();
  await lab.expectSteps(3);

  const pausedAt = await lab.pauseFor(PAUSE_MILLIS);
  await test.step("a run that is paused answers", async () => {
    await lab.type("A sailor mends the torn canvas.", "Somebody repairs something made of canvas.");
    await lab.expectAnswer();
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));
  });
  await lab.resumeButton.click();
  await lab.expectSteps(pausedAt + 2);

  await lab.stop();
  expect(await shownNumber(lab.score("accuracy", "after"))).toBeGreaterThanOrEqual(0);
  const pearson = await shownNumber(lab.score("pearson", "before"));
  expect(await shownNumber(lab.score("pearson", "after"))).not.toBe(pearson);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
});

test("a run that has nothing to train scores, one whose loss runs away says so, and the next one works", async ({
  lab,
  page,
}) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await serveTinyModel(page);
  await lab.openReady();

  await test.step("with everything frozen the held-out pairs are scored and nothing is trained", async () => {
    await lab.freeze("everything");
    await expect(lab.trainButton).toHaveText("Score");
    await lab.trainToEnd();
    await expect(lab.train).toContainText("are frozen: this run only scores.");
    const accuracy = await shownNumber(lab.score("accuracy", "before"));
    expect(accuracy).toBeGreaterThanOrEqual(0);
    expect(accuracy).toBeLessThanOrEqual(1);
    await expect(lab.score("accuracy", "after")).not.toHaveAttribute("data-value");
    await expect(lab.stepCount).toHaveCount(0);
    await expect(lab.train.locator("canvas")).toHaveCount(0);
    await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
    await expect(lab.trainButton).toBeEnabled();
  });

  await test.step("a loss that is no number any more ends the run", async () => {
    await chooseTinyRun(lab);
    await lab.freeze("backbone");
    await lab.set("head-learning-rate", "1e38");
    await expect(lab.train).toContainText("Must be 100 or less.");
    await lab.set("head-learning-rate", "100");
    await lab.openSettings();
    await page.getByTestId("weight-decay").fill("100");
    await lab.trainButton.click();
    const error = lab.errorIn(lab.train);
    await expect(error).toContainText("no longer a finite number at step", { timeout: RUN_MILLIS });
    await expect(error).toContainText("smaller learning rate");
    await expect(lab.phase).toHaveText("The run has failed");
  });

  await test.step("what it had learnt is kept as of the step where it was saved", async () => {
    await chooseTinyRun(lab, ENDLESS_EPOCHS);
    // The weights of the head grow by less than half in a step, so that there is time for a pause, which saves the run.
    await page.getByTestId("weight-decay").fill("0.024");
    await lab.set("warmup-fraction", "0");
    await lab.trainButton.click();
    await lab.expectSteps(1);
    await lab.pauseFor(0);
    await lab.resumeButton.click();
    await expect(lab.errorIn(lab.train)).toContainText("no longer a finite number at step", { timeout: RUN_MILLIS });
    // It is saved again from time to time.
    const keep = lab.train.getByRole("button", { name: /^Keep the model as of step \d+$/ });
    const step = (await keep.innerText()).match(/\d+$/)?.[0];
    await keep.click();
    await expect(lab.phase).toHaveText(`Stopped after step ${step}`);
    await expect(lab.errorIn(lab.train)).toHaveCount(0);
  });

  await test.step("with other settings it is trained again", async () => {
    await page.getByRole("button", { name: "Reset settings" }).click();
    await lab.trainToEnd();
    expect(await lab.steps()).toBeGreaterThanOrEqual(1);
    await expect(lab.errorIn(lab.train)).toHaveCount(0);
  });
});
