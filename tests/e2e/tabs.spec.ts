/** What a second tab, a closed tab, cleared data and a full disk cost: see "What is kept" in the README. */

import type { BrowserContext } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { LabPage, RUN_MILLIS } from "./support/lab_page.ts";
import { chooseTinyRun, ENDLESS_EPOCHS, N_STEPS, STEPS_PER_EPOCH, serveTinyModel } from "./support/tiny_model.ts";
import { Watch } from "./support/watch.ts";

/** As the page writes it. */
const ENDLESS_STEPS = (ENDLESS_EPOCHS * STEPS_PER_EPOCH).toLocaleString("en");

async function openTab(context: BrowserContext): Promise<{ lab: LabPage; watch: Watch }> {
  const page = await context.newPage();
  const watch = new Watch(context, page);
  const lab = new LabPage(page, watch);
  await serveTinyModel(page);
  await lab.openReady();
  return { lab, watch };
}

test("two tabs each keep their own run, and what a closed tab was training is resumed in the other", async ({
  lab,
  page,
  context,
}) => {
  test.setTimeout(3 * RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);
  await lab.trainToEnd();
  await expect(page.getByTestId("saved-run-status")).toContainText(`Saved at step ${N_STEPS}:`);

  const other = await openTab(context);
  const otherRuns = other.lab.page.getByTestId("saved-run");
  await test.step("the run of the other tab is listed, and is neither resumed nor discarded here", async () => {
    await expect(otherRuns).toHaveCount(1);
    await expect(otherRuns).toContainText("Another tab has this run.");
    await expect(otherRuns.getByTestId("saved-run-export")).toBeEnabled();
    await expect(otherRuns.getByTestId("saved-run-resume")).toHaveCount(0);
    await expect(otherRuns.getByTestId("saved-run-discard")).toHaveCount(0);
  });

  const own = page.getByTestId("saved-run").filter({ hasText: `step ${N_STEPS} of ${N_STEPS}` });
  const others = page.getByTestId("saved-run").filter({ hasText: "Another tab has this run." });
  await test.step("a run of the other tab does not take its place", async () => {
    await chooseTinyRun(other.lab, ENDLESS_EPOCHS);
    await other.lab.trainButton.click();
    await expect(other.lab.page.getByTestId("run-awake")).toContainText("goes on while this tab is hidden");
    const status = other.lab.page.getByTestId("saved-run-status");
    await expect(status).toContainText(/Saved at step \d+:/, { timeout: RUN_MILLIS });
    await page.reload();
    await lab.expectReady();
    await expect(own).toHaveCount(1);
    await expect(own.getByTestId("saved-run-resume")).toBeEnabled();
    await expect(others).toHaveCount(1);
    await expect(others.getByTestId("saved-run-resume")).toHaveCount(0);
  });

  await test.step("the tab is closed in the middle of its run, which is resumed here", async () => {
    await other.lab.page.close();
    await expect(others).toHaveCount(0);
    const left = page.getByTestId("saved-run").filter({ hasText: `of ${ENDLESS_STEPS}` });
    const [, step = ""] = (await left.innerText()).match(/step ([\d,]+) of/) ?? [];
    await left.getByTestId("saved-run-resume").click();
    await lab.expectSteps(Number(step.replaceAll(",", "")) + 1);
    await expect(own).toHaveCount(1);
    await lab.stop();
  });
  other.watch.expectQuiet();
});

test("the page asks before it is left with a run that the browser refuses to store, until that is saved as a file", async ({
  lab,
  page,
  watch,
}) => {
  test.setTimeout(RUN_MILLIS + 60_000);
  await page.addInitScript(() => {
    Cache.prototype.put = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  });
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);
  await lab.trainToEnd();
  await expect(page.getByTestId("saved-run-refusal")).toContainText("no room left");
  await page.close({ runBeforeUnload: true });
  await watch.expectAsked();

  const download = page.waitForEvent("download");
  await page.getByTestId("saved-run-export").click();
  await (await download).path();
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
});

test("a run whose site's data are cleared is saved again, and the page asks before its first checkpoint", async ({
  lab,
  page,
  watch,
}) => {
  test.setTimeout(2 * RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab, ENDLESS_EPOCHS);
  await lab.trainButton.click();
  await lab.expectSteps(1);
  await page.close({ runBeforeUnload: true });
  await watch.expectAsked();

  const status = page.getByTestId("saved-run-status");
  await expect(status).toContainText(/Saved at step \d+:/, { timeout: RUN_MILLIS });
  await page.evaluate(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });
  const before = await lab.steps();
  const savedStep = async () => Number((await status.innerText()).match(/step ([\d,]+):/)?.[1]?.replaceAll(",", ""));
  await expect.poll(savedStep, { timeout: RUN_MILLIS }).toBeGreaterThan(before);
  await page.reload();
  await lab.expectReady();
  await page.getByTestId("saved-run-resume").click();
  await lab.expectSteps(1);
  await lab.stop();
});
