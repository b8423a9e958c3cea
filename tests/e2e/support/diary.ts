/**
 * A diary of what the page showed, kept inside the page, so that what is on screen for a moment only is not missed by a
 * test that looks now and then.
 */

import type { Page } from "@playwright/test";

/** Test ids whose values are written down: of a progress bar its value, else the text. */
const WATCHED = [
  "model-status",
  "model-progress",
  "preparing-progress",
  "train-phase",
  "train-progress",
  "step-count",
  "eta",
] as const;

/** Curves, of which every point is written down as the worker tells it: several may be drawn at once. */
const CURVES = ["classification", "regression"] as const;

export type Watched = (typeof WATCHED)[number] | `curve-${(typeof CURVES)[number]}`;

interface Diary {
  values: Record<string, string[]>;
  longTasks: { startTime: number; duration: number }[];
}

type WithDiary = typeof globalThis & { diary: Diary };

/** Begin the diary with the next page that is opened. */
export async function keepDiary(page: Page): Promise<void> {
  const what = { watched: WATCHED, curves: CURVES } as { watched: readonly string[]; curves: readonly string[] };
  await page.addInitScript(({ watched, curves }) => {
    const ids = [...watched, ...curves.map((curve) => `curve-${curve}`)];
    const diary: Diary = { values: Object.fromEntries(ids.map((id) => [id, []])), longTasks: [] };
    (globalThis as WithDiary).diary = diary;

    globalThis.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener("message", ({ data: events }) => {
          for (const { kind, report } of events) {
            if (kind !== "stepped") continue;
            for (const curve of curves) {
              const loss = report.losses[curve];
              if (loss !== undefined) diary.values[`curve-${curve}`]?.push(`${report.step} ${loss}`);
            }
          }
        });
      }
    };

    const write = () => {
      for (const id of watched) {
        const element = document.querySelector(`[data-testid="${id}"]`);
        if (element === null) continue;
        // A bar's neighbour says in words how far it is; both are the visitor's progress.
        const value =
          element instanceof HTMLProgressElement
            ? `${element.hasAttribute("value") ? element.value / element.max : "unknown"} | ${element.nextElementSibling?.textContent ?? ""}`
            : (element.textContent ?? "");
        const values = diary.values[id] as string[];
        if (values.at(-1) !== value) values.push(value);
      }
    };
    const options = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(write).observe(document, options);
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) diary.longTasks.push({ startTime, duration });
    }).observe({ type: "longtask", buffered: true });
  }, what);
}

/** Every value that `id` has shown, in order. */
export function shownBy(page: Page, id: Watched): Promise<string[]> {
  return page.evaluate((key) => (globalThis as WithDiary).diary.values[key] ?? [], id);
}

/** Milliseconds of the longest task of the main thread since `since` (of the page's clock); 0 if none took over 50 ms. */
export function longestTaskMillis(page: Page, since: number): Promise<number> {
  return page.evaluate(
    (start) =>
      (globalThis as WithDiary).diary.longTasks
        .filter((task) => task.startTime >= start)
        .reduce((longest, task) => Math.max(longest, task.duration), 0),
    since,
  );
}

/** The page's clock, in milliseconds. */
export function pageClock(page: Page): Promise<number> {
  return page.evaluate(() => performance.now());
}
