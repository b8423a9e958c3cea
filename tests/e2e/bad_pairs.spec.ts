import { type ChosenFile, chosen } from "./support/bad_model.ts";
import { expect, test } from "./support/fixtures.ts";
import { serveTinyModel } from "./support/tiny_model.ts";

const HEADER = "sentence_a\tsentence_b\tlabel\tscore\n";
/** Lines 2 to 7. No sentence comes twice, so that some of them can be held out. */
const GOOD_ROWS = [1, 2, 3, 4, 5, 6]
  .map((n) => `Cat ${n} sleeps.\tAnimal ${n} rests.\t${n % 2 === 0 ? "neutral" : "entailment"}\t${n / 2}\n`)
  .join("");
const HTML = "<img src=x onerror=alert(1)><b>bold</b>";

interface RefusedFile {
  title: string;
  file: () => ChosenFile;
  message: RegExp;
  remedy: RegExp;
}

/** Files that can't be taken at all. */
const REFUSED: readonly RefusedFile[] = [
  {
    title: "a picture",
    file: () => chosen("pairs.csv", Buffer.from("89504e470d0a1a0a0000000d49484452000000100000001008", "hex")),
    message: /pairs\.csv/,
    remedy: /./,
  },
  {
    title: "UTF-16 that doesn't say so",
    file: () => chosen("pairs.tsv", Buffer.from(HEADER + GOOD_ROWS, "utf16le")),
    message: /pairs\.tsv.*UTF-16/,
    remedy: /./,
  },
  { title: "an empty file", file: () => chosen("pairs.tsv", ""), message: /pairs\.tsv holds no pair/, remedy: /./ },
  {
    title: "a header and nothing else",
    file: () => chosen("pairs.tsv", HEADER),
    message: /pairs\.tsv holds no pair/,
    remedy: /./,
  },
];

/** Files with rows that can't be used, beside rows that can. */
const SKIPPED: readonly { title: string; file: () => ChosenFile; report: RegExp }[] = [
  {
    title: "rows that lack a cell",
    file: () => chosen("pairs.tsv", `${HEADER}${GOOD_ROWS}A bird.\tIt flies.\n`),
    report: /1 row with more or fewer cells.*Line 8/s,
  },
  {
    title: "rows without a sentence",
    file: () => chosen("pairs.tsv", `${HEADER}${GOOD_ROWS}\tIt flies.\tneutral\t1\n`),
    report: /1 row without one of the sentences.*Line 8/s,
  },
  {
    title: "rows with NUL bytes",
    file: () => chosen("pairs.tsv", `${HEADER}${GOOD_ROWS}A \0bird.\tIt flies.\tneutral\t1\n`),
    report: /1 row with NUL bytes.*Line 8/s,
  },
  {
    title: "rows in another encoding",
    file: () =>
      chosen(
        "pairs.tsv",
        Buffer.concat([Buffer.from(HEADER + GOOD_ROWS), Buffer.from("caf\xe9\tA bar.\tneutral\t1\n", "latin1")]),
      ),
    report: /1 row that aren't text in the file's encoding|1 row.*encoding.*Line 8/s,
  },
  {
    title: "a row of a million characters",
    file: () => chosen("pairs.tsv", `${HEADER}${GOOD_ROWS}${"very ".repeat(200_000)}\tLong.\tneutral\t1\n`),
    report: /1 row with a sentence that is longer.*Line 8/s,
  },
  {
    title: "a similarity that is no number",
    file: () => chosen("pairs.tsv", `${HEADER}${GOOD_ROWS}A bird.\tIt flies.\tneutral\tvery\n`),
    report: /1 row whose similarity.*Line 8/s,
  },
  {
    title: "lines that aren't JSON",
    file: () => {
      const row = (a: string, b: string, label: string) =>
        JSON.stringify({ sentence1: a, sentence2: b, gold_label: label });
      const rows = [1, 2, 3, 4].map((n) => row(`Cat ${n}.`, `Dog ${n}.`, n % 2 === 0 ? "neutral" : "entailment"));
      return chosen("pairs.jsonl", [rows[0], rows[1], '{"sentence1": ', rows[2], rows[3], ""].join("\n"));
    },
    report: /1 row that aren't JSON objects.*Line 3/s,
  },
];

test.beforeEach(async ({ lab, page }) => {
  await serveTinyModel(page);
  await lab.openReady();
});

for (const { title, file, message, remedy } of REFUSED) {
  test(`${title}: the page says what is wrong, and goes on with the pairs it has`, async ({ lab, page }) => {
    await lab.choosePairFile(file());
    const error = lab.errorIn(lab.data);
    await expect(error.locator(".notice-message")).toHaveText(message);
    await expect(error.locator("p").nth(1)).toHaveText(remedy);
    await expect(page.getByTestId("error")).toHaveCount(1);
    await lab.expectStillWorking();
  });
}

for (const { title, file, report } of SKIPPED) {
  test(`${title}: they are left out and reported with their lines, or refuse the file`, async ({ lab, page }) => {
    await lab.choosePairFile(file());
    await page.getByTestId("import-use").click();
    await expect(lab.data.getByTestId("corpus-status")).toContainText(/pairs\.\w+: \d pairs/);
    await page.getByTestId("import-report").locator("summary").first().click();
    await expect(page.getByTestId("import-report")).toHaveText(report);
    await lab.expectStillWorking();

    await lab.choosePairFile(file());
    await page
      .getByTestId("bad-rows")
      .getByText(/refuse/i)
      .click();
    await page.getByTestId("import-use").click();
    await expect(page.getByTestId("error").locator(".notice-message")).toHaveText(/pairs\.\w+, line \d/);
    await lab.expectStillWorking();
  });
}

test("a file whose columns nobody can guess is asked about, and refused until it is clear", async ({ lab, page }) => {
  await lab.choosePairFile(chosen("words.csv", "word,n\none,1\ntwo,2\nthree,3\n"));
  await expect(page.getByTestId("import-question")).toBeVisible();
  await expect(page.getByTestId("import-use")).toBeDisabled();
  await page.getByTestId("import-cancel").click();
  await expect(page.getByTestId("import-card")).toHaveCount(0);
  await lab.expectStillWorking();
});

test("HTML in sentences, classes, column names and the file's name is text", async ({ lab, page }) => {
  const row = (n: number, label: string) => `${HTML} ${n}\tA sentence ${n}.\t${label}\n`;
  const rows = [1, 2, 3, 4].map((n) => row(n, n % 2 === 0 ? HTML : "plain")).join("");
  await lab.choosePairFile(chosen("<img src=x onerror=alert(1)>.tsv", `sentence1\tsentence2\tlabel\n${rows}`));
  await expect(page.getByTestId("import-card")).toContainText(HTML);
  await page.getByTestId("import-use").click();
  await expect(lab.data.getByTestId("corpus-status")).toContainText("4 pairs");
  await expect(lab.data.getByText(`${HTML} 1`, { exact: true }).first()).toBeVisible();
  // That no dialog came up is checked after every test.
  await expect(page.locator("img, main b")).toHaveCount(0);
});
