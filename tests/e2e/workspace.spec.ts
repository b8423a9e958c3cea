import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS } from "./support/lab_page.ts";
import { look } from "./support/look.ts";
import { chooseTinyRun, ENDLESS_EPOCHS, serveTinyModel } from "./support/tiny_model.ts";

test("the first screen says what this is, has a button that trains, and two sentences with their similarity", async ({
  lab,
  page,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await lab.openReady();
  await lab.expectAnswer();
  for (const seen of [
    page.getByText("Teach a language model when two sentences mean the same"),
    lab.trainButton,
    page.getByTestId("sentence-a"),
    page.getByTestId("sentence-b"),
    page.getByTestId("cosine-before"),
  ]) {
    await expect(seen).toBeInViewport({ ratio: 1 });
  }
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  await look(page, "ready");

  await test.step("a preset is all that a first run needs", async () => {
    await expect(page.getByTestId("preset-quick")).toBeChecked();
    await expect(page.getByTestId("freeze-backbone")).toBeHidden();
    await page.getByTestId("preset-thorough").check();
    await lab.openSettings();
    await expect(page.getByTestId("freeze-last")).toBeChecked();
    await lab.set("epochs", "2");
    for (const preset of ["quick", "thorough"]) await expect(page.getByTestId(`preset-${preset}`)).not.toBeChecked();
    await page.getByTestId("preset-quick").check();
    await expect(page.getByTestId("freeze-backbone")).toBeChecked();
    await expect(page.getByTestId("epochs")).toHaveValue("3");
  });
});

test("each place has an address, and a run goes on in all of them", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS + 2 * 60_000);
  await serveTinyModel(page);
  const place = (name: string) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name });
  await lab.openReady();
  await chooseTinyRun(lab, ENDLESS_EPOCHS);
  await lab.trainButton.click();
  await lab.expectSteps(3);
  await place("Explore").click();
  await expect(page).toHaveURL(/#\/explore(\?|$)/);
  await expect(place("Explore")).toHaveAttribute("aria-current", "page");
  await expect(lab.trainButton).toHaveCount(0);
  await lab.expectAnswer();
  await expect(place("Train")).toContainText("%");
  await look(page, "explore");
  await page.goBack();
  await lab.stopButton.click();
  await expect(lab.phase).toHaveText(/^Stopped after step \d+$/, { timeout: RUN_MILLIS });

  await page.goto("./#/explore");
  await expect(place("Explore")).toHaveAttribute("aria-current", "page");
});
