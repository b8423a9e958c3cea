/** Writes the runs of this tab to storage, one after the other. */

import type { Written } from "./run_files";
import type { RunFiles } from "./run_record";
import type { RunStorage } from "./runs";
import { reasonOf } from "./store";

/** What came of writing a run. */
export interface RunWrite {
  id: string;
  /** Key of the run in this tab; null if it is from a file. */
  runKey: number | null;
  files: RunFiles;
  /** Why it is not on disk; null if it is. */
  refusal: string | null;
  /** The older run that had to make room for it; null if none had. */
  droppedId: string | null;
}

type Discarded = Awaited<ReturnType<RunStorage["discard"]>>;

type Job = { id: string } & (
  | { kind: "save"; files: RunFiles; runKey: number | null }
  | { kind: "discard"; done: (outcome: Discarded) => void }
);

export class RunWriter {
  readonly #opening: Promise<RunStorage>;
  readonly #onWritten: (write: RunWrite) => void;
  /** Of each run only the newest files wait. */
  #waiting: readonly Job[] = [];
  #work: Promise<void> | null = null;
  /** One run at a time: it holds the bytes of a checkpoint. */
  #last: { id: string; written: Written } | null = null;

  constructor(opening: Promise<RunStorage>, onWritten: (write: RunWrite) => void) {
    this.#opening = opening;
    this.#onWritten = onWritten;
  }

  /** @param runKey Key of the run in this tab; null if it is from a file. */
  save(id: string, files: RunFiles, runKey: number | null): void {
    this.#ask({ id, kind: "save", files, runKey });
  }

  /** Delete a stored run, and what is waiting to be written of it. */
  discard(id: string): Promise<Discarded> {
    return new Promise((done) => this.#ask({ id, kind: "discard", done }));
  }

  /** Let other tabs have the run as soon as nothing is left to write. */
  async release(id: string): Promise<void> {
    await this.idle();
    await (await this.#opening).locks.release(id);
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    while (this.#work !== null) await this.#work;
  }

  #ask(job: Job): void {
    this.#waiting = [...this.#waiting.filter(({ id, kind }) => id !== job.id || kind === "discard"), job];
    this.#work ??= this.#workThrough();
  }

  async #workThrough(): Promise<void> {
    const storage = await this.#opening;
    for (let job = this.#take(); job !== undefined; job = this.#take()) {
      if (job.kind === "save") await this.#save(storage, job.id, job.files, job.runKey);
      else job.done(await this.#discard(storage, job.id));
    }
    this.#work = null;
  }

  #take(): Job | undefined {
    const [job, ...rest] = this.#waiting;
    this.#waiting = rest;
    return job;
  }

  async #save(storage: RunStorage, id: string, files: RunFiles, runKey: number | null): Promise<void> {
    const last = this.#last?.id === id ? this.#last.written : null;
    let refusal: string | null = null;
    let written: Written | null = null;
    try {
      written = await storage.write(id, files, last);
      if (written === null) refusal = storage.refusal;
    } catch (error) {
      refusal = reasonOf(error);
    }
    this.#last = written && { id, written };
    // A file that the visitor opens replaces nothing.
    const isAdded = runKey !== null && written?.isFirst === true;
    const droppedId = isAdded ? await storage.dropOldest().catch(() => null) : null;
    const isToDiscard = this.#waiting.some((job) => job.id === id && job.kind === "discard");
    if (!isToDiscard) this.#onWritten({ id, runKey, files, refusal, droppedId });
  }

  async #discard(storage: RunStorage, id: string): Promise<Discarded> {
    if (this.#last?.id === id) this.#last = null;
    return storage.discard(id).catch(() => "refused" as const);
  }
}
