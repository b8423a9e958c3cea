import type { Command, Event as WorkerEvent } from "../src/protocol";

/** The worker as the client sees it: what is posted is kept, and the test says what it answers. */
export class FakeWorker {
  readonly posted: Command[] = [];
  isTerminated = false;
  onmessage: ((message: { data: WorkerEvent[] }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault(): void }) => void) | null = null;
  onmessageerror: (() => void) | null = null;

  postMessage(command: Command): void {
    this.posted.push(command);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** An event arrives, whether or not the worker was ended meanwhile. */
  say(...events: WorkerEvent[]): void {
    this.onmessage?.({ data: events });
  }

  fail(message: string): void {
    this.onerror?.({ message, preventDefault: () => {} });
  }
}
