import type { Page } from "@playwright/test";
import { shownBy } from "./support/diary.ts";
import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS, shownNumber } from "./support/lab_page.ts";
import { expectSameLosses, nLossesShown, shownLosses } from "./support/losses.ts";
import { chooseTinyRun, N_STEPS, serveTinyModel } from "./support/tiny_model.ts";

/** Long enough for several steps of two layers. */
const HOLD_MILLIS = 5_000;

test("two workers learn what one learns", async ({ lab, page }) => {
  test.setTimeout(2 * RUN_MILLIS + 60_000);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);

  const byOne = await test.step("one worker has the run to itself", async () => {
    await lab.shareBy(1);
    await lab.trainButton.click();
    await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
    await expect(lab.workerCount).toHaveCount(0);
    expect((await shownBy(page, "train-phase")).join("\n")).not.toContain("Starting the other workers");
    return shownLosses(page, N_STEPS);
  });
  const accuracy = await shownNumber(lab.score("accuracy", "after"));

  await test.step("two share it, and the losses are the same to rounding", async () => {
    const nShown = await nLossesShown(page);
    await lab.shareBy(2);
    await lab.trainButton.click();
    await expect(lab.workerCount).toHaveText("Shared by 2 workers");
    await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
    expect((await shownBy(page, "train-phase")).join("\n")).toContain("Starting the other workers");
    expect(await lab.steps()).toBe(N_STEPS);
    expectSameLosses(await shownLosses(page, N_STEPS, nShown), byOne, "by two workers");
    expect(await shownNumber(lab.score("accuracy", "after"))).toBe(accuracy);
  });

  // The lower layer is frozen and there is more than one epoch.
  await expect(page.getByTestId("kept")).toHaveText(
    / computed in the first epoch and kept .+ \([\d.]+ \w+ a worker\)\.$/,
  );
  await expect(lab.workersProblem).toHaveCount(0);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
});

test("a run of two workers is paused, resumed and stopped, and keeps what it has learnt", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await lab.openReady();
  await lab.freeze("last");
  await page.getByTestId("last-n").selectOption("2");
  await lab.shareBy(2);
  await lab.trainButton.click();
  // Scoring the held-out pairs comes first.
  await expect.poll(() => lab.steps(), { timeout: RUN_MILLIS }).toBeGreaterThanOrEqual(3);
  await expect(lab.workerCount).toHaveText("Shared by 2 workers");

  await lab.pauseButton.click();
  await expect(lab.phase).toHaveText(/^Paused after step \d+$/);
  const heldAt = await lab.steps();
  await expect(lab.phase).toHaveText(`Paused after step ${heldAt}`);
  await page.waitForTimeout(HOLD_MILLIS);
  expect(await lab.steps()).toBe(heldAt);

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
  expect(stoppedAt).toBeLessThanOrEqual(askedAt + 1);
  const spearman = await shownNumber(lab.score("spearman", "before"));
  expect(await shownNumber(lab.score("spearman", "after"))).not.toBe(spearman);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
  await expect(lab.trainButton).toHaveText("Train again");
});

test("a number of workers that there can't be is named where it is typed, and none is a choice", async ({
  lab,
  page,
}) => {
  await serveTinyModel(page);
  await lab.openReady();
  await lab.openMoreSettings();
  await expect(lab.workers).toHaveValue("");
  await expect(lab.workers).toHaveAccessibleName("Workers");
  await expect(lab.workers).toHaveAccessibleDescription(/^Processor cores that share each step, 1 to \d+; /);
  const cases = [
    ["0", "Must be 1 or more."],
    ["9999", /^Must be \d+ or less\.$/],
    ["1.5", "Type a whole number, or leave it empty."],
    ["all", "Type a whole number, or leave it empty."],
  ] as const;
  for (const [text, message] of cases) {
    await lab.workers.fill(text);
    await expect(lab.workers).toHaveAttribute("aria-invalid", "true");
    await expect(lab.workers).toHaveAccessibleDescription(message);
    await expect(lab.trainButton).toBeDisabled();
    await lab.workers.fill("");
    await expect(lab.workers).not.toHaveAttribute("aria-invalid");
    await expect(lab.trainButton).toBeEnabled();
  }
});

test("where a second worker can't be started, the run goes on with one, and the page says why", async ({
  lab,
  page,
}) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await serveTinyModel(page);
  await withholdMoreWorkers(page);
  await lab.openReady();
  await chooseTinyRun(lab);
  await lab.shareBy(2);
  await lab.trainButton.click();
  await expect(lab.workersProblem).toHaveText(/^Not every worker could join \(.+\)\. The run goes on with 1 worker\.$/);
  await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
  await expect(lab.workerCount).toHaveCount(0);
  expect(await lab.steps()).toBe(N_STEPS);
  await shownLosses(page, N_STEPS);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
});

test("where a worker is lost in mid-run, the other goes on alone, and the page says so", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await breakMembers(page);
  await lab.openReady();
  await lab.freeze("last");
  await page.getByTestId("last-n").selectOption("2");
  await lab.shareBy(2);
  await lab.trainButton.click();
  await expect(lab.workerCount).toHaveText("Shared by 2 workers");
  await expect(lab.workersProblem).toHaveText(
    /^A worker was lost \(.*broken on purpose.*\)\. The run goes on with 1 worker\.$/,
    {
      timeout: RUN_MILLIS,
    },
  );
  await expect(lab.workerCount).toHaveCount(0);
  const lostAt = await lab.steps();
  await expect.poll(() => lab.steps(), { timeout: RUN_MILLIS }).toBeGreaterThanOrEqual(lostAt + 3);
  await lab.stopButton.click();
  await expect(lab.phase).toHaveText(/^Stopped after step \d+$/, { timeout: RUN_MILLIS });
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
});

/** Time for a member to take in the model and share some of the run's work. */
const BREAK_AFTER_MILLIS = 8_000;

/**
 * End every worker that the page's own starts in mid-run, as the browser does with one that has failed: it computes no more,
 * and whoever started it hears of an error.
 */
async function breakMembers(page: Page): Promise<void> {
  const code = `
    globalThis.Worker = class extends globalThis.Worker {
      constructor(url, options) {
        super(url, options);
        setTimeout(() => {
          this.terminate();
          this.dispatchEvent(new ErrorEvent("error", { message: "broken on purpose" }));
        }, ${BREAK_AFTER_MILLIS});
      }
    };
  `;
  await prependToLoader(page, code);
}

/**
 * Have the browser find no program for any worker that the page's own starts. Playwright sees what such a worker fetches,
 * but not the request for its script, so the address is changed where it is asked for.
 */
async function withholdMoreWorkers(page: Page): Promise<void> {
  const code = `
    globalThis.Worker = class extends globalThis.Worker {
      constructor(_url, options) {
        super(new URL("withheld.js", globalThis.location.href), options);
      }
    };
  `;
  await prependToLoader(page, code);
}

async function prependToLoader(page: Page, code: string): Promise<void> {
  await page.route("**/worker_loader.js", async (route) => {
    const loader = await (await route.fetch()).text();
    await route.fulfill({ contentType: "text/javascript", body: `${code}\n${loader}` });
  });
}
