import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { type Action, initialState, type State } from "../src/app/state";
import { canContinue } from "../src/app/waiting_run";
import { toLoad } from "../src/features/model/state";
import { aboutOf, modelFor } from "../src/features/runs/record";
import { isUnsaved, offeredRun } from "../src/features/runs/state";
import { workedSecs } from "../src/features/train/clock";
import { formOfOrder, readForm } from "../src/features/train/form";
import type { RunCheckpoint } from "../src/protocol";
import type { AboutRun } from "../src/storage/run_record";
import {
  after,
  begun,
  CONFIG,
  CORPUS,
  checkpointed,
  crash,
  ended,
  FAILURE,
  FETCHED,
  loaded,
  loadStarted,
  MODEL,
  modelLoaded,
  NO_ADAPTER,
  OFFER,
  ON_CPU,
  ORDER,
  pairFile,
  pairsImported,
  reported,
  runAfter,
  runFilesOf,
  running,
  runStarted,
  started,
  stepped,
  steps,
} from "./fixtures";

/** Five steps are done, four of them sent as a checkpoint. */
const fiveSteps: State = after(running, ...steps(4), checkpointed(4), stepped(5, 5000));

function recordOf(state: State): AboutRun {
  return aboutOf(state, 7) ?? assert.fail("there is nothing to save");
}

const written = (state: State, refusal: string | null = null): Action => ({
  type: "runs/saved",
  runKey: state.train.run?.key ?? null,
  files: runFilesOf(recordOf(state)),
  refusal,
});

/** The visitor resumes the run, and the page has opened its files. */
function opened(about: AboutRun): Action {
  const { nBytes, ...facts } = about.checkpoint;
  const checkpoint: RunCheckpoint = { ...facts, bytes: new Uint8Array(nBytes) };
  const source = { file: pairFile(about.pairs.name), plan: about.pairs.plan };
  return { type: "saved_run_opened", opened: { about, checkpoint, source }, at: 100_000 };
}

/** Another visit: the page has loaded what it begins with, and found the run. */
function revisited(about: AboutRun, start: State = loaded): State {
  return after(start, { type: "runs/found", about });
}

/** The worker has read the run's pairs, and is given the run. */
const pairsAgain = pairsImported();
const continued: Action = { type: "train/continued" };

test("a run is saved as of its last checkpoint", () => {
  const about = recordOf(fiveSteps);
  assert.equal(about.checkpoint.step, 4);
  assert.equal(about.checkpoint.nBytes, 4);
  assert.equal(about.report?.step, 4);
  assert.deepEqual(about.curves.classification?.steps, [1, 2, 3, 4]);
  assert.deepEqual([about.model.keptKey, about.model.isServed], ["served-abc", true]);
  assert.equal(about.pairs.name, "few.tsv");
  assert.equal(about.plan.nSteps, 10);
  assert.equal(about.end, null);
  assert.equal(aboutOf(running, 7), null);
});

test("a run that another model's worker has not trained is not saved", () => {
  const { info } = fiveSteps.model;
  assert(info);
  const other = { ...fiveSteps, model: { ...fiveSteps.model, info: { ...info, fingerprint: "other" } } };
  assert.equal(aboutOf(other, 7), null);
});

test("after a reload the run is offered, continues, and has its curve and its time", () => {
  const found = revisited(recordOf(fiveSteps));
  assert.equal(offeredRun(found)?.about.checkpoint.step, 4);
  assert.match(announcement(found), /ready\. You can resume your saved run\.$/);

  const waiting = after(found, opened(recordOf(fiveSteps)));
  assert.equal(waiting.train.run?.phase, "recovering");
  assert.equal(waiting.train.run?.plan?.nSteps, 10);
  assert.equal(waiting.train.run?.isStopping, false);
  assert.equal(offeredRun(waiting), null);
  assert.equal(announcement(waiting), "The run is being recovered.");
  assert.equal(toLoad(waiting.model, waiting.train.run), null, "the right model is loaded");
  assert.equal(canContinue(waiting), false, "its pairs are not there yet");

  const ready = after(waiting, ...pairsAgain);
  assert.equal(canContinue(ready), true);
  const going = after(ready, continued, begun(4, 160_000), stepped(5, 162_000));
  assert(going.train.run);
  assert.equal(going.train.run.phase, "training");
  assert.deepEqual(going.train.run.curves.classification?.steps, [1, 2, 3, 4, 5]);
  assert.equal(workedSecs(going.train.run.clock), 8);
  assert.deepEqual(going.train.run.labels.classes, CORPUS.classes);
  assert.equal(offeredRun(going), null);
});

test("the form shows the settings of the run that is resumed", () => {
  const order = {
    config: { ...CONFIG, epochs: 5, freeze: { kind: "all_but_last" as const, n_layers: 3 } },
    nWorkers: 2,
  };
  const waiting = after(revisited(recordOf(fiveSteps)), opened({ ...recordOf(fiveSteps), order }));
  assert(waiting.train.form);
  assert.deepEqual(readForm(waiting.train.form, OFFER).order, order);
  assert.equal(formOfOrder({ ...ORDER, nWorkers: null }).numbers.n_workers, "");
});

test("a run that has ended brings its scores back and trains no further", () => {
  const scores = { ...EMPTY_SCORES, n_pairs: 3 };
  const done = after(
    fiveSteps,
    checkpointed(10),
    reported({ kind: "evaluated", moment: "after", scores }),
    ended(9000),
  );
  const waiting = after(revisited(recordOf(done)), opened(recordOf(done)));
  assert.equal(waiting.train.run?.after?.n_pairs, 3);
  const back = after(waiting, ...pairsAgain, continued, begun(10), ended(9000, false));
  assert.equal(back.train.run?.phase, "finished");
  assert.equal(offeredRun(back), null);
});

test("a run that was stopped continues, without the scores of its end", () => {
  const scores = { ...EMPTY_SCORES, n_pairs: 3 };
  const stopped = after(fiveSteps, reported({ kind: "evaluated", moment: "after", scores }), ended(9000, true));
  const about = recordOf(stopped);
  assert.equal(about.end?.stopped, true);
  const waiting = after(revisited(about), opened(about));
  assert.deepEqual(
    [waiting.train.run?.isStopping, waiting.train.run?.after, waiting.train.run?.end],
    [false, null, null],
  );
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
  const crashed = after(saved, crash);
  assert.equal(offeredRun(crashed)?.about.checkpoint.step, 4);

  const done = after(saved, ended(9000));
  assert.equal(offeredRun(done), null);
  assert.notEqual(offeredRun(after(done, crash)), null);
  assert.notEqual(offeredRun(after(done, { type: "worker/chosen", choice: "ndarray" })), null);
});

test("resuming after a crash starts another worker, which gets model and pairs", () => {
  const crashed = after(fiveSteps, written(fiveSteps), crash);
  const waiting = after(crashed, opened(recordOf(fiveSteps)));
  assert.equal(waiting.compute.worker.status, "probing");
  assert.equal(waiting.train.run?.phase, "recovering");
  const ready = after(waiting, ...started(NO_ADAPTER, ON_CPU));
  assert.equal(toLoad(ready.model, ready.train.run), FETCHED);
  const all = after(ready, loadStarted(), modelLoaded(), { type: "pairs/restored", info: CORPUS });
  assert.equal(canContinue(all), false);
  assert.equal(canContinue(after(all, ...pairsImported())), true);
});

/** A model other than the loaded one: it is kept under this key. */
const other = (about: AboutRun): AboutRun => ({
  ...about,
  model: { ...about.model, name: "other", keptKey: "hub-other", isServed: false },
  checkpoint: { ...about.checkpoint, model: "xyz" },
});
const otherFetched = { ...FETCHED, keptKey: "hub-other", name: "other" };
const otherIsKept: Action = {
  type: "model/kept_listed",
  kept: {
    ...initialState.model.kept,
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
  const fetched = after(waiting, ...pairsAgain, { type: "model/fetched", fetched: otherFetched });
  assert.equal(canContinue(fetched), false, "the model that is loaded is another");
  assert.equal(toLoad(fetched.model, fetched.train.run), otherFetched);
  const asked = after(fetched, loadStarted(otherFetched));
  const right = after(asked, modelLoaded({ fingerprint: "xyz" }));
  assert.equal(canContinue(right), true);

  const wrong = after(asked, modelLoaded());
  assert.equal(wrong.train.run?.phase, "failed");
  assert.match(wrong.train.run?.failure?.message ?? "", /another model/);
  assert.notEqual(offeredRun(wrong), null);
});

test("a model that is nowhere has to be brought by the visitor", () => {
  const about = other(recordOf(fiveSteps));
  const found = revisited(about);
  const saved = offeredRun(found) ?? assert.fail();
  assert.equal(modelFor(found.model, saved.about), null);
  assert.equal(runAfter(found, opened(about)), null);
  const brought = { ...found, model: { ...found.model, info: { ...MODEL, fingerprint: "xyz" } } };
  assert.equal(modelFor(brought.model, saved.about), brought.model);
});

test("a run whose model can't be had can be given up, and is offered again", () => {
  const about = other(recordOf(fiveSteps));
  const waiting = after(revisited(about, after(loaded, otherIsKept)), opened(about));
  const without = after(waiting, { type: "model/not_fetched", failure: FAILURE });
  const ended = after(without, { type: "train/stop_wanted" });
  assert.equal(ended.train.run?.phase, "failed");
  assert.notEqual(offeredRun(ended), null);
});

test("a run whose pairs can't be read fails with the reason, and is offered again", () => {
  const waiting = after(revisited(recordOf(fiveSteps)), opened(recordOf(fiveSteps)));
  const failed = after(waiting, { type: "pairs/import_failed", failure: FAILURE });
  assert.equal(failed.train.run?.failure, FAILURE);
  assert.equal(failed.pairs.corpus.status, "loaded", "what was loaded before is still there");
  assert.notEqual(offeredRun(failed), null);
});

test("a run that the worker refuses to continue is offered again", () => {
  const ready = after(revisited(recordOf(fiveSteps)), opened(recordOf(fiveSteps)), ...pairsAgain, continued);
  const refused = after(ready, { type: "train/failed", failure: FAILURE });
  assert.equal(refused.train.run?.failure, FAILURE);
  assert.notEqual(offeredRun(refused), null);
});

test("a new run takes the saved one's place when it is saved itself", () => {
  const found = revisited(recordOf(fiveSteps));
  const going = after(found, runStarted, begun(), ...steps(2));
  assert.equal(offeredRun(going), null);
  const unsaved = after(going, { type: "train/failed", failure: FAILURE });
  assert.equal(offeredRun(unsaved)?.about.checkpoint.step, 4);
  const own = after(going, checkpointed(2));
  assert.equal(after(own, written(own)).runs.saved?.about.checkpoint.step, 2);
});

test("what is found late does not take the place of a newer run", () => {
  const saved = after(fiveSteps, written(fiveSteps));
  const late = after(saved, { type: "runs/found", about: { ...recordOf(fiveSteps), savedAt: 1 } });
  assert.equal(late.runs.saved, saved.runs.saved);
});

test("a discarded run is gone", () => {
  const discarded = after(revisited(recordOf(fiveSteps)), { type: "runs/discarded" });
  assert.equal(offeredRun(discarded), null);
  assert.doesNotMatch(announcement(discarded), /saved run/);
});

test("the visitor is asked before leaving only where something would be lost", () => {
  assert.equal(isUnsaved(loaded), false);
  assert.equal(isUnsaved(running), false);
  assert.equal(isUnsaved(after(fiveSteps, written(fiveSteps))), false);
  const refused = after(fiveSteps, written(fiveSteps, "there is no room left for this page"));
  assert.equal(isUnsaved(refused), true);
  assert.notEqual(refused.runs.saved?.held, null);
  assert.equal(isUnsaved(after(refused, written(fiveSteps))), false, "there is room again");
  assert.equal(isUnsaved(after(refused, ended(9000))), false);
  const tooLarge = after(loaded, runStarted, begun(0, 0, { is_saved: false }));
  assert.equal(tooLarge.train.run?.plan?.isSaved, false);
  assert.equal(isUnsaved(tooLarge), true);
});

test("what is done with a saved run is said once", () => {
  const found = revisited(recordOf(fiveSteps));
  const during = (status: "opening" | "exporting" | "importing") =>
    announcement(after(found, { type: "runs/task_changed", task: { status } }));
  assert.match(during("opening"), /opened/);
  assert.match(during("exporting"), /written to a file/);
  assert.match(during("importing"), /file of a saved run/);
});
