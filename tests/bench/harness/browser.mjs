// The browser that is measured: one, headless, with a page of ours in it.

import { requireFromE2e } from "./e2e_packages.mjs";
import { Problem } from "./problem.mjs";

/** Those of the end-to-end tests: as root Chromium has no sandbox, and nothing of its own is to run meanwhile. */
const ARGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser with `more` arguments. */
export async function launchBrowser(more = []) {
  // `cargo xtask bench` sets it to the browser that the set-up found.
  const executablePath = process.env.CHROME;
  if (!executablePath) {
    throw new Problem("name your Chromium in the variable CHROME; `cargo xtask bench` does so by itself");
  }
  const { chromium } = requireFromE2e("playwright-core");
  return chromium.launch({ executablePath, args: [...ARGS, ...more] });
}

/** The bench page in a browser context of its own; what it complains about is shown. */
export async function openBenchPage(browser, origin, { isIsolated }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (fault) => console.error(`bench page: ${fault.message}`));
  page.on("console", (line) => line.type() === "error" && console.error(`bench page: ${line.text()}`));
  page.setDefaultTimeout(0);
  await page.goto(`${origin}/${isIsolated ? "isolated" : "plain"}/bench/index.html`);
  await page.waitForFunction(() => window.bench !== undefined, null, { timeout: 30_000 });
  return new BenchPage(context, page);
}

/** What the bench page can do, see page/main.mjs. */
class BenchPage {
  #context;
  #page;

  constructor(context, page) {
    this.#context = context;
    this.#page = page;
  }

  /** Start a worker of ours and give it a name. */
  start(name, script, options = {}) {
    return this.#page.evaluate((args) => window.bench.start(...args), [name, script, options]);
  }

  call(name, method, ...args) {
    return this.#page.evaluate(([n, m, a]) => window.bench.call(n, m, ...a), [name, method, args]);
  }

  /** Milliseconds until the last of the workers named has answered. */
  timeAll(names, method, ...args) {
    return this.#page.evaluate(([n, m, a]) => window.bench.timeAll(n, m, ...a), [names, method, args]);
  }

  stop(name) {
    return this.#page.evaluate((n) => window.bench.stop(n), name);
  }

  /** A training by the page's own worker, from a new worker to its end. */
  train(options) {
    return this.#page.evaluate((o) => window.bench.train(o), options);
  }

  close() {
    return this.#context.close();
  }
}
