/** The one place that talks to the worker: it posts commands, numbers requests and notices when the worker is gone. */

import type { FetchedModel } from "../features/model/model";
import type { PairSource } from "../features/pairs/corpus";
import type { RunOrder } from "../features/train/form";
import type { Backend, Command, ExportKind, PairFile, RunCheckpoint, Event as WorkerEvent } from "../protocol";
import { SLOW_START_MILLIS, type WorkerModule, workerUrl } from "../settings";

export interface Listener {
  onEvent(event: WorkerEvent): void;
  /** The worker has not spoken for a while after its start; it may yet. */
  onSlow(): void;
  /** The worker is gone for good. Called at most once, with what is known of why. */
  onCrash(message: string): void;
}

/** Goes on over restarts, so that a late answer of an old worker is never taken for that of a new one. */
let lastRequest = 0;

export class WorkerClient {
  /** Which of the page's workers this is. */
  readonly generation: number;
  readonly #worker: Worker;
  readonly #listener: Listener;
  readonly #slowTimer: number;
  #isOpen = true;

  constructor(generation: number, module: WorkerModule, listener: Listener) {
    this.generation = generation;
    this.#listener = listener;
    this.#worker = new Worker(workerUrl(module), { type: "module" });
    this.#slowTimer = window.setTimeout(() => this.#isOpen && listener.onSlow(), SLOW_START_MILLIS);
    this.#worker.onmessage = (message: MessageEvent<WorkerEvent>) => this.#receive(message.data);
    // A trapped wasm instance must not be used again: its memory may be in any state.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      // A script that could not be fetched gives an event without a message.
      this.#crash(event.message || "The program that does the work could not be started.");
    };
    this.#worker.onmessageerror = () => this.#crash("A message from the worker could not be read.");
  }

  useBackend(backend: Backend): number {
    return this.#request((request) => ({ kind: "use_backend", request, backend }));
  }

  loadModel({ name, hub, files, order: { nLayers, random } }: FetchedModel): number {
    const source = { name, hub, files: [...files], n_layers: nLayers, random };
    return this.#request((request) => ({ kind: "load_model", request, source }));
  }

  inspectPairs(file: PairFile): number {
    return this.#request((request) => ({ kind: "inspect_pairs", request, file }));
  }

  loadCorpus({ file, plan }: PairSource): number {
    return this.#request((request) => ({ kind: "load_corpus", request, file, plan }));
  }

  exportFile(what: ExportKind): number {
    return this.#request((request) => ({ kind: "export", request, what }));
  }

  train({ config, nWorkers }: RunOrder): number {
    return this.#request((request) => ({ kind: "train", request, config, n_workers: nWorkers }));
  }

  /** Go on with a run. The bytes are copied, not transferred: should this worker be lost too, the page still has them. */
  continueRun(checkpoint: RunCheckpoint, nWorkers: RunOrder["nWorkers"]): number {
    return this.#request((request) => ({ kind: "continue", request, checkpoint, n_workers: nWorkers }));
  }

  compare(sentenceA: string, sentenceB: string): number {
    return this.#request((request) => ({
      kind: "compare",
      request,
      sentence_a: sentenceA,
      sentence_b: sentenceB,
    }));
  }

  /** Give a request up. */
  cancel(request: number): void {
    this.#post({ kind: "cancel", request });
  }

  pause(run: number): void {
    this.#post({ kind: "pause", run });
  }

  resume(run: number): void {
    this.#post({ kind: "resume", run });
  }

  stop(run: number): void {
    this.#post({ kind: "stop", run });
  }

  /** Treat the worker as gone. */
  giveUp(message: string): void {
    this.#crash(message);
  }

  /** End the worker and give its memory back. */
  close(): void {
    this.#isOpen = false;
    window.clearTimeout(this.#slowTimer);
    this.#worker.terminate();
  }

  #request(command: (request: number) => Command): number {
    lastRequest += 1;
    this.#post(command(lastRequest));
    return lastRequest;
  }

  #post(command: Command): void {
    this.#worker.postMessage(command);
  }

  #receive(event: WorkerEvent): void {
    if (!this.#isOpen) return;
    window.clearTimeout(this.#slowTimer);
    // Its last word; whatever may still come of it would only be told twice.
    if (event.kind === "device_failed") this.close();
    const isFault = event.kind === "failed" && event.request === null && event.failure.kind === "internal";
    if (isFault) this.#crash(event.failure.message);
    else this.#listener.onEvent(event);
  }

  #crash(message: string): void {
    if (!this.#isOpen) return;
    this.close();
    this.#listener.onCrash(message);
  }
}
