import { type ChosenFile, chosen } from "./support/bad_model.ts";
import { expect, test } from "./support/fixtures.ts";
import { serveTinyModel } from "./support/tiny_model.ts";

const HEADER = "sentence_a\tsentence_b\tlabel\tscore\n";
/** Lines 2 to 7. No sentence comes twice, so that some of them can be held out. */
const GOOD_ROWS = [1, 2, 3, 4, 5, 6]
  .map((n) => `Cat ${n} sleeps.\tAnimal ${n} rests.\t${n % 2 === 0 ? "neutral" : "entailment"}\t${n / 2}\n`)
  .join("");
const HTML = "<img src=x onerror=alert(1)><b>bold</b>";

interface FileWithBadRows {
  title: string;
  file: () => ChosenFile;
  nGood: number;
  report: readonly RegExp[];
  refusal: RegExp;
}

// What can be wrong with a file of pairs is tested natively: crate/sbert/tests/import/faults.rs and the tests of
// crate/sbert/src/import/decode.rs. Here what the page makes of it.
const WITH_BAD_ROWS: readonly FileWithBadRows[] = [
  {
    title: "rows with a fault each",
    file: () =>
      chosen(
        "pairs.tsv",
        Buffer.concat([
          Buffer.from(HEADER + GOOD_ROWS),
          // Two letters of UTF-8, so that the one byte below that is none is a fault of its row.
          Buffer.from("Öl und Ähren.\tIt flies.\n"),
          Buffer.from("\tIt flies.\tneutral\t1\n"),
          Buffer.from("A \0bird.\tIt flies.\tneutral\t1\n"),
          Buffer.from("caf\xe9\tA bar.\tneutral\t1\n", "latin1"),
          Buffer.from("A bird.\tIt flies.\tneutral\tvery\n"),
          Buffer.from(`${"very ".repeat(200_000)}\tLong.\tneutral\t1\n`),
        ]),
      ),
    nGood: 6,
    report: [
      /1 row with more or fewer cells[^:]*Line 8:/,
      /1 row without one of the sentences[^:]*Line 9:/,
      /1 row with NUL bytes[^:]*Line 10:/,
      /1 row that aren't text in the file's encoding[^:]*Line 11:/,
      /1 row whose similarity[^:]*Line 12:/,
      /1 row with a sentence that is longer[^:]*Line 13:/,
    ],
    refusal: /pairs\.tsv, line 8: has 2 columns, expected 4/,
  },
  {
    title: "a line that isn't JSON",
    file: () => {
      const row = (a: string, b: string, label: string) =>
        JSON.stringify({ sentence1: a, sentence2: b, gold_label: label });
      const rows = [1, 2, 3, 4].map((n) => row(`Cat ${n}.`, `Dog ${n}.`, n % 2 === 0 ? "neutral" : "entailment"));
      return chosen("pairs.jsonl", [rows[0], rows[1], '{"sentence1": ', rows[2], rows[3], ""].join("\n"));
    },
    nGood: 4,
    report: [/1 row that aren't JSON objects[^:]*Line 3:/],
    refusal: /pairs\.jsonl, line 3/,
  },
];

test("bad files of pairs: the page says what is wrong with each, and goes on with the pairs it has", async ({
  lab,
  page,
}) => {
  await serveTinyModel(page);
  await lab.openReady();

  await test.step("a picture is refused", async () => {
    await lab.choosePairFile(chosen("pairs.csv", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")));
    await lab.expectError(lab.data, /pairs\.csv is a PNG image/, /./);
    await lab.expectStillWorking();
  });

  for (const { title, file, nGood, report, refusal } of WITH_BAD_ROWS) {
    await test.step(`${title}: left out and reported with their lines, or the file is refused`, async () => {
      await lab.choosePairFile(file());
      await page.getByTestId("import-use").click();
      const { name } = file();
      await expect(lab.data.getByTestId("corpus-status")).toContainText(`${name}: ${nGood} pairs`);
      await expect(page.getByTestId("error")).toHaveCount(0);
      const shown = page.getByTestId("import-report");
      await shown.locator("summary").first().click();
      for (const reason of report) await expect(shown).toHaveText(reason);
      await lab.expectStillWorking();

      await lab.choosePairFile(file());
      await page
        .getByTestId("bad-rows")
        .getByText(/refuse/i)
        .click();
      await page.getByTestId("import-use").click();
      await expect(page.getByTestId("error").locator(".notice-message")).toHaveText(refusal);
      await lab.expectStillWorking();
      await page.getByTestId("import-cancel").click();
    });
  }

  await test.step("a file whose columns nobody can guess is asked about, and refused until it is clear", async () => {
    await lab.choosePairFile(chosen("words.csv", "word,n\none,1\ntwo,2\nthree,3\n"));
    await expect(page.getByTestId("import-question")).toBeVisible();
    await expect(page.getByTestId("import-use")).toBeDisabled();
    await page.getByTestId("import-cancel").click();
    await expect(page.getByTestId("import-card")).toHaveCount(0);
    await lab.expectStillWorking();
  });

  await test.step("HTML in sentences, classes, column names and the file's name is text", async () => {
    const row = (n: number, label: string) => `${HTML} ${n}\tA sentence ${n}.\t${label}\n`;
    const rows = [1, 2, 3, 4].map((n) => row(n, n % 2 === 0 ? HTML : "plain")).join("");
    await lab.choosePairFile(chosen("<img src=x onerror=alert(1)>.tsv", `sentence1\tsentence2\tlabel\n${rows}`));
    await expect(page.getByTestId("import-card")).toContainText(HTML);
    await page.getByTestId("import-use").click();
    await expect(lab.data.getByTestId("corpus-status")).toContainText("<img src=x onerror=alert(1)>.tsv: 4 pairs");
    await expect(lab.data.getByText(`${HTML} 1`, { exact: true }).first()).toBeVisible();
    // That no dialog came up is checked after every test.
    await expect(page.locator("img, main b")).toHaveCount(0);
  });
});
