import { expect, test } from "./support/fixtures.ts";
import { serveTinyModel } from "./support/tiny_model.ts";

test("settings and sentences that mean nothing are named where they are typed", async ({ lab, page }) => {
  await serveTinyModel(page);
  await lab.openReady();
  await lab.openSettings();

  await test.step("with a setting that means nothing no run starts", async () => {
    const cases = [
      ["batch-size", "0", "Must be 1 or more."],
      ["learning-rate", "abc", "Type a number, such as 0.001 or 1e-3."],
      ["epochs", "", "Type a whole number."],
      ["epochs", "5000000000", "Must be 1000 or less."],
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

  await test.step("nor with a number of workers that there can't be, though none is a choice", async () => {
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

  await test.step("an empty sentence gets a hint, and a word an answer", async () => {
    for (const blank of ["", "   \n"]) {
      await lab.type(blank, "There is music.");
      await expect(lab.tryIt).toContainText("Write something in both fields to compare them.");
    }
    await lab.type("Music.", "There is music.");
    await lab.expectAnswer();
    expect(await lab.cosine("before")).toBeGreaterThan(0.3);
  });

  await test.step("a sentence of 10,000 words is cut, and the page says so", async () => {
    const cut = lab.tryIt.getByText("A sentence is longer than the model can read");
    await lab.type("word ".repeat(10_000), "There is music.");
    await lab.expectAnswer();
    await expect(cut).toBeVisible();
    expect(Math.abs(await lab.cosine("before"))).toBeLessThanOrEqual(1);

    await lab.type("A short one.", "There is music.");
    await lab.expectAnswer();
    await expect(cut).toHaveCount(0);
  });
});
