/**
 * A browser that Playwright can't drive, by the protocol that every browser has, WebDriver
 * (https://www.w3.org/TR/webdriver2/): as much of it as other_browsers.spec.ts needs.
 */

import { spawn } from "node:child_process";

/** A driver that hasn't answered within this time after its start won't. */
const START_MILLIS = 30_000;

export class WebDriver {
  readonly #session: string;
  readonly #end: () => void;

  private constructor(session: string, end: () => void) {
    this.#session = session;
    this.#end = end;
  }

  /** Start a driver, which must listen at `port`, and with it its browser. */
  static async start(words: readonly string[], port: number): Promise<WebDriver> {
    const [program = "", ...args] = words;
    // A group of its own, so that whatever it has started ends with it.
    const driver = spawn(program, args, { detached: true, stdio: ["ignore", "inherit", "inherit"] });
    const isLost = new Promise<never>((_, reject) => driver.once("error", reject));
    const end = () => void (driver.pid !== undefined && driver.exitCode === null && process.kill(-driver.pid));
    // Also where a test was too slow and is broken off.
    process.once("exit", end);
    const address = `http://127.0.0.1:${port}`;
    try {
      await Promise.race([answers(address), isLost]);
      const { sessionId } = await call<{ sessionId: string }>("POST", `${address}/session`, { capabilities: {} });
      return new WebDriver(`${address}/session/${sessionId}`, end);
    } catch (error) {
      end();
      throw error;
    }
  }

  async goto(url: string): Promise<void> {
    await call("POST", `${this.#session}/url`, { url });
  }

  async reload(): Promise<void> {
    await call("POST", `${this.#session}/refresh`, {});
  }

  /** Call a function in the page, with an argument that is JSON. */
  evaluate<A, R>(work: (arg: A) => R, arg: A): Promise<R> {
    return call("POST", `${this.#session}/execute/sync`, { script: `return (${work})(arguments[0])`, args: [arg] });
  }

  async close(): Promise<void> {
    await call("DELETE", this.#session).finally(() => this.#end());
  }
}

async function answers(address: string): Promise<void> {
  const start = performance.now();
  for (;;) {
    try {
      await fetch(`${address}/status`);
      return;
    } catch (error) {
      if (performance.now() - start > START_MILLIS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function call<R>(method: string, url: string, body?: object): Promise<R> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: R & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
