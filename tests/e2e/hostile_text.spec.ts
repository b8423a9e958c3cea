import { expect, test } from "./support/fixtures.ts";
import { serveTinyModel } from "./support/tiny_model.ts";

const HTML = "<img src=x onerror=alert(1)><b>bold</b>";
const HEADER = "id\tsplit\tgroup\tsentence_a\tsentence_b\tlabel\tscore\n";

test("HTML in a message about the pairs, in the pairs and in the fields is text", async ({ lab, page }) => {
  await serveTinyModel(page);
  let body = "";
  await page.route("**/data/demo-pairs.tsv", (route) => route.fulfill({ body }));

  await test.step("in a message", async () => {
    const label = (n: number) => (n % 2 === 0 ? "neutral" : "entailment");
    const row = (n: number, score: string) => `${n}\ttrain\tg\tOne ${n}.\tTwo ${n}.\t${label(n)}\t${score}\n`;
    body = `${HEADER}${[1, 2, 3, 4, 5].map((n) => row(n, `${n}`)).join("")}${row(6, HTML)}`;
    await lab.open();
    await expect(lab.errorIn(lab.data)).toContainText(HTML);
    await expect(page.locator("img, b")).toHaveCount(0);
  });

  await test.step("in the pairs and in the fields", async () => {
    body = `${HEADER}1\ttrain\tg\t${HTML} one\tTwo.\tneutral\t1.0\n2\theldout\th\tThree.\tFour.\tneutral\t1.0\n`;
    await lab.retry(lab.data);
    await lab.expectReady();
    await lab.openDetails(lab.data);
    await expect(lab.data.getByRole("cell", { name: `${HTML} one`, exact: true })).toBeVisible();

    await lab.data.getByRole("button", { name: "Try the pair" }).first().click();
    await expect(page.getByTestId("sentence-a")).toHaveValue(`${HTML} one`);
    await lab.expectAnswer();
    await lab.type(HTML, HTML);
    await lab.expectAnswer();
    expect(await lab.cosine("before")).toBeCloseTo(1, 4);
    // That no dialog came up is checked after every test.
    await expect(page.locator("img, b")).toHaveCount(0);
  });
});
