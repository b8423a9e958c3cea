import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS, shownNumber } from "./support/lab_page.ts";
import { type Losses, shownLosses } from "./support/losses.ts";
import { chooseTinyRun, serveTinyModel } from "./support/tiny_model.ts";

/** Long enough to be interrupted, and to have been written down before: a checkpoint comes every few seconds. */
const EPOCHS = "60";
const N_STEPS = 240;

test("a run goes on after a reload as if nothing had been", async ({ lab, page }) => {
  test.setTimeout(3 * RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  const start = async () => {
    await chooseTinyRun(lab);
    await lab.freeze("nothing");
    await page.getByTestId("epochs").fill(EPOCHS);
    await lab.shareBy(1);
    await lab.trainButton.click();
  };

  const whole = await test.step("a run that nobody interrupts", async () => {
    await start();
    await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
    return shownLosses(page, N_STEPS);
  });
  const spearman = await shownNumber(lab.score("spearman", "after"));

  await lab.openReady();
  await page.getByTestId("saved-run-discard").click();
  await expect(page.getByTestId("saved-run")).toHaveCount(0);
  await start();
  await expect.poll(() => lab.steps(), { timeout: RUN_MILLIS }).toBeGreaterThan(100);

  await page.reload();
  await lab.expectReady();
  await expect(page.getByTestId("saved-run")).toContainText(/step \d+ of 240/);
  await page.getByTestId("saved-run-resume").click();
  await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
  expect(await lab.curvePoints("classification")).toBe(N_STEPS);

  // The page's diary began anew with the reload: of the steps after it every loss is the same to the last digit.
  const after = await lossesSinceReload(page);
  expect(after["curve-classification"].length).toBeGreaterThan(10);
  for (const curve of ["curve-classification", "curve-regression"] as const) {
    expect(after[curve]).toEqual(whole[curve].slice(N_STEPS - after[curve].length));
  }
  expect(await shownNumber(lab.score("spearman", "after"))).toBe(spearman);
});

test("a finished run is there after a reload, and is discarded when the visitor says so", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);
  await lab.trainButton.click();
  await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
  await lab.type("A lantern hangs in the window.", "A lamp is lit.");
  await lab.expectAnswer();
  const cosine = await lab.cosine("after");

  await page.reload();
  await lab.expectReady();
  await page.getByTestId("saved-run-resume").click();
  await expect(lab.phase).toContainText("Finished", { timeout: RUN_MILLIS });
  await lab.type("A lantern hangs in the window.", "A lamp is lit.");
  await lab.expectAnswer();
  expect(await lab.cosine("after")).toBe(cosine);

  await page.reload();
  await lab.expectReady();
  await page.getByTestId("saved-run-discard").click();
  await page.reload();
  await lab.expectReady();
  await expect(page.getByTestId("saved-run")).toHaveCount(0);
});

test("a saved run is taken away as a file and opened elsewhere", async ({ browser, lab, page }) => {
  test.setTimeout(RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);
  await lab.trainButton.click();
  await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
  await expect(page.getByTestId("saved-run-status")).toContainText(/saved/i);
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
  expect(browser.isConnected()).toBe(true);
});

async function lossesSinceReload(page: Parameters<typeof shownLosses>[0]): Promise<Losses> {
  const { shownBy } = await import("./support/diary.ts");
  const losses: Losses = { "curve-classification": [], "curve-regression": [] };
  for (const curve of ["curve-classification", "curve-regression"] as const) {
    for (const text of await shownBy(page, curve)) {
      const loss = text.match(/^\d+ (\S+)$/)?.[1];
      if (loss !== undefined) losses[curve].push(Number(loss));
    }
  }
  return losses;
}
