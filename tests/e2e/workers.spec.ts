import type { Page } from "@playwright/test";
import { shownBy } from "./support/diary.ts";
import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS, shownNumber } from "./support/lab_page.ts";
import { expectSameLosses, nLossesShown, shownLosses } from "./support/losses.ts";
import { chooseTinyRun, ENDLESS_EPOCHS, N_STEPS, serveFewPairs, serveTinyModel } from "./support/tiny_model.ts";

/** Long enough for several steps of two layers, over outputs of the others that are kept since the first epoch. */
const PAUSE_MILLIS = 2_500;

test("two workers learn what one learns", async ({ lab, page }) => {
  test.setTimeout(2 * RUN_MILLIS + 60_000);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);

  const byOne = await test.step("one worker has the run to itself", async () => {
    await lab.shareBy(1);
    await lab.trainToEnd();
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
  await expect(lab.workersProblem).toHaveText(/^Not every worker could join \(.+\)\. The run continues with 1 worker\.$/);
  await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
  await expect(lab.workerCount).toHaveCount(0);
  expect(await lab.steps()).toBe(N_STEPS);
  await shownLosses(page, N_STEPS);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
});

test("two workers share a run of the real model: it is paused, resumed, outlives the loss of one, and is stopped", async ({
  lab,
  page,
}) => {
  test.setTimeout(2 * RUN_MILLIS + 60_000);
  await serveFewPairs(page);
  await keepMembers(page);
  await lab.openReady();
  await chooseTinyRun(lab, ENDLESS_EPOCHS);
  await page.getByTestId("last-n").selectOption("2");
  await lab.shareBy(2);
  // Of so long a run the first steps would change nothing.
  await lab.set("warmup-fraction", "0");
  await lab.trainButton.click();
  await lab.expectSteps(3);
  await expect(lab.workerCount).toHaveText("Shared by 2 workers");

  const pausedAt = await lab.pauseFor(PAUSE_MILLIS);
  await test.step("a run that is paused answers", async () => {
    await lab.type("A sailor mends the torn canvas.", "Somebody repairs something made of canvas.");
    await lab.expectAnswer();
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));
  });
  await lab.resumeButton.click();
  await lab.expectSteps(pausedAt + 2);
  await expect(lab.workerCount).toHaveText("Shared by 2 workers");
  await expect(lab.workersProblem).toHaveCount(0);

  await test.step("where one is lost, the other goes on alone, and the page says so", async () => {
    await breakMembers(page);
    await expect(lab.workersProblem).toHaveText(
      /^A worker was lost \(.*broken on purpose.*\)\. The run continues with 1 worker\.$/,
      { timeout: RUN_MILLIS },
    );
    await expect(lab.workerCount).toHaveCount(0);
    await lab.expectSteps((await lab.steps()) + 3);
  });

  await lab.stop();
  expect(await shownNumber(lab.score("accuracy", "after"))).toBeGreaterThanOrEqual(0);
  const pearson = await shownNumber(lab.score("pearson", "before"));
  expect(await shownNumber(lab.score("pearson", "after"))).not.toBe(pearson);
  await expect(lab.errorIn(page.locator("body"))).toHaveCount(0);
});

type WithMembers = typeof globalThis & { members: Worker[] };

/** Have the page's worker remember those that it starts, so that a test can break them. */
async function keepMembers(page: Page): Promise<void> {
  const code = `
    globalThis.members = [];
    globalThis.Worker = class extends globalThis.Worker {
      constructor(url, options) {
        super(url, options);
        globalThis.members.push(this);
      }
    };
  `;
  await prependToLoader(page, code);
}

/** As the browser does with a worker that has failed: it computes no more, and whoever started it hears of an error. */
async function breakMembers(page: Page): Promise<void> {
  const worker = page.workers().find((candidate) => candidate.url().endsWith("/worker_loader.js"));
  if (worker === undefined) throw new Error("no worker is at work");
  const nBroken = await worker.evaluate(() => {
    const { members } = globalThis as WithMembers;
    for (const member of members) {
      member.terminate();
      member.dispatchEvent(new ErrorEvent("error", { message: "broken on purpose" }));
    }
    return members.length;
  });
  expect(nBroken).toBe(1);
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
