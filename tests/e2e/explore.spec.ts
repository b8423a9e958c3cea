import { readFile } from "node:fs/promises";
import type { Download, Page } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS } from "./support/lab_page.ts";
import { look } from "./support/look.ts";
import { chooseTinyRun, fewPairs, serveTinyModel } from "./support/tiny_model.ts";

/** Width of an embedding of BERT-tiny. */
const D_MODEL = 128;

const place = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Places" }).getByRole("link", { name, exact: name !== "Train" });

test("sentences are compared, searched, shown on a map and saved, before and after training", async ({
  lab,
  page,
  watch,
}) => {
  test.setTimeout(RUN_MILLIS + 2 * 60_000);
  await serveTinyModel(page);
  const sentences = await distinctSentences();
  const [first = ""] = sentences;
  await lab.openReady();
  await place(page, "Explore").click();

  await test.step("the matrix is there at once, and follows the lines", async () => {
    const matrix = page.getByTestId("matrix");
    await expect(matrix.locator("tbody tr")).toHaveCount(8);
    await expect(matrix.locator("tbody tr").first().locator("td").first()).toHaveText("1.00");
    const lines = ["A lantern hangs in the window.", "<b>A lamp is lit.</b>", "A lantern hangs in the window."];
    for (const line of lines) watch.secrets.add(line);
    await page.getByTestId("matrix-lines").fill(`${lines.join("\n")}\n\n`);
    await expect(matrix.locator("tbody tr")).toHaveCount(3);
    await expect(matrix.getByRole("rowheader", { name: lines[1] as string })).toBeVisible();
    await expect(matrix.locator("tbody tr").first().locator("td").nth(2)).toHaveText("1.00");
    await expect(page.locator("#matrix input[value=after]")).toHaveCount(0);
  });

  await test.step("nothing is encoded before the visitor wants it, and then all of it", async () => {
    await expect(page.getByTestId("map")).toHaveCount(0);
    await expect(page.getByTestId("encode")).toHaveText(`Encode ${sentences.length} sentences`);
    await page.getByTestId("encode").click();
    await expect(page.getByTestId("encoded")).toHaveText(/sentences encoded by all-MiniLM-L6-v2 as loaded\.$/);
    await expect(page.getByTestId("map")).toHaveAttribute("data-points", String(sentences.length));
    await expect(page.locator("#map figcaption")).toHaveText(/the two axes have \d+% and \d+% of the variance\.$/);
    await expect(page.getByTestId("stale")).toHaveCount(0);
  });

  await test.step("a sentence of the pairs is found first, and selected by its result", async () => {
    await page.getByTestId("query").fill(first);
    const results = page.getByTestId("results").locator("tr");
    await expect(results).toHaveCount(10);
    await expect(results.first()).toContainText(first);
    await expect(results.first()).toContainText("1.000");
    await results.first().getByRole("button").click();
    await expect(page.getByTestId("selected-sentence")).toContainText(first);
    await expect(page.getByTestId("neighbours-before").getByRole("listitem")).toHaveCount(10);
    await expect(page.getByTestId("neighbours-after")).toHaveCount(0);
    await page.locator("#search").getByRole("button", { name: "Show more" }).click();
    await expect(results).toHaveCount(20);
  });

  await test.step("the map is gone through by keyboard and by pointer", async () => {
    const map = page.getByTestId("map");
    await map.press("Home");
    await map.press("ArrowRight");
    await expect(page.getByTestId("selected-sentence")).toContainText(`(2 of ${sentences.length})`);
    await map.press("ArrowLeft");
    await map.press("ArrowLeft");
    await expect(page.getByTestId("selected-sentence")).toContainText(`(${sentences.length} of ${sentences.length})`);
    await page.getByTestId("neighbours-before").getByRole("button").first().click();
    await expect(page.getByTestId("selected-sentence")).not.toContainText(`(${sentences.length} of`);
    await page.getByTestId("map-colouring").selectOption("pair");
    await expect(page.locator("#map")).toContainText("The other sentence of its pair");
  });

  await test.step("what was encoded is saved, and NumPy would read it", async () => {
    await page.getByText("Save the embeddings").click();
    const npy = await savedBy(page, "save-npy-before");
    expect(npy.suggestedFilename()).toBe("sentence-bert-embeddings-before.npy");
    expectNpy(await readFile(await npy.path()), sentences.length);
    for (const [button, name] of [
      ["save-csv-before", "sentence-bert-embeddings-before.csv"],
      ["save-sentences", "sentence-bert-sentences.csv"],
      ["save-matrix", "sentence-bert-similarities-before.csv"],
      ["save-svg", "sentence-bert-map-before.svg"],
      ["save-png", "sentence-bert-map-before.png"],
    ] as const) {
      const file = await savedBy(page, button);
      expect(file.suggestedFilename()).toBe(name);
      expect((await readFile(await file.path())).length).toBeGreaterThan(0);
    }
  });

  await test.step("it looks right in light and dark, on a desk and on a phone", () => look(page, "explore-before"));

  await test.step("after a run the map is out of date, and is computed again only when the visitor wants it", async () => {
    await place(page, "Train").click();
    await chooseTinyRun(lab);
    await lab.trainToEnd();
    await place(page, "Explore").click();
    const stale = page.getByTestId("stale");
    await expect(stale).toContainText("Computed before training; the model has changed since.");
    await stale.getByRole("button", { name: "Compute again" }).click();
    await expect(stale).toHaveCount(0);
    await expect(page.getByTestId("encoded")).toHaveText(/ as loaded, and by the model at step \d+\.$/);
    await expect(page.getByTestId("neighbours-after").getByRole("listitem")).toHaveCount(10);
    // A short run may leave every neighbourhood as it was.
    await expect(page.locator("#map")).toContainText(
      /Neighbourhoods that changed most|Every sentence has the neighbours/,
    );
    const head = page.locator("#search").getByRole("columnheader");
    await expect(head).toHaveText([/Sentence/, /Rank before/, /Cosine before/, /Rank after/, /Cosine after/, /Moved/]);
    await page.locator("#matrix input[value=change]").check();
    await expect(page.getByTestId("matrix").locator("tbody tr").first().locator("td").first()).toHaveText("±0.00");
    await page.getByText("Save the embeddings").click();
    expectNpy(await readFile(await (await savedBy(page, "save-npy-after")).path()), sentences.length);
  });

  await test.step("pasted lines are encoded too", async () => {
    await page.getByRole("radio", { name: "Pasted lines" }).check();
    const lines = ["The kettle whistles.", "<i>Water boils.</i>", "A train departs."];
    for (const line of lines) watch.secrets.add(line);
    await page.getByTestId("pasted-lines").fill(lines.join("\n"));
    await page.getByRole("button", { name: "Encode 3 sentences" }).click();
    await expect(page.getByTestId("map")).toHaveAttribute("data-points", "3");
    await page.getByTestId("map").press("Home");
    await page.getByTestId("map").press("ArrowRight");
    await expect(page.getByTestId("selected-sentence")).toContainText("<i>Water boils.</i>");
    await expect(page.locator("#app i, #app b")).toHaveCount(0);
  });

  await look(page, "explore-after");
});

async function savedBy(page: Page, button: string): Promise<Download> {
  const download = page.waitForEvent("download");
  await page.getByTestId(button).click();
  return download;
}

/** NumPy's format 1.0, with a row of little-endian `f32` for each sentence. */
function expectNpy(file: Buffer, nSentences: number): void {
  expect(file.subarray(0, 8).toString("latin1")).toBe("\x93NUMPY\x01\x00");
  const start = 10 + file.readUInt16LE(8);
  expect(start % 64).toBe(0);
  const header = file.subarray(10, start).toString("latin1");
  expect(header.trimEnd()).toBe(`{'descr': '<f4', 'fortran_order': False, 'shape': (${nSentences}, ${D_MODEL}), }`);
  expect(header.endsWith("\n")).toBe(true);
  expect(file.length - start).toBe(4 * nSentences * D_MODEL);
  const row = Array.from({ length: D_MODEL }, (_, idx) => file.readFloatLE(start + 4 * idx));
  expect(row.every(Number.isFinite)).toBe(true);
  expect(row.some((value) => value !== 0)).toBe(true);
}

/** Those of the served pairs, in file order. */
async function distinctSentences(): Promise<string[]> {
  const [header = "", ...rows] = (await fewPairs()).trimEnd().split("\n");
  const columns = header.split("\t");
  const of = (row: string, name: string) => row.split("\t")[columns.indexOf(name)] ?? "";
  return [...new Set(rows.flatMap((row) => [of(row, "sentence_a"), of(row, "sentence_b")]))];
}
