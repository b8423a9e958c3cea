import { chosen } from "./support/bad_model.ts";
import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS, shownNumber } from "./support/lab_page.ts";
import { serveTinyModel } from "./support/tiny_model.ts";

/** In STS-B's layout: no header, two sentences and a score from 0 to 5. */
const STS = Array.from(
  { length: 60 },
  (_, n) => `A ${WORD(n)} is near.,"The ${WORD(n)}, it is close.",${((n * 7) % 51) / 10}\n`,
).join("");

/** In SNLI's layout, in which "-" is no class. */
const SNLI = Array.from({ length: 60 }, (_, n) =>
  JSON.stringify({
    annotator_labels: ["neutral"],
    captionID: `${n}.jpg#0`,
    gold_label: ["entailment", "neutral", "contradiction", "-"][n % 4],
    pairID: `${n}r1n`,
    sentence1: `A ${WORD(n)} is here.`,
    sentence1_parse: "(ROOT (S (NP (DT A))))",
    sentence2: `There is a ${WORD(n + 1)}.`,
  }),
).join("\n");

function WORD(n: number): string {
  const words = ["kettle", "lantern", "violin", "harbour", "meadow", "tunnel", "museum", "ladder", "garden", "bridge"];
  return `${words[n % 10]} ${words[Math.floor(n / 10) % 10]}`;
}

test.beforeEach(async ({ lab, page }) => {
  await serveTinyModel(page);
  await lab.openReady();
});

test("pairs in the layouts that people have are recognised, trained on and scored", async ({ lab, page }) => {
  test.setTimeout(3 * RUN_MILLIS);
  const status = lab.data.getByTestId("corpus-status");

  await test.step("STS pairs without a header", async () => {
    await lab.choosePairFile(chosen("sts-dev.csv", STS));
    const card = page.getByTestId("import-card");
    await expect(card).toContainText("60 rows");
    await expect(card).toBeFocused();
    await expect(page.getByTestId("column-role")).toHaveCount(3);
    await page.getByTestId("import-use").click();
    await expect(status).toContainText(/sts-dev\.csv: 60 pairs/);
    await lab.freeze("nothing");
    await lab.set("epochs", "1");
    await lab.trainToEnd();
    expect(await shownNumber(lab.score("spearman", "after"))).toBeGreaterThan(-1);
    await expect(lab.score("accuracy", "after")).toHaveCount(0);
  });

  await test.step("SNLI pairs, whose classes the head learns", async () => {
    await lab.choosePairFile(chosen("snli_1.0_dev.jsonl", SNLI));
    await expect(page.getByTestId("import-classes")).toContainText(/entailment.*neutral.*contradiction/s);
    await page.getByTestId("import-use").click();
    await expect(status).toContainText(/snli_1\.0_dev\.jsonl: 45 pairs/);
    await page.getByTestId("import-report").locator("summary").first().click();
    await expect(page.getByTestId("import-report")).toContainText("15 rows with neither a class nor a similarity");
    await lab.freeze("backbone");
    await lab.trainToEnd();
    expect(await shownNumber(lab.score("accuracy", "after"))).toBeGreaterThanOrEqual(0);
    await expect(lab.score("spearman", "after")).toHaveCount(0);
  });

  await test.step("any number of classes by any names, pasted, and nothing leaks", async () => {
    const names = ["same", "related", '"odd", one', "<b>none</b>", "опять"];
    const rows = Array.from({ length: 50 }, (_, n) => `A ${WORD(n)}.\tThe ${WORD(n * 3)}.\t${names[n % 5]}\n`);
    await lab.pastePairs(`text1\ttext2\tclass\n${rows.join("")}`);
    await page.getByTestId("import-use").click();
    await expect(status).toContainText("50 pairs");
    await lab.trainToEnd();
    await lab.type("A kettle.", "The lantern.");
    await lab.expectAnswer();
    for (const name of names) await expect(lab.tryIt.getByText(name, { exact: true }).first()).toBeVisible();
    await expect(page.getByTestId("leaking-sentences")).toHaveCount(0);
  });

  await test.step("a file of which the visitor says what the columns are", async () => {
    const row = (n: number) => `${n},x${n % 2},a ${WORD(n)} here,the ${WORD(n + 5)} there,${n % 3}\n`;
    await lab.choosePairFile(chosen("odd.csv", Array.from({ length: 20 }, (_, n) => row(n)).join("")));
    const roles = page.getByTestId("column-role");
    await roles.nth(4).selectOption("score");
    await roles.nth(1).selectOption("label");
    await page.getByTestId("import-use").click();
    await expect(status).toContainText("20 pairs");
    await expect(lab.data).toContainText("x0");
  });
});

test("a hundred thousand rows are read while the page listens, listed, and can be given up", async ({ lab, page }) => {
  test.setTimeout(RUN_MILLIS);
  const row = (n: number) => `${n}\tA ${WORD(n)} number ${n}.\tThe ${WORD(n + 1)} of ${n}.\t${(n % 6).toFixed(1)}\n`;
  const body = `id\tsentence1\tsentence2\tscore\n${Array.from({ length: 100_000 }, (_, n) => row(n)).join("")}`;

  await lab.choosePairFile(chosen("many.tsv", body));
  await expect(page.getByTestId("import-card")).toContainText("100,000 rows");
  await page.getByTestId("import-use").click();
  await expect(page.getByTestId("import-progress")).toBeVisible();
  await page
    .getByTestId("import-progress")
    .getByRole("button", { name: /Cancel/ })
    .click();
  await expect(page.getByTestId("import-progress")).toHaveCount(0);
  // The card is shown again, unless the worker had read everything by then.
  if (await page.getByTestId("import-card").isVisible()) await page.getByTestId("import-cancel").click();
  await lab.expectStillWorking();

  // By another name, because the first file may be loaded after all, and is there until this one takes its place.
  await lab.choosePairFile(chosen("again.tsv", body));
  await page.getByTestId("import-use").click();
  await expect(lab.data).toContainText("again.tsv: 100,000 pairs", { timeout: RUN_MILLIS });
  const list = page.getByTestId("pair-list");
  expect(await list.getByRole("row").count()).toBeLessThan(100);
  await lab.data.getByRole("searchbox").fill("number 99999.");
  await expect(list).toContainText("number 99999.");
  await expect(lab.data).toContainText(/1 .*of 100,000|of 1 pairs?/);
  await lab.expectStillWorking();
});

test("a file in Windows-1252 is read, and inspected again in the encoding that is chosen", async ({ lab, page }) => {
  const rows = Array.from({ length: 12 }, (_, n) => {
    const animal = n % 3 === 0 ? "Käfer" : "Hund";
    return `Der ${animal} ${n} ist da.;Ein Tier, ${animal} ${n}, ist hier.;${(n * 7) % 6},5\r\n`;
  });
  await lab.choosePairFile(chosen("kaefer.csv", Buffer.from(rows.join(""), "latin1")));
  const card = page.getByTestId("import-card");
  const encoding = page.getByTestId("import-encoding");
  await expect(encoding).toHaveValue("windows1252");
  await expect(card).toContainText("Der Käfer 3 ist da.");
  await encoding.selectOption("utf8");
  await expect(card).not.toContainText("Käfer");
  await expect(encoding).toHaveValue("utf8");
  await encoding.selectOption("windows1252");
  await expect(card).toContainText("Der Käfer 3 ist da.");
  await page.getByTestId("import-use").click();
  await expect(lab.data.getByTestId("corpus-status")).toContainText(/kaefer\.csv: 12 pairs/);
});
