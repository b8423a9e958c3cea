/**
 * A diary of what the page showed, kept inside the page, so that what is on screen for a moment only is not missed by a
 * test that looks now and then.
 */

import type { Page } from "@playwright/test";

/** Test ids whose values are written down: of a progress bar its value, of a curve its last point, else the text. */
const WATCHED = [
  "model-status",
  "model-progress",
  "preparing-progress",
  "train-phase",
  "train-progress",
  "step-count",
  "eta",
  "curve-classification",
  "curve-regression",
] as const;

export type Watched = (typeof WATCHED)[number];

interface Diary {
  values: Record<string, string[]>;
  longTasks: { startTime: number; duration: number }[];
}

type WithDiary = typeof globalThis & { diary: Diary };

/** Begin the diary with the next page that is opened. */
export async function keepDiary(page: Page): Promise<void> {
  await page.addInitScript((watched: readonly string[]) => {
    const diary: Diary = { values: Object.fromEntries(watched.map((id) => [id, []])), longTasks: [] };
    (globalThis as WithDiary).diary = diary;

    const write = () => {
      for (const id of watched) {
        const element = document.querySelector(`[data-testid="${id}"]`);
        if (element === null) continue;
        // A bar's neighbour says in words how far it is; both are the visitor's progress.
        const value =
          element instanceof HTMLProgressElement
            ? `${element.hasAttribute("value") ? element.value / element.max : "unknown"} | ${element.nextElementSibling?.textContent ?? ""}`
            : element instanceof HTMLElement && element.dataset.step !== undefined
              ? `${element.dataset.step} ${element.dataset.value}`
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
  }, WATCHED);
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
