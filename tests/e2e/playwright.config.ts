import { defineConfig } from "@playwright/test";
import { browserPath } from "./support/browser_path.ts";
import { BASE_URL, SITE_URL } from "./support/site.mjs";

const ARGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A GPU in software: the same shaders, the same answers, on any machine. */
const WITH_SOFTWARE_GPU = [...ARGS, "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

const executablePath = browserPath();

/** Tries a page that somebody else serves; see `cargo xtask test`. */
const FIRST_VISIT = "first_visit.spec.ts";

/** Takes an hour, and is run by hand: see CONTRIBUTING.md. */
const LONG_USE = "long_use.spec.ts";
/** Writes docs/figures, and is run by hand: see CONTRIBUTING.md. */
const FIGURES = "figures.spec.ts";
const OTHER_BROWSERS = "other_browsers.spec.ts";

const SERVER = { command: "node support/serve.mjs", url: BASE_URL, reuseExistingServer: false, timeout: 20_000 };

export default defineConfig({
  testMatch: "*.spec.ts",
  outputDir: "output/results",
  // Two share two cores well: where one trains, the other often waits, for its page to load or for a pause that it looks at.
  // So does the one test on a GPU in software, which comes first: a fourth of its time no core has anything to do.
  workers: 2,
  // Every test has a page and a browser's profile of its own, and none expects anything within a time that it measures.
  fullyParallel: true,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  // For a slow processor with half of its cores busy: what takes longer than this hangs.
  timeout: 5 * 60_000,
  expect: { timeout: 60_000 },
  reporter: "list",
  use: {
    baseURL: BASE_URL,
    // A button that isn't there soon won't come.
    actionTimeout: 60_000,
    // What a service worker fetches no test can put something else in the place of; offline.spec.ts allows it.
    serviceWorkers: "block",
    // A browser without a GPU draws each frame of a transition on the processor that is to be tested.
    contextOptions: { reducedMotion: "reduce" },
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects:
    SITE_URL === undefined
      ? [
          {
            name: "webgpu",
            testMatch: "webgpu.spec.ts",
            use: { launchOptions: { executablePath, args: WITH_SOFTWARE_GPU } },
          },
          {
            name: "cpu",
            testIgnore: ["webgpu.spec.ts", LONG_USE, FIGURES, FIRST_VISIT, OTHER_BROWSERS],
            use: { launchOptions: { executablePath, args: ARGS } },
          },
          { name: "long", testMatch: LONG_USE, use: { launchOptions: { executablePath, args: ARGS } } },
          { name: "figures", testMatch: FIGURES, use: { launchOptions: { executablePath, args: ARGS } } },
          { name: "other browsers", testMatch: OTHER_BROWSERS },
        ]
      : [{ name: "first visit", testMatch: FIRST_VISIT, use: { launchOptions: { executablePath, args: ARGS } } }],
  webServer: SITE_URL === undefined ? SERVER : [],
});
