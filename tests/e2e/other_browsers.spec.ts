// The built page in browsers other than Chromium, the same steps in each. They are driven by what a page can do to itself:
// that is what their drivers have in common.

import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { RUN_MILLIS } from "./support/lab_page.ts";
import { type BrowserPage, OTHER_BROWSERS } from "./support/other_browsers.ts";
import { BASE_URL } from "./support/site.mjs";

/** Browsers that must be there, by their titles: the workflow has all of them. */
const REQUIRED = (process.env.OTHER_BROWSERS ?? "").split(" ");

for (const { title, path, open } of OTHER_BROWSERS) {
  if (path === null && !REQUIRED.includes(title)) {
    // Said by the process that collects the tests, and not again by the one that runs them.
    if (process.env.TEST_WORKER_INDEX === undefined) console.log(`${title} is not on this machine: not tried`);
    continue;
  }
  test(`${title}: loads, compares, trains, goes on after a reload, exports`, async () => {
    test.setTimeout(3 * RUN_MILLIS);
    if (path === null) throw new Error(`${title} is not on this machine`);
    const page = await open(path);
    try {
      await tryOut(new Visitor(page), title);
    } finally {
      await page.close();
    }
  });
}

/** Does and sees what the elements with these test ids offer. */
class Visitor {
  readonly page: BrowserPage;

  constructor(page: BrowserPage) {
    this.page = page;
  }

  text(id: string): Promise<string> {
    return this.page.evaluate((query) => document.querySelector(query)?.textContent ?? "", byId(id));
  }

  /** An attribute; empty without the element. */
  attribute(id: string, name: string): Promise<string> {
    const find = ([query, attribute]: [string, string]) =>
      document.querySelector(query)?.getAttribute(attribute) ?? "";
    return this.page.evaluate(find, [byId(id), name] as [string, string]);
  }

  async click(query: string): Promise<void> {
    // A disabled button isn't clicked either.
    const click = (of: string) => {
      const element = document.querySelector<HTMLInputElement>(of);
      if (element === null || element.disabled) return false;
      element.click();
      return true;
    };
    await expect.poll(() => this.page.evaluate(click, query), query).toBe(true);
  }

  async type(id: string, text: string): Promise<void> {
    const type = ([query, value]: [string, string]) => {
      const field = document.querySelector<HTMLTextAreaElement>(query);
      if (field === null) throw new Error(`there is no ${query}`);
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    await this.page.evaluate(type, [byId(id), text] as [string, string]);
  }

  async isReady(): Promise<void> {
    await expect.poll(() => this.text("model-status"), "the model").toContain("is loaded");
    await expect.poll(() => this.text("corpus-status"), "the pairs").toContain("held out to score with");
  }

  /** The cosine and the first probability of two sentences. */
  async compare(moment: "before" | "after", sentences: readonly [string, string]): Promise<[number, number]> {
    await this.type("sentence-a", sentences[0]);
    await this.type("sentence-b", sentences[1]);
    const isAnswered = () => document.querySelector('.comparisons[aria-busy="false"]') !== null;
    await expect.poll(() => this.page.evaluate(isAnswered, null), "the answer").toBe(true);
    const values = [`cosine-${moment}`, `probability-${moment}-entailment`].map((id) => this.attribute(id, "data-value"));
    const [cosine, probability] = (await Promise.all(values)).map((value) => (value === "" ? Number.NaN : Number(value)));
    return [cosine ?? Number.NaN, probability ?? Number.NaN];
  }
}

const byId = (id: string) => `[data-testid="${id}"]`;

async function tryOut(visitor: Visitor, title: string): Promise<void> {
  const { page } = visitor;
  const { sentences, cosine } = await reference();

  await test.step("it loads, says what it computes on, and why not on a GPU", async () => {
    await page.goto(BASE_URL);
    await visitor.isReady();
    const computesOn = await visitor.text("compute-summary");
    expect(computesOn).toMatch(/Computes on (CPU|WebGPU)/);
    if (computesOn.includes("CPU")) expect(await visitor.text("compute-reason")).not.toBe("");
    console.log(`${title}: ${computesOn} ${await visitor.text("relaxed-simd")}`);
  });

  await test.step("it compares two sentences as PyTorch does", async () => {
    // The weights beside the page are in half precision.
    expect((await visitor.compare("before", sentences))[0]).toBeCloseTo(cosine, 3);
  });

  await test.step("it trains the head, and goes on with the saved run after a reload", async () => {
    await visitor.click(byId("freeze-backbone"));
    await visitor.click(byId("train-button"));
    const saved = () => visitor.text("saved-run-status");
    await expect.poll(saved, { timeout: RUN_MILLIS, intervals: [50] }).toMatch(/Saved at step \d+:/);
    await page.reload();
    await visitor.isReady();
    await visitor.click(byId("saved-run-resume"));
    const phase = () => visitor.text("train-phase");
    await expect.poll(phase, { timeout: RUN_MILLIS }).toContain("Finished in");
    const nSteps = (await visitor.text("step-count")).match(/of ([\d,]+)/)?.[1]?.replaceAll(",", "");
    expect(await visitor.attribute("curve-classification", "data-points")).toBe(nSteps);
  });

  await test.step("it exports the model, which is the same when it is loaded", async () => {
    const trained = await visitor.compare("after", sentences);
    expect(trained[0]).toBeCloseTo(cosine, 3);
    await page.evaluate(() => {
      const toUrl = URL.createObjectURL;
      URL.createObjectURL = (file) => {
        Object.assign(window, { exported: file });
        return toUrl.call(URL, file);
      };
    }, null);
    await visitor.click(byId("export-model"));
    await expect.poll(() => visitor.text("exported"), { timeout: RUN_MILLIS }).toContain("MB");

    await visitor.click(`${byId("model-sources")} input[value=files]`);
    await page.evaluate((query) => {
      const { exported } = window as unknown as { exported: Blob };
      const chosen = new DataTransfer();
      chosen.items.add(new File([exported], "trained.zip"));
      const picker = document.querySelector<HTMLInputElement>(query);
      if (picker === null) throw new Error(`there is no ${query}`);
      picker.files = chosen.files;
      picker.dispatchEvent(new Event("change", { bubbles: true }));
    }, byId("model-files"));
    await expect.poll(() => visitor.text("model-head")).toContain("entailment, neutral, contradiction");
    const returned = await visitor.compare("before", sentences);
    for (const [idx, value] of trained.entries()) expect(returned[idx]).toBeCloseTo(value, 5);
  });
  expect(await visitor.text("error")).toBe("");
}

/** Two sentences and the cosine of their embeddings, which PyTorch computed (tests/oracle). */
async function reference(): Promise<{ sentences: [string, string]; cosine: number }> {
  const file = new URL("../oracle/minilm.json", import.meta.url);
  const [a, b] = JSON.parse(await readFile(file, "utf8")).sentences as { text: string; embedding: number[] }[];
  if (a === undefined || b === undefined) throw new Error("there are no two sentences");
  const dot = (u: number[], v: number[]) => u.reduce((sum, value, idx) => sum + value * (v[idx] ?? Number.NaN), 0);
  const [u, v] = [a.embedding, b.embedding];
  return { sentences: [a.text, b.text], cosine: dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v)) };
}
