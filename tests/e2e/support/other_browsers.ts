/** The browsers other than Chromium in which the page is tried, and how each is driven. */

import { programPath } from "./browser_path.ts";
import { Firefox } from "./marionette.ts";
import { WebDriver } from "./webdriver.ts";

/** What all their drivers can do. */
export interface BrowserPage {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  /** Call a function in the page, with an argument that is JSON. */
  evaluate<A, R>(work: (arg: A) => R, arg: A): Promise<R>;
  close(): Promise<void>;
}

interface OtherBrowser {
  title: string;
  /** Null if it is not on this machine. */
  path: string | null;
  open(path: string): Promise<BrowserPage>;
}

const WEBDRIVER_PORT = 46_177;

export const OTHER_BROWSERS: readonly OtherBrowser[] = [
  {
    title: "Firefox",
    path: programPath(["firefox", "firefox-esr"], "/Applications/Firefox.app/Contents/MacOS/firefox"),
    open: Firefox.start,
  },
  {
    title: "WebKitGTK",
    path: programPath(["WebKitWebDriver"]),
    open(driver) {
      // GTK takes a display.
      const display = process.env.DISPLAY === undefined ? ["xvfb-run", "--auto-servernum"] : [];
      return WebDriver.start([...display, driver, `--port=${WEBDRIVER_PORT}`], WEBDRIVER_PORT);
    },
  },
];
