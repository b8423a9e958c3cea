import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { type Action, initialState, type State } from "../src/app/state";
import { canContinue } from "../src/app/waiting_run";
import { toLoad } from "../src/features/model/model";
import { aboutOf, hasModelFor, isUnsaved, offeredRun } from "../src/features/runs/saved_run";
import { workedSecs } from "../src/features/train/clock";
import { formOfOrder, readForm } from "../src/features/train/form";
import type { RunCheckpoint } from "../src/protocol";
import type { AboutRun } from "../src/storage/run_record";
import {
  after,
  CONFIG,
  CORPUS,
  checkpointed,
  did,
  ended,
  FAILURE,
  FETCHED,
  handshake,
  loaded,
  MODEL,
  modelRequested,
  NO_ADAPTER,
  ON_CPU,
  ORDER,
  pairFile,
  pairsRead,
  runFilesOf,
  running,
  runRequested,
  said,
  started,
  stepped,
} from "./fixtures";

const steps = (n: number) => Array.from({ length: n }, (_, idx) => stepped(idx + 1, (idx + 1) * 1000));

/** Five steps are done, four of them sent as a checkpoint. */
const fiveSteps: State = after(running, ...steps(4), checkpointed(4), stepped(5, 5000));

function recordOf(state: State): AboutRun {
  return aboutOf(state, 7) ?? assert.fail("there is nothing to write down");
}

const written = (state: State, refusal: string | null = null): Action => ({
  type: "saved_run_written",
  runKey: state.run?.key ?? null,
  files: runFilesOf(recordOf(state)),
  refusal,
});

/** The visitor wants to go on, and the page has opened what was kept. */
function opened(about: AboutRun): Action {
  const { nBytes, ...facts } = about.checkpoint;
  const checkpoint: RunCheckpoint = { ...facts, bytes: new Uint8Array(nBytes) };
  const source = { file: pairFile(about.pairs.name), plan: about.pairs.plan };
  return { type: "saved_run_opened", opened: { about, checkpoint, source }, at: 100_000 };
}

/** Another visit: the page has loaded what it begins with, and found the run. */
function revisited(about: AboutRun, start: State = loaded): State {
  return after(start, { type: "saved_run_found", about });
}

/** The worker has read the run's pairs, and is asked to go on with it as run 9. */
const pairsAgain = [did({ type: "import_requested", request: 8 }), ...pairsRead(8)];
const continued = did({ type: "run_continued", request: 9 });

test("a run is written down as of its last checkpoint", () => {
  const about = recordOf(fiveSteps);
  assert.equal(about.checkpoint.step, 4);
  assert.equal(about.checkpoint.nBytes, 4);
  assert.equal(about.report?.step, 4);
  assert.deepEqual(about.classification.steps, [1, 2, 3, 4]);
  assert.deepEqual([about.model.keptKey, about.model.isServed], ["served-abc", true]);
  assert.equal(about.pairs.name, "few.tsv");
  assert.equal(about.plan.nSteps, 10);
  assert.equal(about.end, null);
  assert.equal(aboutOf(running, 7), null);
});

test("a run that another model's worker can't vouch for is not written down", () => {
  const { info } = fiveSteps.model;
  assert(info);
  const other = { ...fiveSteps, model: { ...fiveSteps.model, info: { ...info, fingerprint: "other" } } };
  assert.equal(aboutOf(other, 7), null);
});

test("after a reload the run is offered, goes on, and has its curve and its time", () => {
  const found = revisited(recordOf(fiveSteps));
  assert.equal(offeredRun(found)?.about.checkpoint.step, 4);
  assert.match(announcement(found), /ready\. A saved run can be gone on with\.$/);

  const waiting = after(found, opened(recordOf(fiveSteps)));
  assert.equal(waiting.run?.phase, "recovering");
  assert.equal(waiting.run?.plan?.nSteps, 10);
  assert.equal(waiting.run?.isStopping, false);
  assert.equal(offeredRun(waiting), null);
  assert.equal(announcement(waiting), "The run is being recovered.");
  assert.equal(toLoad(waiting.model, waiting.run), null, "the right model is loaded");
  assert.equal(canContinue(waiting), false, "its pairs are not there yet");

  const ready = after(waiting, ...pairsAgain);
  assert.equal(canContinue(ready), true);
  const going = after(ready, continued, started(4, 9, 0, 160_000), stepped(5, 162_000, {}, 9));
  assert(going.run);
  assert.equal(going.run.phase, "training");
  assert.deepEqual(going.run.classification.steps, [1, 2, 3, 4, 5]);
  assert.equal(workedSecs(going.run.clock), 8);
  assert.deepEqual(going.run.labels.classes, CORPUS.classes);
  assert.equal(offeredRun(going), null);
});

test("the form shows the settings of the run that goes on", () => {
  const order = {
    config: { ...CONFIG, epochs: 5, freeze: { kind: "all_but_last" as const, n_layers: 3 } },
    nWorkers: 2,
  };
  const waiting = after(revisited(recordOf(fiveSteps)), opened({ ...recordOf(fiveSteps), order }));
  assert(waiting.form);
  assert.deepEqual(readForm(waiting.form, { maxWorkers: 4, isOnGpu: false }).order, order);
  assert.equal(formOfOrder({ ...ORDER, nWorkers: null }).numbers.n_workers, "");
});

test("a run that has ended brings its scores back and trains no further", () => {
  const scores = { ...EMPTY_SCORES, n_pairs: 3 };
  const done = after(
    fiveSteps,
    checkpointed(10),
    said({ kind: "evaluated", run: 3, moment: "after", scores }),
    ended(9000),
  );
  const waiting = after(revisited(recordOf(done)), opened(recordOf(done)));
  assert.equal(waiting.run?.after?.n_pairs, 3);
  const back = after(waiting, ...pairsAgain, continued, started(10, 9), ended(9000, false, 9));
  assert.equal(back.run?.phase, "finished");
  assert.equal(offeredRun(back), null);
});

test("a run that was stopped goes on, without the scores of its end", () => {
  const scores = { ...EMPTY_SCORES, n_pairs: 3 };
  const stopped = after(fiveSteps, said({ kind: "evaluated", run: 3, moment: "after", scores }), ended(9000, true));
  const about = recordOf(stopped);
  assert.equal(about.end?.stopped, true);
  const waiting = after(revisited(about), opened(about));
  assert.deepEqual([waiting.run?.isStopping, waiting.run?.after, waiting.run?.end], [false, null, null]);
});

const EMPTY_SCORES = {
  n_pairs: 0,
  classification_loss: null,
  regression_loss: null,
  accuracy: null,
  macro_f1: null,
  confusion: null,
  correlation: null,
};

test("a run is not offered while it is there to be seen, and is when its worker is gone", () => {
  const saved = after(fiveSteps, written(fiveSteps));
  assert.equal(offeredRun(saved), null);
  const crashed = after(saved, did({ type: "worker_crashed", message: "unreachable" }));
  assert.equal(offeredRun(crashed)?.about.checkpoint.step, 4);

  const done = after(saved, ended(9000));
  assert.equal(offeredRun(done), null);
  assert.notEqual(offeredRun(after(done, did({ type: "worker_crashed", message: "unreachable" }))), null);
  assert.notEqual(offeredRun(after(done, { type: "choice_made", choice: "ndarray" })), null);
});

test("going on after a crash starts another worker, which gets model and pairs", () => {
  const crashed = after(fiveSteps, written(fiveSteps), did({ type: "worker_crashed", message: "unreachable" }));
  const waiting = after(crashed, opened(recordOf(fiveSteps)));
  assert.equal(waiting.generation, 1);
  assert.equal(waiting.worker.status, "probing");
  assert.equal(waiting.run?.phase, "recovering");
  const ready = after(waiting, did({ type: "probed", probe: NO_ADAPTER }, 1), ...handshake(ON_CPU, 1));
  assert.equal(toLoad(ready.model, ready.run), FETCHED);
  const all = after(
    ready,
    modelRequested(5, 1),
    said({ kind: "model_loaded", request: 5, model: MODEL }, 0, 1),
    did({ type: "corpus_requested", request: 6 }, 1),
    ...pairsRead(6, CORPUS, 1),
    did({ type: "import_requested", request: 7 }, 1),
  );
  assert.equal(canContinue(all), false);
  assert.equal(canContinue(after(all, ...pairsRead(7, CORPUS, 1))), true);
});

/** A model other than the loaded one: it is kept under this key. */
const other = (about: AboutRun): AboutRun => ({
  ...about,
  model: { ...about.model, name: "other", keptKey: "hub-other", isServed: false },
  checkpoint: { ...about.checkpoint, model: "xyz" },
});
const otherFetched = { ...FETCHED, keptKey: "hub-other", name: "other" };
const otherIsKept: Action = {
  type: "kept_models_listed",
  kept: {
    ...initialState.kept,
    models: [
      {
        key: "hub-other",
        savedAt: 0,
        isComplete: true,
        parts: [],
        bytes: 1,
        isInMemory: false,
        about: { name: "other", origin: { kind: "files" }, files: [] },
      },
    ],
  },
};

test("a run of another model has that loaded first", () => {
  const about = other(recordOf(fiveSteps));
  const found = revisited(about, after(loaded, otherIsKept));
  const waiting = after(found, opened(about));
  assert.deepEqual(waiting.model.next?.order.origin, { kind: "kept", key: "hub-other", name: "other" });
  const fetched = after(waiting, ...pairsAgain, { type: "model_fetched", attempt: 2, fetched: otherFetched });
  assert.equal(canContinue(fetched), false, "the model that is loaded is another");
  assert.equal(toLoad(fetched.model, fetched.run), otherFetched);
  const asked = after(fetched, modelRequested(5, 0, otherFetched));
  const right = after(asked, said({ kind: "model_loaded", request: 5, model: { ...MODEL, fingerprint: "xyz" } }));
  assert.equal(canContinue(right), true);

  const wrong = after(asked, said({ kind: "model_loaded", request: 5, model: MODEL }));
  assert.equal(wrong.run?.phase, "failed");
  assert.match(wrong.run?.failure?.message ?? "", /another model/);
  assert.notEqual(offeredRun(wrong), null);
});

test("a model that is nowhere has to be brought by the visitor", () => {
  const about = other(recordOf(fiveSteps));
  const found = revisited(about);
  const saved = offeredRun(found) ?? assert.fail();
  assert.equal(hasModelFor(saved, found), false);
  assert.equal(after(found, opened(about)).run, null);
  const brought = { ...found, model: { ...found.model, info: { ...MODEL, fingerprint: "xyz" } } };
  assert.equal(hasModelFor(saved, brought), true);
});

test("a run whose model can't be had can be given up, and is offered again", () => {
  const about = other(recordOf(fiveSteps));
  const waiting = after(revisited(about, after(loaded, otherIsKept)), opened(about));
  const without = after(waiting, { type: "model_not_fetched", attempt: 2, failure: FAILURE });
  const ended = after(without, { type: "stop_asked" });
  assert.equal(ended.run?.phase, "failed");
  assert.notEqual(offeredRun(ended), null);
});

test("a run whose pairs can't be read fails with the reason, and is offered again", () => {
  const waiting = after(revisited(recordOf(fiveSteps)), opened(recordOf(fiveSteps)));
  const failed = after(
    waiting,
    did({ type: "import_requested", request: 8 }),
    said({ kind: "failed", request: 8, failure: FAILURE }),
  );
  assert.equal(failed.run?.failure, FAILURE);
  assert.equal(failed.corpus.status, "loaded", "what was loaded before is still there");
  assert.notEqual(offeredRun(failed), null);
});

test("a run that the worker refuses to go on with is offered again", () => {
  const ready = after(revisited(recordOf(fiveSteps)), opened(recordOf(fiveSteps)), ...pairsAgain, continued);
  const refused = after(ready, said({ kind: "failed", request: 9, failure: FAILURE }));
  assert.equal(refused.run?.failure, FAILURE);
  assert.notEqual(offeredRun(refused), null);
});

test("a new run takes the saved one's place when it is written down itself", () => {
  const found = revisited(recordOf(fiveSteps));
  const begun = after(found, runRequested, started(), ...steps(2));
  assert.equal(offeredRun(begun), null);
  const unsaved = after(begun, said({ kind: "failed", request: 3, failure: FAILURE }));
  assert.equal(offeredRun(unsaved)?.about.checkpoint.step, 4);
  const own = after(begun, checkpointed(2));
  assert.equal(after(own, written(own)).savedRun.saved?.about.checkpoint.step, 2);
});

test("what is found late does not take the place of a newer run", () => {
  const saved = after(fiveSteps, written(fiveSteps));
  const late = after(saved, { type: "saved_run_found", about: { ...recordOf(fiveSteps), savedAt: 1 } });
  assert.equal(late, saved);
});

test("a discarded run is gone", () => {
  const discarded = after(revisited(recordOf(fiveSteps)), { type: "saved_run_discarded" });
  assert.equal(offeredRun(discarded), null);
  assert.doesNotMatch(announcement(discarded), /saved run/);
});

test("the visitor is asked before leaving only where something would be lost", () => {
  assert.equal(isUnsaved(loaded), false);
  assert.equal(isUnsaved(running), false);
  assert.equal(isUnsaved(after(fiveSteps, written(fiveSteps))), false);
  const refused = after(fiveSteps, written(fiveSteps, "there is no room left for this page"));
  assert.equal(isUnsaved(refused), true);
  assert.notEqual(refused.savedRun.saved?.held, null);
  assert.equal(isUnsaved(after(refused, written(fiveSteps))), false, "there is room again");
  assert.equal(isUnsaved(after(refused, ended(9000))), false);
  const tooLarge = after(loaded, runRequested, started(0, 3, 0, 0, { is_saved: false }));
  assert.equal(tooLarge.run?.plan?.isSaved, false);
  assert.equal(isUnsaved(tooLarge), true);
});

test("what is done with a saved run is said once", () => {
  const found = revisited(recordOf(fiveSteps));
  const during = (status: "opening" | "exporting" | "importing") =>
    announcement(after(found, { type: "saved_run_task", task: { status } }));
  assert.match(during("opening"), /opened/);
  assert.match(during("exporting"), /written to a file/);
  assert.match(during("importing"), /file of a saved run/);
});
