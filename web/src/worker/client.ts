/**
 * The one place that talks to the worker. It numbers requests, gives each event to the call that it belongs to, and
 * drops the events of a worker that is closed and of requests that have ended. So whoever calls needs no number to
 * compare.
 */

import type { Command, Failure, Event as WorkerEvent } from "../protocol";
import { SLOW_START_MILLIS } from "../settings";
import { text } from "../text";

/** Every command that is answered, and the event that is its reply. */
const REPLIES = {
  use_backend: "backend_ready",
  load_model: "model_loaded",
  inspect_pairs: "pairs_inspected",
  revise_plan: "plan_revised",
  load_corpus: "corpus_loaded",
  export: "exported",
  compare: "compared",
  compare_predictions: "predictions_compared",
  estimate: "estimated",
  embed: "embedded",
  train: "run_ended",
  continue: "run_ended",
} as const satisfies Partial<Record<Command["kind"], WorkerEvent["kind"]>>;

/** The events before the reply. */
interface ProgressKinds {
  use_backend: "preparing";
  load_model: "loading" | "preparing";
  inspect_pairs: "reading_rows";
  revise_plan: never;
  load_corpus: "reading_rows" | "corpus_rows";
  export: "exporting";
  compare: never;
  compare_predictions: never;
  estimate: never;
  embed: "embedding";
  train: RunEvent["kind"];
  continue: RunEvent["kind"];
}

type Kind = keyof typeof REPLIES;
type EventOf<K extends WorkerEvent["kind"]> = Extract<WorkerEvent, { kind: K }>;
type RequestOf<K extends Kind> = { [Each in K]: Omit<Extract<Command, { kind: Each }>, "request"> }[K];

/** A command without its number. */
export type Request = RequestOf<Kind>;
export type RunRequest = RequestOf<"train" | "continue">;
export type Reply<K extends Kind> = EventOf<(typeof REPLIES)[K]>;
export type ProgressOf<K extends Kind> = EventOf<ProgressKinds[K]>;

/** Everything that is reported of a run, its end included. */
export type RunEvent = Extract<WorkerEvent, { run: number }>;

/** What a worker says when it has started: settings to choose from, and its limits. */
export type WorkerOffer = Omit<EventOf<"ready">, "kind">;

export interface CallOptions<K extends Kind> {
  /** Aborting asks the worker to cancel. The promise then rejects, or resolves if the reply was on its way already. */
  signal?: AbortSignal;
  onProgress?: (event: ProgressOf<K>) => void;
}

/** A run under way. It can be paused, resumed and stopped; it ends as any other call does. */
export interface RunHandle {
  ended: Promise<Reply<"train">>;
  pause(): void;
  resume(): void;
  stop(): void;
}

/** What the worker tells without being asked. */
export interface WorkerListener {
  onReady(event: EventOf<"ready">): void;
  onBackendChanged(event: EventOf<"backend_changed">): void;
  /** The GPU is lost or has failed. The client is closed: the worker must be replaced. */
  onDeviceFailed(event: EventOf<"device_failed">): void;
  /** A failure that belongs to no request. */
  onFailure(failure: Failure): void;
  /** The worker has sent nothing for a while after its start; it may yet. */
  onSlow(): void;
  /** The worker has stopped for good, with what is known of why. Called at most once; the client is closed. */
  onCrash(message: string): void;
}

interface PendingCall {
  reply: WorkerEvent["kind"];
  onProgress: ((event: never) => void) | undefined;
  resolve(event: WorkerEvent): void;
  reject(failure: Failure): void;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #listener: WorkerListener;
  readonly #calls = new Map<number, PendingCall>();
  /** Until the worker's first event. */
  #slowTimer: ReturnType<typeof setTimeout> | null;
  #nRequests = 0;
  #isOpen = true;

  constructor(worker: Worker, listener: WorkerListener) {
    this.#worker = worker;
    this.#listener = listener;
    this.#slowTimer = setTimeout(() => listener.onSlow(), SLOW_START_MILLIS);
    worker.onmessage = ({ data: events }: MessageEvent<WorkerEvent[]>) => {
      for (const event of events) if (this.#isOpen) this.#receive(event);
    };
    // A trapped wasm instance must not be used again: its memory may be in any state.
    worker.onerror = (event) => {
      event.preventDefault();
      // A script that could not be fetched gives an event without a message.
      this.crash(event.message || text.worker.notStarted);
    };
    worker.onmessageerror = () => this.crash(text.worker.unreadable);
  }

  /**
   * Ask the worker. The promise rejects with the `Failure`. It never settles if the client is closed before: whoever
   * replaces a worker resets what waited for it.
   */
  call<C extends Request>(command: C, options: CallOptions<C["kind"]> = {}): Promise<Reply<C["kind"]>> {
    return this.#call(command, options).reply;
  }

  /** Start or continue a run. A checkpoint is copied, not transferred, so that it outlives this worker too. */
  run(command: RunRequest, onProgress: (event: RunEvent) => void): RunHandle {
    const { request: run, reply } = this.#call(command, { onProgress });
    return {
      ended: reply,
      pause: () => this.#post({ kind: "pause", run }),
      resume: () => this.#post({ kind: "resume", run }),
      stop: () => this.#post({ kind: "stop", run }),
    };
  }

  /** Treat the worker as lost. */
  crash(message: string): void {
    if (!this.#isOpen) return;
    this.close();
    this.#listener.onCrash(message);
  }

  /** End the worker and free its memory. */
  close(): void {
    this.#isOpen = false;
    clearTimeout(this.#slowTimer ?? undefined);
    this.#calls.clear();
    this.#worker.terminate();
  }

  #call<C extends Request>(command: C, { signal, onProgress }: CallOptions<C["kind"]>) {
    this.#nRequests += 1;
    const request = this.#nRequests;
    const reply = new Promise<WorkerEvent>((resolve, reject) => {
      this.#calls.set(request, { reply: REPLIES[command.kind], onProgress, resolve, reject });
    });
    this.#post({ ...command, request } as Command);
    signal?.addEventListener("abort", () => this.#calls.has(request) && this.#post({ kind: "cancel", request }));
    return { request, reply: reply as Promise<Reply<C["kind"]>> };
  }

  #post(command: Command): void {
    if (this.#isOpen) this.#worker.postMessage(command);
  }

  #receive(event: WorkerEvent): void {
    // Only once: thousands of steps come in a second.
    if (this.#slowTimer !== null) clearTimeout(this.#slowTimer);
    this.#slowTimer = null;
    const listener = this.#listener;
    switch (event.kind) {
      case "ready":
        listener.onReady(event);
        break;
      case "backend_changed":
        listener.onBackendChanged(event);
        break;
      case "device_failed":
        // Whatever may still come of this worker would only be told twice.
        this.close();
        listener.onDeviceFailed(event);
        break;
      case "failed":
        if (event.request !== null) this.#take(event.request)?.reject(event.failure);
        else if (event.failure.kind === "internal") this.crash(event.failure.message);
        else listener.onFailure(event.failure);
        break;
      default: {
        const request = "run" in event ? event.run : event.request;
        const call = this.#calls.get(request);
        if (call?.reply === event.kind) this.#take(request)?.resolve(event);
        else call?.onProgress?.(event as never);
      }
    }
  }

  #take(request: number): PendingCall | undefined {
    const call = this.#calls.get(request);
    this.#calls.delete(request);
    return call;
  }
}
