import { shownBy } from "./support/diary.ts";
import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS, shownNumber } from "./support/lab_page.ts";
import { type Losses, shownLosses } from "./support/losses.ts";
import { chooseTinyRun, STEPS_PER_EPOCH, serveTinyModel } from "./support/tiny_model.ts";

/** Enough that a fast machine is not done before the run has been saved: that is due after ten steps and two seconds. */
const N_EPOCHS = 30;
const N_STEPS = N_EPOCHS * STEPS_PER_EPOCH;
const SENTENCES = ["A lantern hangs in the window.", "A lamp is lit."] as const;

test("a run goes on after a reload as if nothing had been", async ({ lab, page }) => {
  test.setTimeout(3 * RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab, N_EPOCHS);
  await lab.freeze("nothing");
  await lab.shareBy(1);

  const whole = await test.step("a run that nobody interrupts", async () => {
    await lab.trainToEnd();
    return shownLosses(page, N_STEPS);
  });
  const spearman = await shownNumber(lab.score("spearman", "after"));

  await test.step("the same once more, saved on the way", async () => {
    await lab.trainButton.click();
    await expect(page.getByTestId("saved-run-status")).toContainText(/Saved at step \d+:/, { timeout: RUN_MILLIS });
    // Steps after it are lost with the tab, and done again.
    await lab.expectSteps((await lab.steps()) + 2);
  });

  await page.reload();
  await lab.expectReady();
  // The newest is the first.
  await expect(page.getByTestId("saved-run")).toHaveCount(2);
  await expect(page.getByTestId("saved-run").first()).toContainText(new RegExp(`step \\d+ of ${N_STEPS}`));
  await page.getByTestId("saved-run-resume").first().click();
  await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
  expect(await lab.curvePoints("classification")).toBe(N_STEPS);

  // The record of what the page shows starts again with the reload: after it every loss is the same to the last digit.
  const after = await lossesSinceReload(page);
  expect(after["curve-classification"].length).toBeGreaterThan(10);
  for (const curve of ["curve-classification", "curve-regression"] as const) {
    expect(after[curve]).toEqual(whole[curve].slice(N_STEPS - after[curve].length));
  }
  expect(await shownNumber(lab.score("spearman", "after"))).toBe(spearman);
});

test("a finished run is there after a reload, is taken elsewhere as a file, and is discarded when the visitor says so", async ({
  lab,
  page,
}) => {
  test.setTimeout(2 * RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);
  await lab.trainToEnd();
  await expect(page.getByTestId("saved-run-status")).toContainText(/saved/i);
  await lab.type(...SENTENCES);
  await lab.expectAnswer();
  const cosine = await lab.cosine("after");
  const expectSameModel = async () => {
    await lab.type(...SENTENCES);
    await lab.expectAnswer();
    expect(await lab.cosine("after")).toBe(cosine);
  };

  await test.step("it is brought back after a reload", async () => {
    await page.reload();
    await lab.expectReady();
    await page.getByTestId("saved-run-resume").click();
    await expect(lab.phase).toContainText("Finished", { timeout: RUN_MILLIS });
    await expectSameModel();
  });

  await test.step("it is saved as a file and opened where there is none", async () => {
    await page.reload();
    await lab.expectReady();
    const download = page.waitForEvent("download");
    await page.getByTestId("saved-run-export").click();
    const file = await (await download).path();
    await page.getByTestId("saved-run-discard").click();
    await expect(page.getByTestId("saved-run")).toHaveCount(0);

    await page.getByTestId("saved-run-file").setInputFiles({
      name: "run.sbert-run.zip",
      mimeType: "application/zip",
      buffer: Buffer.from("PK\x05\x06 and nothing more"),
    });
    await expect(page.getByTestId("error").locator(".notice-message")).toContainText("run.sbert-run.zip");
    await lab.expectStillWorking();
    await page.getByTestId("saved-run-file").setInputFiles(file);
    await expect(page.getByTestId("saved-run")).toContainText(/step \d+ of \d+|finished/i);
    await page.getByTestId("saved-run-resume").click();
    await expect(lab.phase).toContainText("Finished", { timeout: RUN_MILLIS });
    await expectSameModel();
  });

  await test.step("what is discarded is gone", async () => {
    await page.reload();
    await lab.expectReady();
    await page.getByTestId("saved-run-discard").click();
    // Until then it is being deleted, which a reload would stop.
    await expect(page.getByTestId("saved-run")).toHaveCount(0);
    await page.reload();
    await lab.expectReady();
    await expect(page.getByTestId("saved-run")).toHaveCount(0);
  });
});

async function lossesSinceReload(page: Parameters<typeof shownLosses>[0]): Promise<Losses> {
  const losses: Losses = { "curve-classification": [], "curve-regression": [] };
  for (const curve of ["curve-classification", "curve-regression"] as const) {
    for (const text of await shownBy(page, curve)) {
      const loss = text.match(/^\d+ (\S+)$/)?.[1];
      if (loss !== undefined) losses[curve].push(Number(loss));
    }
  }
  return losses;
}
