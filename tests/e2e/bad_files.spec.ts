import type { Route } from "@playwright/test";
import { expect, test } from "./support/fixtures.ts";
import { fewPairs, N_HELD_OUT, N_TRAIN, serveTinyModel } from "./support/tiny_model.ts";

interface BadFile {
  title: string;
  path: string;
  /** What is served in the file's place. */
  serve: (route: Route) => Promise<void>;
  /** What the visitor is told: what is at fault, and what to do. */
  message: RegExp;
  remedy: RegExp;
}

const PAIRS = "data/demo-pairs.tsv";
/** The header is line 1. */
const LAST_LINE = 1 + N_TRAIN + N_HELD_OUT;

const notFound = (route: Route) => route.fulfill({ status: 404, body: "Not found" });

const OF_MODEL: readonly BadFile[] = [
  {
    title: "a list of models that isn't there",
    path: "models/index.json",
    serve: notFound,
    message: /models\/index\.json was answered with status 404/,
    remedy: /try again/,
  },
  {
    title: "weights that are not there",
    path: "models/all-MiniLM-L6-v2/model.safetensors",
    serve: notFound,
    message: /^http:.+model\.safetensors was answered with status 404/,
    remedy: /try again/,
  },
];

const OF_PAIRS: readonly BadFile[] = [
  {
    title: "pairs that are not there",
    path: PAIRS,
    serve: notFound,
    message: /demo-pairs\.tsv was answered with status 404/,
    remedy: /try again/,
  },
  {
    title: "a score that is no number",
    path: PAIRS,
    serve: async (route) => route.fulfill({ body: await pairsWith(LAST_LINE, (cells) => cells.with(6, "high")) }),
    message: new RegExp(`demo-pairs\\.tsv, line ${LAST_LINE}, column "score": is "high", not a number`),
    remedy: /Mend or remove that row/,
  },
  {
    title: "a row that lacks a column",
    path: PAIRS,
    serve: async (route) => route.fulfill({ body: await pairsWith(3, (cells) => cells.slice(0, 6)) }),
    message: /demo-pairs\.tsv, line 3: has 6 columns, expected 7/,
    remedy: /Mend or remove that row/,
  },
];

for (const [what, panelOf, files] of [
  ["model", "model", OF_MODEL],
  ["pairs", "data", OF_PAIRS],
] as const) {
  test(`bad files of the ${what}: the page names each and what to do, and goes on once all are mended`, async ({
    lab,
    page,
  }) => {
    await serveTinyModel(page);
    const panel = lab[panelOf];
    for (const [idx, { title, path, serve, message, remedy }] of files.entries()) {
      await test.step(title, async () => {
        await page.route(`**/${path}`, serve);
        if (idx === 0) await lab.open();
        else await lab.retry(panel);
        await lab.expectError(panel, message, remedy);
        await expect(lab.trainButton).toBeDisabled();
        await page.unroute(`**/${path}`, serve);
      });
    }
    await lab.retry(panel);
    await lab.expectReady();
    await expect(lab.errorIn(panel)).toHaveCount(0);
    await lab.expectAnswer();
  });
}

/** The few demo pairs with the cells of one line, counted from 1, changed. */
async function pairsWith(line: number, change: (cells: string[]) => string[]): Promise<string> {
  const lines = (await fewPairs()).split("\n");
  return lines.map((text, idx) => (line === idx + 1 ? change(text.split("\t")).join("\t") : text)).join("\n");
}
