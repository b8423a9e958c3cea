import { expect, test } from "./support/fixtures.ts";

test("settings that mean nothing are named where they are typed, and no run starts", async ({ lab, page }) => {
  await lab.openReady();
  const cases = [
    ["batch-size", "0", "Must be 1 or more."],
    ["learning-rate", "abc", "Type a number, such as 0.001 or 1e-3."],
    ["epochs", "", "Type a whole number."],
    ["head-learning-rate", "-1", "Must be 0 or more."],
  ] as const;
  for (const [field, text, message] of cases) {
    const input = page.getByTestId(field);
    const good = await input.inputValue();
    await input.fill(text);
    await expect(input).toHaveAttribute("aria-invalid", "true");
    await expect(input).toHaveAccessibleDescription(message);
    await expect(lab.trainButton).toBeDisabled();
    await input.fill(good);
    await expect(lab.trainButton).toBeEnabled();
  }
});

test("an empty sentence gets a hint, and a word an answer", async ({ lab }) => {
  await lab.openReady();
  for (const blank of ["", "   \n"]) {
    await lab.type(blank, "There is music.");
    await expect(lab.tryIt).toContainText("Write something in both fields to compare them.");
  }
  await lab.type("Music.", "There is music.");
  await lab.expectAnswer();
  expect(await lab.cosine("before")).toBeGreaterThan(0.3);
});

test("a sentence of 10,000 words is cut, and the page says so", async ({ lab }) => {
  await lab.openReady();
  const cut = lab.tryIt.getByText("A sentence is longer than the model can read");
  await lab.type("word ".repeat(10_000), "There is music.");
  await lab.expectAnswer();
  await expect(cut).toBeVisible();
  expect(Math.abs(await lab.cosine("before"))).toBeLessThanOrEqual(1);

  await lab.type("A short one.", "There is music.");
  await lab.expectAnswer();
  await expect(cut).toHaveCount(0);
});
