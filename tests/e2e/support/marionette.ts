/**
 * Firefox, by the WebDriver that is built into it, Marionette
 * (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html): geckodriver, which few machines have, only
 * translates it to HTTP. Playwright speaks to newer versions than Debian's.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PORT = 46_178;

/** A browser that doesn't listen within this time after its start won't. */
const START_MILLIS = 60_000;

interface Answer {
  resolve(result: { value: unknown }): void;
  reject(error: Error): void;
}

export class Firefox {
  readonly #browser: ChildProcess;
  readonly #profile: string;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Answer>();
  #nSent = 0;
  #received = Buffer.alloc(0);

  private constructor(browser: ChildProcess, profile: string, socket: Socket) {
    this.#browser = browser;
    this.#profile = profile;
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
  }

  static async start(path: string): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), "firefox-"));
    await writeFile(join(profile, "user.js"), `user_pref("marionette.port", ${PORT});\n`);
    const args = ["--headless", "--no-remote", "--marionette", "--profile", profile];
    const browser = spawn(path, args, { stdio: "ignore" });
    // Also where a test was too slow and is broken off.
    process.once("exit", () => browser.kill());
    const firefox = new Firefox(browser, profile, await connected());
    await firefox.#send("WebDriver:NewSession", {});
    return firefox;
  }

  async goto(url: string): Promise<void> {
    await this.#send("WebDriver:Navigate", { url });
  }

  async reload(): Promise<void> {
    await this.#send("WebDriver:Refresh", {});
  }

  /** Call a function in the page, with an argument that is JSON. */
  async evaluate<A, R>(work: (arg: A) => R, arg: A): Promise<R> {
    // In the page itself, where what a function leaves in `window` is there for the next one.
    const script = { script: `return (${work})(arguments[0])`, args: [arg], sandbox: null };
    return (await this.#send("WebDriver:ExecuteScript", script)).value as R;
  }

  async close(): Promise<void> {
    const end = once(this.#browser, "exit");
    await this.#send("Marionette:Quit", { flags: ["eForceQuit"] });
    await end;
    this.#socket.destroy();
    await rm(this.#profile, { recursive: true });
  }

  /** A message is its length, a colon, and JSON. */
  #send(name: string, parameters: object): Promise<{ value: unknown }> {
    this.#nSent += 1;
    const number = this.#nSent;
    const message = Buffer.from(JSON.stringify([0, number, name, parameters]));
    this.#socket.write(Buffer.concat([Buffer.from(`${message.length}:`), message]));
    return new Promise((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(":");
      const end = colon + 1 + Number(this.#received.toString("latin1", 0, Math.max(0, colon)));
      if (colon === -1 || this.#received.length < end) return;
      const message = JSON.parse(this.#received.toString("utf8", colon + 1, end));
      this.#received = this.#received.subarray(end);
      // Its first message says who it is.
      if (!Array.isArray(message)) continue;
      const [, number, error, result] = message;
      const answer = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (error === null) answer?.resolve(result);
      else answer?.reject(new Error(`${error.error}: ${error.message}`));
    }
  }
}

async function connected(): Promise<Socket> {
  const start = performance.now();
  for (;;) {
    const socket = connect(PORT, "127.0.0.1");
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      if (performance.now() - start > START_MILLIS) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
