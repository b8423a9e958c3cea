/** The page without a document: its hooks, with workers, a network and a GPU that the test plays. */

import { h, render } from "preact";
import { useLab } from "../src/app/use_lab";
import type { Command, Event as WorkerEvent } from "../src/protocol";
import type { Tab } from "./device";
import { FakeWorker } from "./fake_worker";
import { CORPUS, MAX_WORKERS, MODEL, ON_CPU, ON_GPU, PAIR } from "./fixtures";
import { READY } from "./ready";

const BASE = "https://lab.example/";

const INDEX = {
  models: [
    { name: "tiny", hub: null, path: "tiny", files: [{ path: "config.json", size: 2, sha256: "0".repeat(64) }] },
  ],
};

const ADAPTER = { limits: { maxBufferSize: 8, maxStorageBufferBindingSize: 4, maxComputeInvocationsPerWorkgroup: 2 } };

export class FakePage {
  readonly workers: FakeWorker[] = [];
  /** What each address is answered with; others are missing. A test may answer later, or never. */
  readonly served = new Map<string, () => Response | Promise<Response>>([
    [`${BASE}models/index.json`, () => Response.json(INDEX)],
    [`${BASE}models/tiny/config.json`, () => new Response("{}")],
    [`${BASE}data/demo-pairs.tsv`, () => new Response("a\tb\tc\n")],
  ]);
  readonly window = Object.assign(new EventTarget(), { isSecureContext: true });
  readonly #parent = { childNodes: [], namespaceURI: "http://www.w3.org/1999/xhtml" } as unknown as Element;
  lab!: ReturnType<typeof useLab>;

  /** @param tab The storage and the locks that the page has; without it, it has none. */
  constructor({ hasGpu = false, tab }: { hasGpu?: boolean; tab?: Pick<Tab, "caches" | "locks"> } = {}) {
    const { workers, served } = this;
    const gpu = hasGpu ? { requestAdapter: async () => ADAPTER } : undefined;
    const globals = {
      window: this.window,
      document: { baseURI: BASE, querySelector: () => null },
      navigator: { gpu, locks: tab?.locks },
      caches: tab?.caches,
      fetch: async (url: string) => served.get(String(url))?.() ?? new Response(null, { status: 404 }),
      Worker: class extends FakeWorker {
        constructor(readonly url: string) {
          super();
          workers.push(this);
        }
      },
    };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true });
    }
    const Page = () => {
      this.lab = useLab();
      return null;
    };
    render(h(Page, null), this.#parent);
  }

  /** Nothing of the page is left. */
  close(): void {
    render(null, this.#parent);
  }

  get state() {
    return this.lab.state;
  }

  /** The worker at hand. */
  get worker(): FakeWorker {
    return this.workers.at(-1) ?? new FakeWorker();
  }

  /** Wait until the page has done what it can do without another answer. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    // A comparison is asked for by a timer.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Wait until something is so: storage takes its time. */
  async until(isSo: () => boolean): Promise<void> {
    for (let turn = 0; turn < 400 && !isSo(); turn += 1) await this.settle();
    if (!isSo()) throw new Error("it has not come about");
  }

  /** Answer the last open request of that kind, and let the page handle it. */
  async answer(kind: Command["kind"], event: (request: number) => WorkerEvent, worker = this.worker): Promise<void> {
    const command = worker.posted.findLast((posted) => posted.kind === kind);
    if (command === undefined || !("request" in command)) throw new Error(`no ${kind} among ${this.asked(worker)}`);
    worker.say(event(command.request));
    await this.settle();
  }

  asked(worker = this.worker): string[] {
    return worker.posted.map(({ kind }) => kind);
  }

  /** The worker starts, and is told what to compute on. */
  async startWorker(): Promise<void> {
    await this.settle();
    this.worker.say({ ...READY, max_workers: MAX_WORKERS });
    const backend = this.worker.posted[0]?.kind === "use_backend" ? this.worker.posted[0].backend : null;
    const info = backend === "webgpu" ? ON_GPU : ON_CPU;
    await this.answer("use_backend", (request) => ({ kind: "backend_ready", request, backend: info, refusal: null }));
  }

  async loadModel(): Promise<void> {
    await this.answer("load_model", (request) => ({ kind: "model_loaded", request, model: MODEL }));
  }

  async loadPairs(name = CORPUS.name): Promise<void> {
    await this.answer("load_corpus", (request) => ({ kind: "corpus_rows", request, pairs: [PAIR] }));
    await this.answer("load_corpus", (request) => ({ kind: "corpus_loaded", request, corpus: { ...CORPUS, name } }));
  }

  /** A worker has what a first visit begins with. */
  async open(): Promise<void> {
    await this.startWorker();
    await this.loadModel();
    await this.loadPairs();
  }
}
