import type { Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS } from "./support/lab_page.ts";
import { chooseTinyRun, serveTinyModel } from "./support/tiny_model.ts";

const STRATEGIES = ["everything", "backbone", "last", "embeddings", "head", "nothing"];

const past = (page: Page) => page.getByTestId("past-run");

test("two strategies are compared, and their runs are there after a reload", async ({ lab, page }) => {
  test.setTimeout(2 * RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await chooseTinyRun(lab);

  await test.step("a queue of two", async () => {
    await page.getByRole("link", { name: "Compare" }).click();
    for (const strategy of STRATEGIES) {
      await page.getByTestId(`queue-${strategy}`).setChecked(strategy === "last" || strategy === "nothing");
    }
    await page.getByTestId("queue-start").click();
    await expect(page.getByTestId("queue")).toContainText("Run 1 of 2: all but the last layer frozen");
    await expect(page.getByTestId("queue")).toContainText("The comparison is finished: 2 of 2 runs", {
      timeout: RUN_MILLIS,
    });
    await expect(past(page)).toHaveCount(2);
  });

  await test.step("they are compared at once, pair by pair too", async () => {
    await expect(page.getByTestId("side-by-side").getByRole("columnheader", { name: "Frozen" })).toBeVisible();
    await expect(page.getByTestId("side-by-side").getByRole("columnheader", { name: "Seed" })).toHaveCount(0);
    await expect(page.getByTestId("difference-accuracy")).toHaveText(/better|worse|no clear difference|unchanged/);
    await expect(page.getByTestId("selection").locator("canvas")).toHaveCount(2);
    await expect(page.getByTestId("quality").locator("circle")).toHaveCount(2);
  });

  await test.step("it looks right in light and dark, on a desk and on a phone", async () => {
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const overflow = () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await expect.poll(overflow).toBeLessThanOrEqual(0);
        await page.evaluate(() => window.scrollTo(0, 0));
        await page.screenshot({ path: `output/compare-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
  });

  await test.step("a run is renamed by keyboard, and all of it is there after a reload", async () => {
    await past(page)
      .first()
      .getByRole("button", { name: /^Rename/ })
      .press("Enter");
    await page.getByTestId("run-name").fill("the best one");
    await page.getByTestId("run-name").press("Enter");
    await expect(past(page).first()).toContainText("the best one");
    await page.reload();
    await expect(past(page)).toHaveCount(2);
    await expect(past(page).first()).toContainText("the best one");
    for (const row of await past(page).all()) await row.getByRole("checkbox").check();
    await expect(page.getByTestId("difference-accuracy")).toHaveText(/better|worse|no clear difference|unchanged/);
  });

  await test.step("it is sorted, repeated with its settings, saved as a file and deleted", async () => {
    const column = page.getByTestId("past-runs").getByRole("columnheader", { name: "Frozen" });
    await column.getByRole("button").click();
    await expect(column).toHaveAttribute("aria-sort", "ascending");
    await expect(past(page).first()).toContainText("All but the last layer");
    const download = page.waitForEvent("download");
    await page.getByTestId("save-csv").click();
    expect((await download).suggestedFilename()).toBe("sentence-bert-runs.csv");

    await past(page)
      .first()
      .getByRole("button", { name: /^Repeat/ })
      .click();
    await expect(page.getByTestId("freeze-last")).toBeChecked();
    await expect(page.getByTestId("last-n")).toHaveValue("1");
    await expect(page.getByTestId("epochs")).toHaveValue("5");

    await page.getByRole("link", { name: "Compare" }).click();
    await past(page)
      .first()
      .getByRole("button", { name: /^Delete/ })
      .click();
    await expect(past(page)).toHaveCount(1);
    await page.reload();
    await expect(past(page)).toHaveCount(1);
  });
});
