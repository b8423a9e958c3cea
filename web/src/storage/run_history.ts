/**
 * The history of finished runs in storage: a summary of each, without weights, under a number that only the tab knows
 * that trained it. It is written once; after that only its name changes.
 *
 * What the model said of the held-out pairs is a part of its own, which is read only to compare two runs. The manifest is
 * written before that part and deleted before it, so a part without one is what an interrupted deletion has left. Tabs
 * need no locks: what one deletes while another renames it is there again as a summary alone.
 */

import * as v from "valibot";
import { MAX_PAST_RUNS } from "../settings";
import { bytesOf } from "./content";
import { config, count, date, measured, scoreChange, scores, secs, trainable } from "./run_record";
import { type Collection, reasonOf, Store } from "./store";

/** The number is the version of the layout. */
const COLLECTION = "history-1";
const PREDICTIONS = "predictions";

export type RunSummary = v.InferOutput<typeof summarySchema>;
export type PastRun = RunSummary & { id: string };

export interface PastRuns {
  /** The newest first. */
  runs: PastRun[];
  /** Records that this version of the page can't read. They stay. */
  nUnusable: number;
  /** Why some are left out, which could not be read just now; null if none is. */
  problem: string | null;
}

export class RunHistory {
  readonly #store: Store;
  readonly #runs: Collection<RunSummary>;

  private constructor(store: Store) {
    this.#store = store;
    this.#runs = store.collection(COLLECTION, readSummary);
  }

  static async open(storage: CacheStorage | undefined, base: string): Promise<RunHistory> {
    return new RunHistory(await Store.open(storage, base));
  }

  /** Why something is kept in memory only; null if nothing is. */
  get refusal(): string | null {
    return this.#store.refusal;
  }

  /** Every run. Nothing is deleted but what an interrupted deletion has left. */
  async list(): Promise<PastRuns> {
    const list: PastRuns = { runs: [], nUnusable: 0, problem: null };
    const look = async (id: string) => {
      const manifest = await this.#runs.readManifest(id);
      if (manifest === "absent") await this.#runs.delete(id);
      else if (manifest === "stale") list.nUnusable += 1;
      else list.runs.push({ ...manifest.about, id });
    };
    const orProblem = (error: unknown) => {
      list.problem = reasonOf(error);
    };
    const ids = await this.#runs.partsByKey().catch(orProblem);
    await Promise.all([...(ids?.keys() ?? [])].map((id) => look(id).catch(orProblem)));
    list.runs.sort((a, b) => b.finishedAt - a.finishedAt);
    return list;
  }

  /**
   * Write a run, unless it is there already. The oldest beyond `MAX_PAST_RUNS` make room.
   *
   * @param predictions What the model said of the held-out pairs, as the worker reads it; null if that is not kept.
   */
  async add(id: string, summary: RunSummary, predictions: Uint8Array<ArrayBuffer> | null): Promise<void> {
    const there = await this.#runs.readManifest(id).catch(() => "absent" as const);
    if (there !== "absent") return;
    const parts = predictions === null ? [] : [{ name: PREDICTIONS, size: predictions.length }];
    await this.#runs.putManifest(id, { savedAt: summary.finishedAt, isComplete: true, parts, about: summary });
    if (predictions !== null) await this.#runs.putPart(id, PREDICTIONS, new Blob([predictions]));
    const { runs, problem } = await this.list();
    if (problem !== null) return;
    for (const old of runs.slice(MAX_PAST_RUNS)) await this.#runs.delete(old.id);
  }

  /** False if it isn't there any more. @throws UnreadableError */
  async rename(id: string, name: string): Promise<boolean> {
    const manifest = await this.#runs.manifest(id);
    if (manifest === null) return false;
    await this.#runs.putManifest(id, { ...manifest, about: { ...manifest.about, name } });
    return true;
  }

  /** False if the browser refuses, and `refusal` gives the reason. */
  delete(id: string): Promise<boolean> {
    return this.#runs.delete(id);
  }

  /** Null if they aren't there. @throws UnreadableError */
  async predictions(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const blob = await this.#runs.part(id, PREDICTIONS);
    return blob && bytesOf(blob);
  }
}

function readSummary(json: unknown): RunSummary | null {
  const read = v.safeParse(summarySchema, json, { abortEarly: true });
  return read.success ? read.output : null;
}

const curve = v.object({
  /** The objective, by its name and in words. */
  name: v.string(),
  title: v.string(),
  unit: v.string(),
  steps: v.array(count),
  /** The smoothed loss. */
  values: v.array(measured),
});

const summarySchema = v.object({
  /** Raised when the meaning of a field changes. */
  format: v.literal(1),
  /** As the visitor calls it. */
  name: v.string(),
  /** Counts the runs of this browser; two tabs at once may give the same. */
  number: count,
  finishedAt: date,
  model: v.object({ name: v.string(), fingerprint: v.string(), nLayers: count }),
  pairs: v.object({
    name: v.string(),
    nTrain: count,
    nHeldOut: count,
    /** Of the held-out pairs in their order, with their labels and the names of the classes. */
    heldOutFingerprint: v.string(),
    /** True if what the model said of each held-out pair is kept. */
    hasPredictions: v.boolean(),
  }),
  backend: v.object({ kind: v.picklist(["webgpu", "ndarray", "flex"]), adapter: v.nullable(v.string()) }),
  order: v.object({ config, nWorkers: v.nullable(count) }),
  /** What was frozen, in words. */
  frozen: v.string(),
  /** Workers that shared it. */
  nWorkers: count,
  trainable,
  nSteps: count,
  nStepsDone: count,
  stopped: v.boolean(),
  elapsedSecs: secs,
  trainingSecs: secs,
  before: v.nullable(scores),
  after: v.nullable(scores),
  changes: v.array(scoreChange),
  curves: v.array(curve),
});
