/** What goes on behind the page: its requests, its worker's, and what it complains about. */

import { type BrowserContext, expect, type Page, type Request } from "@playwright/test";
import { BASE_URL } from "./site.mjs";

export class Watch {
  readonly requests: Request[] = [];
  readonly complaints: string[] = [];
  readonly dialogs: string[] = [];
  /** What the test typed, which no request may carry. */
  readonly secrets = new Set<string>();
  /** Complaints that the test itself brings about. */
  readonly expected: RegExp[] = [];
  /** Where requests may go: the page's own folder, and the hub once the test has asked for a model there. */
  readonly allowed = [BASE_URL];
  #nSockets = 0;

  constructor(context: BrowserContext, page: Page) {
    // The context's requests are the page's and the worker's.
    context.on("request", (request) => this.requests.push(request));
    page.on("websocket", () => {
      this.#nSockets += 1;
    });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      // A file that a test withholds is reported by the browser itself.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.complaints.push(message.text());
      }
    });
    page.on("dialog", async (dialog) => {
      this.dialogs.push(dialog.message());
      await dialog.dismiss();
    });
  }

  /** Everything asked for lies where it may, is only fetched, and tells nothing of what was typed. */
  expectPrivacy(): void {
    const urls = this.requests.map((request) => request.url());
    expect(urls.filter((url) => ![...this.allowed, "data:", "blob:"].some((start) => url.startsWith(start)))).toEqual(
      [],
    );
    expect(this.requests.filter((request) => request.method() !== "GET" || request.postData() !== null)).toEqual([]);
    expect(this.#nSockets).toBe(0);
    const texts = urls.map((url) => readable(url).toLowerCase());
    for (const secret of this.secrets) {
      for (const word of wordsOf(secret)) expect(texts.filter((text) => text.includes(word))).toEqual([]);
    }
  }

  /** The browser has asked before it left the page, and the test expected that. */
  async expectAsked(): Promise<void> {
    await expect.poll(() => this.dialogs.splice(0).length).toBe(1);
  }

  /** Neither an uncaught error, nor a breach of the content security policy, nor a dialog. */
  expectQuiet(): void {
    expect(this.complaints.filter((text) => !this.expected.some((pattern) => pattern.test(text)))).toEqual([]);
    expect(this.dialogs).toEqual([]);
  }
}

function readable(url: string): string {
  try {
    return decodeURIComponent(url.replaceAll("+", " "));
  } catch {
    return url;
  }
}

/** Longer words only: "data" or "base" are in honest addresses. */
function wordsOf(sentence: string): string[] {
  return [...new Set(sentence.toLowerCase().match(/[a-z]{6,}/g) ?? [])];
}
