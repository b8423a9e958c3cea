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

/**
 * How many tests run at a time. Two share two cores well: where one trains, the other often waits, for its page to load or
 * for a pause that it looks at. One alone is easier to follow, and what lab.spec.ts notes of a run's speed means more.
 */
const N_WORKERS = Number(process.env.E2E_WORKERS ?? 1);

/** Tries a page that somebody else serves; see `cargo xtask test`. */
const FIRST_VISIT = "first_visit.spec.ts";

const SERVER = { command: "node support/serve.mjs", url: BASE_URL, reuseExistingServer: false, timeout: 20_000 };

export default defineConfig({
  testMatch: "*.spec.ts",
  outputDir: "output/results",
  workers: N_WORKERS,
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
    viewport: { width: 1280, height: 900 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects:
    SITE_URL === undefined
      ? [
          // Its one test takes longest, so it comes first: of two workers one is not left with it in the end.
          {
            name: "webgpu",
            testMatch: "webgpu.spec.ts",
            use: { launchOptions: { executablePath, args: WITH_SOFTWARE_GPU } },
          },
          {
            name: "cpu",
            testIgnore: ["webgpu.spec.ts", FIRST_VISIT],
            use: { launchOptions: { executablePath, args: ARGS } },
          },
        ]
      : [{ name: "first visit", testMatch: FIRST_VISIT, use: { launchOptions: { executablePath, args: ARGS } } }],
  webServer: SITE_URL === undefined ? SERVER : [],
});
