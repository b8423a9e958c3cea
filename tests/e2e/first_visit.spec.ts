import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS } from "./support/lab_page.ts";

// What the README promises, at the address where a server that it names has just been started (SITE_URL).
test("a first visit: the page gets ready, trains a few steps and compares two sentences", async ({ lab, page }) => {
  await lab.openReady();
  await expect(lab.model.getByTestId("model-status")).toContainText("all-MiniLM-L6-v2");
  await lab.type("A gardener is watering the tomatoes.", "Somebody waters vegetables.");
  await lab.expectAnswer();
  const before = await lab.cosine("before");

  await lab.freeze("last");
  await page.getByTestId("last-n").selectOption("1");
  await lab.trainButton.click();
  await expect.poll(() => lab.steps(), { timeout: RUN_MILLIS }).toBeGreaterThanOrEqual(3);
  await lab.stop();
  await lab.expectAnswer();
  expect(await lab.cosine("before")).toBe(before);
  expect(await lab.cosine("after")).not.toBe(before);
  await expect(page.getByTestId("error")).toHaveCount(0);
});
