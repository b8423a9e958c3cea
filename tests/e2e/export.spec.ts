import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { type LabPage, type Moment, RUN_MILLIS } from "./support/lab_page.ts";
import { chooseTinyRun, serveTinyModel } from "./support/tiny_model.ts";

/** Where tests/interop looks for what the page has made. */
const INTEROP = new URL("output/interop/", import.meta.url);

const PAIRS = [
  ["A lantern hangs in the window.", "A lamp is lit."],
  ["The ferry leaves at noon.", "The boat departs at twelve."],
  ["Nobody is in the library.", "The reading room is crowded."],
  ["Zwölf Boxkämpfer jagen Viktor.", "café, naïve, 東京 🙂"],
] as const;

interface Answer {
  cosine: number;
  probabilities: number[];
}

async function answers(lab: LabPage, moment: Moment): Promise<Answer[]> {
  const all: Answer[] = [];
  for (const [a, b] of PAIRS) {
    await lab.type(a, b);
    await lab.expectAnswer();
    all.push({ cosine: await lab.cosine(moment), probabilities: await lab.probabilities(moment) });
  }
  return all;
}

async function downloadBy(page: Page, button: string): Promise<Download> {
  const download = page.waitForEvent("download");
  await page.getByTestId(button).click();
  return download;
}

test("a run and a trained model are taken away, and the model is the same when it comes back, head included", async ({
  lab,
  page,
}) => {
  test.setTimeout(2 * RUN_MILLIS);
  await serveTinyModel(page);
  await lab.openReady();
  await mkdir(INTEROP, { recursive: true });

  await test.step("a run: pairs, settings and a Python script", async () => {
    await lab.set("epochs", "2");
    const download = await downloadBy(page, "export-recipe");
    expect(download.suggestedFilename()).toMatch(/\.zip$/);
    const file = new URL("recipe.zip", INTEROP);
    await download.saveAs(file.pathname);
    // Names of a zip's entries stand in it as they are.
    const bytes = (await readFile(file)).toString("latin1");
    for (const name of ["pairs.jsonl", "run.json", "train.py", "README.md"]) expect(bytes).toContain(name);
  });

  await chooseTinyRun(lab);
  await lab.trainToEnd();
  const trained = await answers(lab, "after");

  const file = new URL("model.zip", INTEROP);
  await test.step("the trained model", async () => {
    const download = await downloadBy(page, "export-model");
    expect(download.suggestedFilename()).toMatch(/^[\w.-]+\.zip$/);
    await download.saveAs(file.pathname);
    await expect(page.getByTestId("exported")).toContainText(/MB/);
  });

  await test.step("it comes back", async () => {
    await lab.openReady();
    await lab.chooseModelFiles(file.pathname);
    await expect(page.getByTestId("model-head")).toContainText(/entailment.*neutral.*contradiction/s);
    const returned = await answers(lab, "before");
    for (const [idx, { cosine, probabilities }] of returned.entries()) {
      expect(cosine).toBeCloseTo(trained[idx]?.cosine ?? Number.NaN, 5);
      for (const [label, probability] of probabilities.entries()) {
        expect(probability).toBeCloseTo(trained[idx]?.probabilities[label] ?? Number.NaN, 5);
      }
    }
  });
  const classes = ["entailment", "neutral", "contradiction"];
  const record = {
    sentences: PAIRS,
    classes,
    cosine: trained.map(({ cosine }) => cosine),
    probabilities: trained.map(({ probabilities }) => probabilities),
  };
  await writeFile(new URL("page.json", INTEROP), JSON.stringify(record, null, 2));
});
