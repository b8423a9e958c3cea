import { open, readFile } from "node:fs/promises";
import type { Locator, Page, Route } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import type { LabPage } from "./support/lab_page.ts";

const DIST = new URL("../../dist/", import.meta.url);
const WEIGHTS = "models/all-MiniLM-L6-v2/model.safetensors";
const PAIRS = "data/demo-pairs.tsv";

interface BadFile {
  title: string;
  path: string;
  panel: (lab: LabPage) => Locator;
  /** What is served in the file's place. */
  serve: (route: Route) => Promise<void>;
  /** What the visitor is told: what is at fault, and what to do. */
  message: RegExp;
  remedy: RegExp;
}

const FILES: readonly BadFile[] = [
  {
    title: "weights that are not there",
    path: WEIGHTS,
    panel: (lab) => lab.model,
    serve: (route) => route.fulfill({ status: 404, body: "Not found" }),
    message: /^http:.+model\.safetensors was answered with status 404/,
    remedy: /try again/,
  },
  {
    title: "weights that are cut short",
    path: WEIGHTS,
    panel: (lab) => lab.model,
    serve: async (route) => route.fulfill({ body: await beginningOf(WEIGHTS, 1_000_000) }),
    message: /model\.safetensors/,
    remedy: /./,
  },
  {
    title: "a list of models that isn't there",
    path: "models/index.json",
    panel: (lab) => lab.model,
    serve: (route) => route.fulfill({ status: 404, body: "Not found" }),
    message: /models\/index\.json was answered with status 404/,
    remedy: /try again/,
  },
  {
    title: "pairs that are not there",
    path: PAIRS,
    panel: (lab) => lab.data,
    serve: (route) => route.fulfill({ status: 404, body: "Not found" }),
    message: /demo-pairs\.tsv was answered with status 404/,
    remedy: /try again/,
  },
  {
    title: "pairs with a score that is no number",
    path: PAIRS,
    panel: (lab) => lab.data,
    serve: async (route) => route.fulfill({ body: await pairsWith(1301, (cells) => cells.with(6, "high")) }),
    message: /demo-pairs\.tsv, line 1301, column "score": is "high", not a number/,
    remedy: /Mend or remove that row/,
  },
  {
    title: "a row that lacks a column",
    path: PAIRS,
    panel: (lab) => lab.data,
    serve: async (route) => route.fulfill({ body: await pairsWith(3, (cells) => cells.slice(0, 6)) }),
    message: /demo-pairs\.tsv, line 3: has 6 columns, expected 7/,
    remedy: /Mend or remove that row/,
  },
];

for (const { title, path, panel, serve, message, remedy } of FILES) {
  test(`${title}: the page names the file and what to do, and goes on once it is mended`, async ({ lab, page }) => {
    await page.route(`**/${path}`, serve);
    await lab.open();
    const error = lab.errorIn(panel(lab));
    await expect(error.locator(".notice-message")).toHaveText(message);
    await expect(error.locator("p").nth(1)).toHaveText(remedy);
    await expect(lab.trainButton).toBeDisabled();
    await expectNoOtherError(page);

    await page.unroute(`**/${path}`);
    await lab.retry(panel(lab));
    await lab.expectReady();
    await expect(error).toHaveCount(0);
    await lab.expectAnswer();
  });
}

async function expectNoOtherError(page: Page): Promise<void> {
  await expect(page.getByTestId("error")).toHaveCount(1);
}

async function beginningOf(path: string, nBytes: number): Promise<Buffer> {
  const file = await open(new URL(path, DIST));
  try {
    return (await file.read(Buffer.alloc(nBytes), 0, nBytes, 0)).buffer;
  } finally {
    await file.close();
  }
}

/** The demo pairs with the cells of one line (counted from 1, the header included), or of all, changed. */
async function pairsWith(line: number | "all", change: (cells: string[]) => string[]): Promise<string> {
  const lines = (await readFile(new URL(PAIRS, DIST), "utf8")).split("\n");
  const changed = lines.map((text, idx) =>
    text !== "" && (line === "all" || line === idx + 1) ? change(text.split("\t")).join("\t") : text,
  );
  return changed.join("\n");
}
