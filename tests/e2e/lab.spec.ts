import type { Page, TestInfo } from "@playwright/test";
import { longestTaskMillis, pageClock, shownBy } from "./support/diary.ts";
import { expect, test } from "./support/fixtures.ts";
import { type LabPage, RUN_MILLIS, shownNumber } from "./support/lab_page.ts";
import { look } from "./support/look.ts";

const SENTENCE_A = "A gardener is watering the tomatoes behind the greenhouse.";
const SENTENCE_B = "Nobody has watered the vegetables, and the greenhouse is locked.";

test("a visitor trains the head on 1,000 pairs and sees what it has learnt", async ({ lab, page, watch }, testInfo) => {
  test.setTimeout(RUN_MILLIS + 3 * 60_000);

  await test.step("the model loads, and says how far it is", async () => {
    await lab.openReady();
    await expectLoadingWasShown(page);
    // Those of the file less the pooler, which sentence-BERT has no use for.
    await expect(lab.model).toContainText("22,565,376");
    const facts = "1,300 pairs, 1,000 to train on and 300 held out";
    await expect(lab.data.getByTestId("corpus-status")).toContainText(facts);
  });
  const nRequestsToLoad = watch.requests.length;

  const before = await test.step("two sentences are judged before any training", async () => {
    await lab.type(SENTENCE_A, SENTENCE_B);
    await lab.expectAnswer();
    await expect(page.getByTestId("cosine-after")).toHaveCount(0);
    const [cosine, probabilities] = [await lab.cosine("before"), await lab.probabilities("before")];
    expect(cosine).toBeGreaterThan(0.2);
    expect(cosine).toBeLessThan(0.99);
    expectDistribution(probabilities);
    return { cosine, probabilities };
  });

  await test.step("the head is trained with the settings as offered", async () => {
    await lab.freeze("backbone");
    const startMillis = await pageClock(page);
    await lab.trainButton.click();
    await expect(lab.phase).toContainText("Finished in", { timeout: RUN_MILLIS });
    const wallSecs = ((await pageClock(page)) - startMillis) / 1000;
    const longestMillis = await longestTaskMillis(page, startMillis);
    await expectProgressWasShown(lab);
    const training = await lab.train.getByText(/ of training$/).innerText();
    note(testInfo, "wall time of the run", `${wallSecs.toFixed(1)} s (the page says ${training})`);
    note(testInfo, "longest task of the main thread while it ran", `${longestMillis.toFixed(0)} ms`);
  });

  await test.step("the held-out pairs are told apart better than before, and better than by chance", async () => {
    const accuracy = await shownNumber(lab.score("accuracy", "after"));
    expect(accuracy).toBeGreaterThan(0.6);
    expect(accuracy).toBeGreaterThan(await shownNumber(lab.score("accuracy", "before")));
    await expect(lab.score("accuracy", "after")).toHaveText(`${(accuracy * 100).toFixed(1)}%`);
    await expect(lab.train.locator("table.confusion")).toHaveCount(2);
    // The encoder was frozen, so what depends on the cosine alone is what it was.
    const spearman = await shownNumber(lab.score("spearman", "before"));
    expect(await shownNumber(lab.score("spearman", "after"))).toBeCloseTo(spearman, 5);
    note(testInfo, "held-out accuracy", accuracy.toFixed(4));
    note(testInfo, "held-out Spearman", spearman.toFixed(4));
  });

  await test.step("a clear change is called better, and one that isn't is not", async () => {
    const interval = async (score: string) => {
      const text = (await page.getByTestId(`change-${score}`).getAttribute("data-value")) ?? "";
      return text.split(" ").map(Number);
    };
    const [low = 0, high = 0] = await interval("accuracy");
    expect(low).toBeGreaterThan(0.2);
    expect(high).toBeLessThan(0.6);
    await expect(page.getByTestId("change-accuracy")).toContainText("better");
    // The encoder is frozen: its cosines are what they were, on every draw of the pairs.
    expect(await interval("spearman")).toEqual([0, 0]);
    await expect(page.getByTestId("change-spearman")).toHaveText("unchanged");
    await expect(page.getByTestId("gains")).toHaveText(/^Accuracy 35\.\d% → [67]\d\.\d% · Spearman (0\.\d{3}) → \1$/);
  });
  await test.step("the same two sentences are compared again", async () => {
    await lab.expectAnswer();
    await expect(lab.tryIt).toContainText("After training");
    expect(await lab.cosine("before")).toBe(before.cosine);
    expect(await lab.probabilities("before")).toEqual(before.probabilities);
    expect(Math.abs((await lab.cosine("after")) - before.cosine)).toBeLessThan(1e-5);
    const probabilities = await lab.probabilities("after");
    expectDistribution(probabilities);
    const changes = probabilities.map((probability, idx) => Math.abs(probability - (before.probabilities[idx] ?? 0)));
    expect(Math.max(...changes)).toBeGreaterThan(0.01);
  });

  await test.step("nothing was asked of anybody since the page was ready, but the program of more workers", () => {
    const paths = watch.requests.slice(nRequestsToLoad).map((request) => new URL(request.url()).pathname);
    expect(paths.filter((path) => !/\/worker[^/]*\.(js|wasm)$/.test(path))).toEqual([]);
    watch.expectPrivacy();
  });
  await look(page, "finished");
});

async function expectLoadingWasShown(page: Page): Promise<void> {
  const shown = await shownBy(page, "model-progress");
  const withBytes = shown.filter((text) => /[\d.]+ MB of 4[5-7]\.\d MB.*\d+%/.test(text));
  expect(new Set(withBytes).size, `only ${JSON.stringify(shown)}`).toBeGreaterThan(3);
}

async function expectProgressWasShown(lab: LabPage): Promise<void> {
  const fractions = (await shownBy(lab.page, "train-progress")).map((text) => text.split(" | ")[0]);
  expect(new Set(fractions).size).toBeGreaterThan(10);
  const phases = (await shownBy(lab.page, "train-phase")).join("\n");
  expect(phases).toMatch(/before training \([\d,]+ of [\d,]+ sentences\)/);
  expect(phases).toMatch(/^Training$/m);
  const remaining = await shownBy(lab.page, "eta");
  expect(remaining.filter((text) => /^about .+ left$/.test(text)).length).toBeGreaterThan(1);
  const nSteps = await lab.steps();
  expect(nSteps).toBeGreaterThan(100);
  expect(await lab.curvePoints("classification")).toBe(nSteps);
  expect(await lab.curvePoints("regression")).toBe(nSteps);
  await expect(lab.train.locator("canvas")).toHaveCount(2);
}

function expectDistribution(probabilities: number[]): void {
  expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0);
  expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5);
}

/** Measured, not judged: how fast it is depends on the machine. */
function note(testInfo: TestInfo, what: string, value: string): void {
  testInfo.annotations.push({ type: what, description: value });
  console.log(`    ${what}: ${value}`);
}
