/** The page as its visitor sees and uses it. */

import { expect, type Locator, type Page } from "@playwright/test";
import { keepDiary } from "./diary.ts";
import type { Watch } from "./watch.ts";

export const CLASSES = ["entailment", "neutral", "contradiction"] as const;

export type Moment = "before" | "after";
export type Backend = "automatic" | "webgpu" | "ndarray" | "flex";
export type Freeze = "everything" | "backbone" | "last" | "head" | "nothing";

export type ModelKind = "served" | "hub" | "files" | "random" | "kept";

/** So that no two pairs of sentences are the same. */
let nTyped = 0;

/** A run on a slow processor may take minutes. */
export const RUN_MILLIS = 4 * 60_000;

export class LabPage {
  readonly page: Page;
  readonly #watch: Watch;

  readonly model: Locator;
  readonly modelStatus: Locator;
  readonly data: Locator;
  readonly train: Locator;
  readonly tryIt: Locator;
  readonly trainButton: Locator;
  readonly pauseButton: Locator;
  readonly resumeButton: Locator;
  readonly stopButton: Locator;
  readonly phase: Locator;
  readonly stepCount: Locator;
  /** The field that says how many workers are to share a run. */
  readonly workers: Locator;
  /** How many share the run; absent where there is one. */
  readonly workerCount: Locator;
  /** Why they are fewer than was asked for. */
  readonly workersProblem: Locator;
  /** What the page computes on, in a line. */
  readonly computesOn: Locator;
  /** Why that isn't the GPU, in full. */
  readonly reason: Locator;
  readonly backendChoice: Locator;
  /** That the GPU was lost, and how the page goes on. */
  readonly recovery: Locator;

  constructor(page: Page, watch: Watch) {
    this.page = page;
    this.#watch = watch;
    this.model = page.locator("#model");
    this.modelStatus = page.getByTestId("model-status");
    this.data = page.locator("#data");
    this.train = page.locator("#train");
    this.tryIt = page.locator("#try");
    this.trainButton = page.getByTestId("train-button");
    this.pauseButton = page.getByTestId("pause-button");
    this.resumeButton = page.getByTestId("resume-button");
    this.stopButton = page.getByTestId("stop-button");
    this.phase = page.getByTestId("train-phase");
    this.stepCount = page.getByTestId("step-count");
    this.workers = page.getByTestId("n-workers");
    this.workerCount = page.getByTestId("worker-count");
    this.workersProblem = page.getByTestId("workers-problem");
    this.computesOn = page.getByTestId("compute-summary");
    this.reason = page.getByTestId("compute-reason");
    this.backendChoice = page.getByTestId("compute-choice");
    this.recovery = page.getByTestId("recovery");
  }

  async open(): Promise<void> {
    await keepDiary(this.page);
    await this.page.goto("./");
  }

  /** Open and wait until a run could be started. */
  async openReady(): Promise<void> {
    await this.open();
    await this.expectReady();
  }

  /** Choose what to compute on; the details stay open. */
  async computeOn(backend: Backend): Promise<void> {
    await this.openComputeDetails();
    await this.backendChoice.selectOption(backend);
  }

  async openComputeDetails(): Promise<void> {
    if (!(await this.backendChoice.isVisible())) await this.computesOn.click();
  }

  /** `timeout`: a GPU in software takes its time to be checked. */
  async expectReady(timeout = 60_000): Promise<void> {
    await expect(this.model.getByTestId("model-status")).toContainText("is loaded", { timeout });
    await expect(this.data.getByTestId("corpus-status")).toContainText("held out to score with");
    await expect(this.trainButton).toBeEnabled();
  }

  /** Open what a part of the set-up shows on demand. */
  async openDetails(section: Locator): Promise<void> {
    const details = section.locator("details").first();
    if ((await details.getAttribute("open")) === null) await details.locator("summary").first().click();
  }

  /** Choose a model's files, as its visitor would in a file picker. */
  async chooseModelFiles(files: Parameters<Locator["setInputFiles"]>[0]): Promise<void> {
    await this.openModelSources("files");
    await this.page.getByTestId("model-files").setInputFiles(files);
  }

  /** Open the chooser of models at one of its kinds. */
  async openModelSources(kind: ModelKind): Promise<void> {
    await this.openDetails(this.model);
    const sources = this.page.getByTestId("model-sources");
    if ((await sources.getAttribute("open")) === null) await sources.locator("summary").first().click();
    await sources.locator(`input[type=radio][value=${kind}]`).check();
  }

  /** Ask the hub for a model. */
  async askHub(id: string): Promise<void> {
    await this.openModelSources("hub");
    await this.page.getByTestId("hub-id").fill(id);
    await this.page.getByTestId("load-hub").click();
  }

  /** Paste pairs into the page. */
  async pastePairs(text: string): Promise<void> {
    await this.openDetails(this.data);
    const sources = this.page.getByTestId("pair-sources");
    if ((await sources.getAttribute("open")) === null) await sources.locator("summary").first().click();
    await sources.locator("input[type=radio][value=paste]").check();
    await this.page.getByTestId("pair-paste").fill(text);
    await this.page.getByTestId("inspect-paste").click();
  }

  /** Choose a file of pairs. */
  async choosePairFile(file: Parameters<Locator["setInputFiles"]>[0]): Promise<void> {
    await this.openDetails(this.data);
    const sources = this.page.getByTestId("pair-sources");
    if ((await sources.getAttribute("open")) === null) await sources.locator("summary").first().click();
    await sources.locator("input[type=radio][value=file]").check();
    await this.page.getByTestId("pair-file").setInputFiles(file);
  }

  /** Whatever has just gone wrong, model and pairs are there, and sentences are compared. */
  async expectStillWorking(): Promise<void> {
    await expect(this.trainButton).toBeEnabled();
    nTyped += 1;
    await this.type(`The ${nTyped}th lantern is lit.`, "A lamp burns.");
    await this.expectAnswer();
    expect(await this.cosine("before")).toBeGreaterThan(-1);
  }

  /** One thing has gone wrong: the panel says what, and what to do about it. */
  async expectError(panel: Locator, message: RegExp, remedy: RegExp): Promise<void> {
    const error = this.errorIn(panel);
    await expect(error.locator(".notice-message")).toHaveText(message);
    await expect(error.locator("p").nth(1)).toHaveText(remedy);
    await expect(this.page.getByTestId("error")).toHaveCount(1);
  }

  /** The notice in a panel that says what went wrong. */
  errorIn(panel: Locator): Locator {
    return panel.getByTestId("error");
  }

  async retry(panel: Locator): Promise<void> {
    await this.errorIn(panel).getByRole("button", { name: "Retry" }).click();
  }

  async type(sentenceA: string, sentenceB: string): Promise<void> {
    this.#watch.secrets.add(sentenceA).add(sentenceB);
    await this.page.getByTestId("sentence-a").fill(sentenceA);
    await this.page.getByTestId("sentence-b").fill(sentenceB);
  }

  /** Wait for the answer to the sentences that are in the fields. */
  async expectAnswer(): Promise<void> {
    await expect(this.tryIt.locator('.comparisons[aria-busy="false"]')).toBeVisible();
  }

  cosine(moment: Moment): Promise<number> {
    return shownNumber(this.page.getByTestId(`cosine-${moment}`));
  }

  probabilities(moment: Moment): Promise<number[]> {
    return Promise.all(CLASSES.map((name) => shownNumber(this.page.getByTestId(`probability-${moment}-${name}`))));
  }

  async freeze(what: Freeze): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId(`freeze-${what}`).check();
  }

  /** The strategies and all settings; they stay open. */
  async openSettings(): Promise<void> {
    await this.openDetails(this.page.locator("#settings"));
  }

  /** Type a setting of the run; the settings stay open. */
  async set(name: string, value: string): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId(name).fill(value);
  }

  /** Have a run shared by so many workers; the settings stay open. */
  async shareBy(nWorkers: number): Promise<void> {
    await this.set("n-workers", String(nWorkers));
  }

  /** Start a run and wait for its end. */
  async trainToEnd(timeout = RUN_MILLIS): Promise<void> {
    await this.trainButton.click();
    await expect(this.phase).toContainText("Finished in", { timeout });
  }

  /** Wait until the run has done so many steps. Looks often, since steps of a small model take milliseconds. */
  async expectSteps(nSteps: number, timeout = RUN_MILLIS): Promise<void> {
    const options = { timeout, intervals: [50], message: "steps of the run" };
    await expect.poll(() => this.steps(), options).toBeGreaterThanOrEqual(nSteps);
  }

  /** Pause the run and look that no step is done for so long. Gives the step after which it is paused. */
  async pauseFor(millis: number): Promise<number> {
    await this.pauseButton.click();
    await expect(this.phase).toHaveText(/^Paused after step \d+$/);
    const pausedAt = await this.steps();
    await expect(this.phase).toHaveText(`Paused after step ${pausedAt}`);
    await this.page.waitForTimeout(millis);
    expect(await this.steps()).toBe(pausedAt);
    await expect(this.phase).toHaveText(`Paused after step ${pausedAt}`);
    return pausedAt;
  }

  /** Stop the run. That it ends after the step in progress is tested natively: the page's count is a moment behind. */
  async stop(): Promise<void> {
    await this.stopButton.click();
    await expect(this.phase).toHaveText(/^Stopped after step \d+$/, { timeout: RUN_MILLIS });
    const stoppedAt = await this.steps();
    await expect(this.phase).toHaveText(`Stopped after step ${stoppedAt}`);
    await expect(this.trainButton).toHaveText("Train again");
  }

  score(name: string, moment: Moment): Locator {
    return this.page.getByTestId(`score-${name}-${moment}`);
  }

  /** Steps done, as the page says. */
  async steps(): Promise<number> {
    const text = await this.stepCount.innerText();
    return Number(text.match(/^Step ([\d,]+) of/)?.[1]?.replaceAll(",", ""));
  }

  curvePoints(objective: "classification" | "regression"): Promise<number> {
    return numberIn(this.page.getByTestId(`curve-${objective}`), "data-points");
  }
}

/** The exact value of a number on the page, which is also shown in words. */
export async function shownNumber(locator: Locator): Promise<number> {
  await expect(locator).toHaveText(/\d/);
  return numberIn(locator, "data-value");
}

async function numberIn(locator: Locator, attribute: string): Promise<number> {
  const text = await locator.getAttribute(attribute);
  const value = Number(text);
  if (text === null || text === "" || !Number.isFinite(value)) throw new Error(`${attribute} is "${text}", no number`);
  return value;
}
