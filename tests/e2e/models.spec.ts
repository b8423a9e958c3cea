import { chosen, filesOf, tinyFolder } from "./support/bad_model.ts";
import { expect, test } from "./support/fixtures.ts";
import { RUN_MILLIS } from "./support/lab_page.ts";
import { HUB_ORIGIN } from "./support/site.mjs";
import { serveTinyModel } from "./support/tiny_model.ts";
import { zipOf } from "./support/zip.mjs";

const TINY = "google/bert_uncased_L-2_H-128_A-2";

test.beforeEach(async ({ lab, page, watch }) => {
  watch.allowed.push(HUB_ORIGIN);
  await serveTinyModel(page);
  await lab.openReady();
});

test("a model is fetched by its hub id, kept, and not fetched again", async ({ lab, page, watch }) => {
  await test.step("its files come from the hub's commit, by a pasted address too", async () => {
    await lab.askHub(`https://huggingface.co/${TINY}/tree/main`);
    await expect(lab.modelStatus).toContainText(TINY);
    await expect(lab.model).toContainText("30,522");
    await lab.expectStillWorking();
  });
  const asked = () => watch.requests.filter((request) => request.url().startsWith(HUB_ORIGIN));
  expect(asked().map((request) => new URL(request.url()).pathname.split("/").at(-1))).not.toContain(
    "pytorch_model.bin",
  );

  await test.step("the next visit has it", async () => {
    await lab.openReady();
    const nAsked = asked().length;
    await lab.openModelSources("kept");
    await expect(page.getByTestId("kept-models")).toContainText(TINY);
    await expect(page.getByTestId("kept-models")).toContainText(/\d+(\.\d)? MB/);
    await page
      .getByTestId("kept-models")
      .locator("li, tr")
      .filter({ hasText: TINY })
      .getByRole("button", { name: /^Load/ })
      .click();
    await expect(lab.modelStatus).toContainText(TINY);
    expect(asked().length).toBe(nAsked);
    await lab.expectStillWorking();
  });

  await test.step("what is deleted is gone", async () => {
    await page
      .getByTestId("kept-models")
      .locator("li, tr")
      .filter({ hasText: TINY })
      .getByRole("button", { name: /^Delete/ })
      .click();
    await expect(page.getByTestId("kept-models")).not.toContainText(TINY);
    await lab.openReady();
    await lab.openModelSources("kept");
    await expect(page.getByTestId("kept-models")).not.toContainText(TINY);
  });
});

/** Ids of the hub's models that can't be had or used, and what is said of each. */
const REFUSED = [
  ["that nobody may have", "test/gated", /test\/gated/],
  ["that doesn't exist", "nobody/nothing", /nobody\/nothing/],
  ["without safetensors", "test/pickle-only", /pytorch_model\.bin/],
  ["of another architecture", "FacebookAI/roberta-base", /roberta/],
  ["whose bytes aren't those of the hub", "test/damaged", /model\.safetensors is damaged: its SHA-256 is/],
] as const;

test("a download that breaks goes on where it was, and a model that is no use is refused", async ({ lab, page }) => {
  await test.step("a download that breaks", async () => {
    await lab.askHub("test/breaks-once");
    await expect(lab.modelStatus).toContainText("test/breaks-once");
    await lab.expectStillWorking();
    const requests: { path: string; range: string | null }[] = await (
      await page.request.get(`${HUB_ORIGIN}/requests`)
    ).json();
    const ofWeights = requests.filter(
      ({ path }) => path.startsWith("/test/breaks-once/") && path.endsWith(".safetensors"),
    );
    // Eight megabytes had come and been kept.
    expect(ofWeights.map(({ range }) => range)).toEqual([null, "bytes=8000000-"]);
  });

  for (const [what, id, message] of REFUSED) {
    await test.step(`a model ${what}`, async () => {
      await lab.askHub(id);
      await lab.expectError(lab.model, message, /./);
      await lab.expectStillWorking();
      await expect(lab.modelStatus).toContainText("test/breaks-once");
    });
  }
});

test("a zip is a model, of which the first layer may be taken alone; a random one of any size is drawn and learns", async ({
  lab,
  page,
}) => {
  test.setTimeout(RUN_MILLIS);
  await test.step("a zip", async () => {
    const entries = filesOf(await tinyFolder()).map(({ name, buffer }) => ({ name: `tiny/${name}`, bytes: buffer }));
    await lab.chooseModelFiles([chosen("tiny.zip", zipOf(entries))]);
    await expect(lab.modelStatus).toContainText("tiny");
    await lab.type("A lantern hangs in the window.", "A lamp is lit.");
    await lab.expectAnswer();
    const whole = await lab.cosine("before");

    await page.getByTestId("model-depth").selectOption("1");
    await lab.model.getByRole("button", { name: "Load with these layers" }).click();
    await expect(lab.model.getByRole("button", { name: "Load with these layers" })).toHaveCount(0);
    await expect(lab.modelStatus).toContainText("is loaded");
    await lab.expectStillWorking();
    await lab.type("A lantern hangs in the window.", "A lamp is lit.");
    await lab.expectAnswer();
    await expect.poll(() => lab.cosine("before")).not.toBe(whole);
  });

  await test.step("a random model", async () => {
    await lab.openModelSources("random");
    for (const [name, value] of Object.entries({ n_layers: 1, d_model: 32, n_heads: 2, d_ff: 64, max_positions: 64 })) {
      await page.getByTestId(`random-${name.replaceAll("_", "-")}`).fill(String(value));
    }
    await page.getByTestId("load-random").click();
    await expect(lab.modelStatus).toContainText("Random, 1 layer of 32 is loaded");
    await expect(lab.model).toContainText("64 tokens");
    await expect(lab.errorIn(lab.model)).toHaveCount(0);
    await lab.freeze("nothing");
    await lab.trainToEnd();
    await lab.type("The ferry leaves at noon.", "The boat departs at twelve.");
    await lab.expectAnswer();
    expect(await lab.cosine("after")).not.toBe(await lab.cosine("before"));
  });
});
