import { defineConfig } from "@playwright/test";
import { browserPath } from "./support/browser_path.ts";
import { BASE_URL } from "./support/site.mjs";

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

export default defineConfig({
  testMatch: "*.spec.ts",
  outputDir: "output/results",
  // Training takes all the machine has: two tests at a time would only slow each other down.
  workers: 1,
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
  projects: [
    { name: "cpu", testIgnore: "webgpu.spec.ts", use: { launchOptions: { executablePath, args: ARGS } } },
    {
      name: "webgpu",
      testMatch: "webgpu.spec.ts",
      use: { launchOptions: { executablePath, args: WITH_SOFTWARE_GPU } },
    },
  ],
  webServer: {
    command: "node support/serve.mjs",
    url: BASE_URL,
    reuseExistingServer: false,
    timeout: 20_000,
  },
});
