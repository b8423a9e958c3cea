/** The record of a saved run beside its checkpoint: all that the page needs to show and to resume it. */

import * as v from "valibot";
import type {
  FreezeStrategy,
  HeldOut,
  HubModel,
  ImportPlan,
  ObjectiveInfo,
  RandomModel,
  ScoreChange,
  Scores,
  StepReport,
  TrainableCounts,
  TrainConfig,
} from "../protocol";
import { text } from "../text";
import type { Content } from "./content";

/** Raised when the meaning of a field changes: records of another format are not read. */
export const RUN_FORMAT = 2;

/** A fault names the field that it is in, cut to so many characters. */
const MAX_PATH_LENGTH = 80;

export type AboutRun = v.InferOutput<typeof aboutSchema>;
export type SavedModel = AboutRun["model"];

/** A run with all that belongs to it. */
export interface RunFiles {
  about: AboutRun;
  checkpoint: Content;
  pairs: Content;
}

/** True if the last step is done: nothing is left to train. */
export function isTrained({ checkpoint, plan }: Pick<AboutRun, "checkpoint" | "plan">): boolean {
  return checkpoint.step >= plan.nSteps;
}

/** A record that another version of this page has written, as it seems: this one can't use it, and leaves it alone. */
export interface UnusableRun {
  fault: string;
}

/** The record, or what is wrong with it. `isOfAVersion`: some version of this page has written it. */
export type ReadAbout =
  | { about: AboutRun; fault: null; isOfAVersion: true }
  | { about: null; fault: string; isOfAVersion: boolean };

export function readAbout(stored: unknown): ReadAbout {
  const json = ofThisFormat(stored);
  const format = (json as { format?: unknown } | null)?.format;
  const isOfAVersion = typeof format === "number";
  if (isOfAVersion && format !== RUN_FORMAT) {
    return { about: null, fault: text.storage.otherFormat(format, RUN_FORMAT), isOfAVersion };
  }
  const result = v.safeParse(aboutSchema, json, { abortEarly: true });
  if (result.success) {
    const fault = contradictionIn(result.output);
    return fault === null ? { about: result.output, fault, isOfAVersion: true } : { about: null, fault, isOfAVersion };
  }
  const [issue] = result.issues;
  // Keys are of the file too, and may be of any length.
  const path = v.getDotPath(issue)?.slice(0, MAX_PATH_LENGTH) ?? null;
  const { noRecord, missing, wrong } = text.storage;
  const fault = path === null ? noRecord : issue.received === "undefined" ? missing(path) : wrong(path);
  return { about: null, fault, isOfAVersion };
}

/** A record of format 1, which named its two objectives in fields of their own, in today's form. */
function ofThisFormat(stored: unknown): unknown {
  const old = v.safeParse(formatOneSchema, stored);
  if (!old.success) return stored;
  const { classification, regression, report, plan, ...rest } = old.output;
  const objective = (name: "classification" | "regression", label: string) => ({
    name,
    ...text.storage.objectives[name],
    description: "",
    label,
  });
  const objectives = [objective("classification", "class"), objective("regression", "score")];
  const losses = { classification: report?.classification_loss, regression: report?.regression_loss };
  const known = Object.entries(losses).filter(([, loss]) => typeof loss === "number");
  return {
    ...rest,
    format: RUN_FORMAT,
    plan: { ...plan, objectives },
    report: report && { ...report, losses: Object.fromEntries(known) },
    curves: { classification, regression },
  };
}

const formatOneSchema = v.looseObject({
  format: v.literal(1),
  plan: v.looseObject({}),
  report: v.nullable(v.looseObject({ classification_loss: v.unknown(), regression_loss: v.unknown() })),
  classification: v.unknown(),
  regression: v.unknown(),
});

/** Contradictions between fields. */
function contradictionIn({ checkpoint, plan, labels, after }: AboutRun): string | null {
  if (checkpoint.step > plan.nSteps) return text.storage.stepBeyond(checkpoint.step, plan.nSteps);
  const nClasses = labels.classes.length;
  for (const scores of [checkpoint.before, after]) {
    const counts = scores?.confusion?.counts ?? null;
    const isSquare = counts?.length === nClasses && counts.every((row) => row.length === nClasses);
    if (counts !== null && !isSquare) return text.storage.otherClasses(nClasses);
  }
  return null;
}

// Schemas and not checks written out: TypeScript compares each with the protocol's type beside it, and the record with
// what the page puts into it and takes out of it. If they differ, the page isn't built.
type Reader<T> = v.GenericSchema<unknown, T>;

// JSON.parse makes infinity of a number that is too large.
const finite = v.pipe(v.number(), v.finite());

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const secs = v.pipe(finite, v.minValue(0));

/** The latest date (ECMA-262, time values). */
const MAX_MILLIS = 8.64e15;

/** Milliseconds since 1970. */
export const date = v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_MILLIS));

// JSON has no NaN and writes null for it; a diverged run has many.
export const measured = v.pipe(
  v.nullable(finite),
  v.transform((value) => value ?? Number.NaN),
);

// The worker knows which kinds there are, and refuses others.
const freeze = v.pipe(
  v.object({ kind: v.string(), n_layers: v.optional(count) }),
  v.transform((strategy) => strategy as FreezeStrategy),
);

// Only the worker knows which settings there are and what they may be. It resumes a run with the settings of the
// checkpoint, fills in those that are newer than the run, and validates them. The form does the same with a record that
// lacks a setting.
export const config: Reader<TrainConfig> = v.pipe(
  v.objectWithRest({ freeze }, v.union([finite, v.boolean()])),
  v.transform((settings) => settings as unknown as TrainConfig),
);

const hub: Reader<HubModel> = v.object({ id: v.string(), revision: v.string() });

const random: Reader<RandomModel> = v.object({
  n_layers: count,
  d_model: count,
  n_heads: count,
  d_ff: count,
  max_positions: count,
  seed: count,
});

const heldOut: Reader<HeldOut> = v.variant("kind", [
  v.object({ kind: v.picklist(["by_column", "all", "nothing"]) }),
  v.object({ kind: v.literal("fraction"), fraction: finite, seed: count }),
]);

const plan: Reader<ImportPlan> = v.object({
  sentence_a: v.nullable(count),
  sentence_b: v.nullable(count),
  label: v.nullable(count),
  score: v.nullable(count),
  split: v.nullable(count),
  id: v.nullable(count),
  classes: v.array(v.string()),
  score_range: v.tuple([finite, finite]),
  held_out: heldOut,
  bad_rows: v.picklist(["skip", "refuse"]),
  drop_duplicates: v.boolean(),
  // Older records have none: the worker guesses it.
  encoding: v.optional(v.nullable(v.picklist(["utf8", "utf16_le", "utf16_be", "windows1252"])), null),
});

export const trainable: Reader<TrainableCounts> = v.object({
  embeddings: count,
  layers: count,
  head: count,
  total: count,
});

const objective: Reader<ObjectiveInfo> = v.object({
  name: v.string(),
  title: v.string(),
  unit: v.string(),
  description: v.string(),
  label: v.picklist(["class", "score"]),
});

const report: Reader<StepReport> = v.object({
  step: count,
  n_steps: count,
  epoch: count,
  losses: v.record(v.string(), finite),
  loss: measured,
  learning_rate: measured,
  head_learning_rate: measured,
  gradient_norm: measured,
  fraction_done: finite,
});

export const scores: Reader<Scores> = v.object({
  n_pairs: count,
  classification_loss: v.nullable(finite),
  regression_loss: v.nullable(finite),
  accuracy: v.nullable(finite),
  macro_f1: v.nullable(finite),
  confusion: v.nullable(v.object({ counts: v.array(v.array(count)) })),
  correlation: v.nullable(v.object({ pearson: v.nullable(finite), spearman: v.nullable(finite) })),
});

export const scoreChange: Reader<ScoreChange> = v.object({
  score: v.picklist(["accuracy", "macro_f1", "spearman", "pearson", "classification_loss", "regression_loss"]),
  change: finite,
  interval: v.nullable(v.tuple([finite, finite])),
});

const curve = v.pipe(
  v.object({
    steps: v.pipe(v.array(count), v.readonly()),
    raw: v.pipe(v.array(measured), v.readonly()),
    smooth: v.pipe(v.array(measured), v.readonly()),
    weightedSum: measured,
    weightSum: finite,
  }),
  v.check(({ steps, raw, smooth }) => steps.length === raw.length && raw.length === smooth.length),
  // Whoever cuts a curve back relies on it.
  v.check(({ steps }) => steps.every((step, idx) => idx === 0 || step > Number(steps[idx - 1]))),
);

const aboutSchema = v.object({
  format: v.literal(RUN_FORMAT),
  savedAt: date,
  /** The model that the run began with: enough to load it again, or to say which it was. */
  model: v.object({
    name: v.string(),
    hub: v.nullable(hub),
    /** Its key in storage; null if it wasn't kept. */
    keptKey: v.nullable(v.string()),
    /** It came with the page, which can be asked for it. */
    isServed: v.boolean(),
    nLayers: v.nullable(count),
    random: v.nullable(random),
  }),
  /** The file of pairs, whose bytes are stored beside the record, and how it is read. */
  pairs: v.object({ name: v.string(), nBytes: count, plan: v.nullable(plan) }),
  order: v.object({ config, nWorkers: v.nullable(count) }),
  labels: v.object({
    classes: v.pipe(v.array(v.string()), v.readonly()),
    hasScores: v.boolean(),
    hasOwnHead: v.boolean(),
  }),
  plan: v.object({
    trainable,
    objectives: v.pipe(v.array(objective), v.readonly()),
    nSteps: count,
    nPairs: count,
    nTruncated: count,
  }),
  /** The checkpoint, whose bytes are stored beside the record. */
  checkpoint: v.object({
    step: v.pipe(count, v.minValue(1)),
    elapsed_secs: secs,
    training_secs: secs,
    model: v.string(),
    before: v.nullable(scores),
    nBytes: count,
  }),
  /** Of the checkpoint's step. */
  report: v.nullable(report),
  after: v.nullable(scores),
  /** By objective. */
  curves: v.pipe(v.record(v.string(), curve), v.readonly()),
  end: v.nullable(
    v.object({
      stopped: v.boolean(),
      nStepsDone: count,
      elapsedSecs: secs,
      trainingSecs: secs,
      // Older records have none. A run that is restored computes them again.
      changes: v.optional(v.pipe(v.array(scoreChange), v.readonly()), []),
    }),
  ),
});
