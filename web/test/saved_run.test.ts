import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "../src/app/announce";
import { resumeBlocker } from "../src/app/selectors";
import { type Action, initialState, type State } from "../src/app/state";
import { canContinue } from "../src/app/waiting_run";
import { toLoad } from "../src/features/model/state";
import { aboutOf, modelFor } from "../src/features/runs/record";
import { isFull, isUnsaved, offeredRuns, type SavedRunTask } from "../src/features/runs/state";
import { workedSecs } from "../src/features/train/clock";
import { formOfOrder, readForm } from "../src/features/train/form";
import type { RunCheckpoint } from "../src/protocol";
import { MAX_SAVED_RUNS } from "../src/settings";
import type { Owner } from "../src/storage/run_locks";
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
  NO_PREDICTIONS,
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

/** The run of this tab has its place in storage. */
function owned(state: State, id = "own"): Action {
  return { type: "runs/owned", runKey: state.train.run?.key ?? assert.fail("there is no run"), id };
}

const written = (state: State, refusal: string | null = null, id = "own"): Action => ({
  type: "runs/saved",
  id,
  runKey: state.train.run?.key ?? null,
  files: runFilesOf(recordOf(state)),
  refusal,
  droppedId: null,
});

/** The run of this tab is saved, or not. */
function saved(state: State, refusal: string | null = null): State {
  return after(state, owned(state), written(state, refusal));
}

/** The visitor resumes the run, and the page has opened its files. */
function opened(about: AboutRun, id = "found"): Action {
  const { nBytes, ...facts } = about.checkpoint;
  const checkpoint: RunCheckpoint = { ...facts, bytes: new Uint8Array(nBytes) };
  const source = { file: pairFile(about.pairs.name), plan: about.pairs.plan };
  return { type: "saved_run_opened", opened: { id, about, checkpoint, source }, at: 100_000 };
}

/** Storage was read, and this is there. */
function listed(found: readonly (readonly [id: string, about: AboutRun, owner?: Owner])[]): Action {
  const runs = found.map(([id, about, owner = "nobody"]) => ({ id, about, savedAt: about.savedAt, owner }));
  return { type: "runs/listed", list: { runs, unusable: [], problem: null } };
}

/** Another visit: the page has loaded what it begins with, and found the run. */
function revisited(about: AboutRun, start: State = loaded): State {
  return after(start, listed([["found", about]]));
}

const offeredIds = (state: State) => offeredRuns(state).map(({ id }) => id);

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
  assert.equal(offeredRuns(found)[0]?.about.checkpoint.step, 4);
  assert.match(announcement(found), /ready\. You can resume your saved run\.$/);

  const waiting = after(found, opened(recordOf(fiveSteps)));
  assert.equal(waiting.train.run?.phase, "recovering");
  assert.equal(waiting.train.run?.plan?.nSteps, 10);
  assert.equal(waiting.train.run?.isStopping, false);
  assert.deepEqual(offeredRuns(waiting), []);
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
  assert.deepEqual(offeredRuns(going), []);
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
    reported({ kind: "evaluated", moment: "after", scores, predictions: NO_PREDICTIONS }),
    ended(9000),
  );
  const waiting = after(revisited(recordOf(done)), opened(recordOf(done)));
  assert.equal(waiting.train.run?.after?.n_pairs, 3);
  const back = after(waiting, ...pairsAgain, continued, begun(10), ended(9000, false));
  assert.equal(back.train.run?.phase, "finished");
  assert.deepEqual(offeredRuns(back), []);
});

test("a run that was stopped continues, without the scores of its end", () => {
  const scores = { ...EMPTY_SCORES, n_pairs: 3 };
  const stopped = after(
    fiveSteps,
    reported({ kind: "evaluated", moment: "after", scores, predictions: NO_PREDICTIONS }),
    ended(9000, true),
  );
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
  const here = saved(fiveSteps);
  assert.deepEqual(offeredRuns(here), []);
  const crashed = after(here, crash);
  assert.equal(offeredRuns(crashed)[0]?.about.checkpoint.step, 4);

  const done = after(here, ended(9000));
  assert.deepEqual(offeredRuns(done), []);
  assert.deepEqual(offeredIds(after(done, crash)), ["own"]);
  assert.deepEqual(offeredIds(after(done, { type: "worker/chosen", choice: "ndarray" })), ["own"]);
});

test("resuming after a crash starts another worker, which gets model and pairs", () => {
  const crashed = after(saved(fiveSteps), crash);
  const waiting = after(crashed, opened(recordOf(fiveSteps), "own"));
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
  assert.deepEqual(offeredIds(wrong), ["found"]);
});

test("a model that is nowhere has to be brought by the visitor", () => {
  const about = other(recordOf(fiveSteps));
  const found = revisited(about);
  const [offered = assert.fail()] = offeredRuns(found);
  assert.equal(modelFor(found.model, offered.about), null);
  assert.equal(runAfter(found, opened(about)), null);
  const brought = { ...found, model: { ...found.model, info: { ...MODEL, fingerprint: "xyz" } } };
  assert.equal(modelFor(brought.model, offered.about), brought.model);
});

test("a run whose model can't be had can be given up, and is offered again", () => {
  const about = other(recordOf(fiveSteps));
  const waiting = after(revisited(about, after(loaded, otherIsKept)), opened(about));
  const without = after(waiting, { type: "model/not_fetched", failure: FAILURE });
  const ended = after(without, { type: "train/stop_wanted" });
  assert.equal(ended.train.run?.phase, "failed");
  assert.deepEqual(offeredIds(ended), ["found"]);
});

test("a run whose pairs can't be read fails with the reason, and is offered again", () => {
  const waiting = after(revisited(recordOf(fiveSteps)), opened(recordOf(fiveSteps)));
  const failed = after(waiting, { type: "pairs/import_failed", failure: FAILURE });
  assert.equal(failed.train.run?.failure, FAILURE);
  assert.equal(failed.pairs.corpus.status, "loaded", "what was loaded before is still there");
  assert.deepEqual(offeredIds(failed), ["found"]);
});

test("a run that the worker refuses to continue is offered again", () => {
  const ready = after(revisited(recordOf(fiveSteps)), opened(recordOf(fiveSteps)), ...pairsAgain, continued);
  const refused = after(ready, { type: "train/failed", failure: FAILURE });
  assert.equal(refused.train.run?.failure, FAILURE);
  assert.deepEqual(offeredIds(refused), ["found"]);
});

test("a new run is saved beside the one that was found, which stays offered", () => {
  const found = revisited(recordOf(fiveSteps));
  const going = after(found, runStarted, begun(), ...steps(2));
  assert.deepEqual(offeredIds(going), ["found"]);
  assert.match(resumeBlocker(going, { about: recordOf(fiveSteps) }) ?? "", /under way/);
  const unsaved = after(going, { type: "train/failed", failure: FAILURE });
  assert.deepEqual(offeredIds(unsaved), ["found"]);
  const own = after(going, checkpointed(2));
  const both = saved(own);
  assert.deepEqual(both.runs.saved.map(({ id }) => id).sort(), ["found", "own"]);
  assert.deepEqual(offeredIds(both), ["found"]);
  // The next run of this tab leaves it to whoever wants it.
  const next = after(both, ended(9000), runStarted);
  assert.deepEqual(offeredIds(after(next, owned(next, "next"))).sort(), ["found", "own"]);
  assert.equal(after(next, owned(next, "next")).runs.saved.find(({ id }) => id === "own")?.owner, "nobody");
});

test("what is found late does not take the place of what this tab has written meanwhile", () => {
  const here = saved(fiveSteps);
  const older = { ...recordOf(fiveSteps), savedAt: 1 };
  const late = after(here, listed([["own", older, "this_tab"]]));
  assert.deepEqual(late.runs.saved, here.runs.saved);
  assert.deepEqual(after(here, listed([])).runs.saved, here.runs.saved);
});

test("what storage can't tell just now stays listed", () => {
  const two = after(
    loaded,
    listed([
      ["a", recordOf(fiveSteps)],
      ["b", recordOf(fiveSteps)],
    ]),
  );
  const unreadable: Action = { type: "runs/listed", list: { runs: [], unusable: [], problem: "no" } };
  assert.deepEqual(offeredIds(after(two, unreadable)).sort(), ["a", "b"]);
  assert.deepEqual(offeredIds(after(two, unreadable, listed([["b", recordOf(fiveSteps)]]))), ["b"]);
});

test("a run that another tab has is not said to be resumable", () => {
  const about = recordOf(fiveSteps);
  const others = after(
    loaded,
    listed([
      ["a", about, "other_tab"],
      ["b", about, "unknown"],
    ]),
  );
  assert.equal(offeredRuns(others).length, 2);
  assert.doesNotMatch(announcement(others), /saved run/);
  const three = after(
    loaded,
    listed([
      ["a", about],
      ["b", about],
      ["c", about, "other_tab"],
    ]),
  );
  assert.match(announcement(three), /You can resume one of 2 saved runs\.$/);
});

test("the limit is said before it takes effect", () => {
  const found = (n: number) =>
    after(loaded, listed(Array.from({ length: n }, (_, idx) => [`${idx}`, recordOf(fiveSteps)] as const)));
  assert.equal(isFull(found(MAX_SAVED_RUNS - 1).runs), false);
  assert.equal(isFull(found(MAX_SAVED_RUNS).runs), true);
});

test("a discarded run is gone", () => {
  const discarded = after(revisited(recordOf(fiveSteps)), { type: "runs/discarded", id: "found" });
  assert.deepEqual(offeredRuns(discarded), []);
  assert.doesNotMatch(announcement(discarded), /saved run/);
});

const NO_ROOM = "there is no room left for this page";

test("the visitor is asked before leaving only where something would be lost", () => {
  assert.equal(isUnsaved(loaded), false);
  assert.equal(isUnsaved(after(loaded, runStarted)), true, "nothing of a run is saved before its first checkpoint");
  assert.equal(isUnsaved(running), true);
  assert.equal(isUnsaved(after(fiveSteps, owned(fiveSteps))), true);
  const here = saved(fiveSteps);
  assert.equal(isUnsaved(here), false);
  assert.equal(isUnsaved(after(loaded, runStarted, begun(0, 0, { n_steps: 0 }))), false, "it trains nothing");
  const refused = saved(fiveSteps, NO_ROOM);
  assert.equal(isUnsaved(refused), true);
  assert.notEqual(refused.runs.saved[0]?.held, null);
  assert.equal(isUnsaved(after(refused, written(fiveSteps))), false, "there is room again");
  const tooLarge = after(loaded, runStarted, begun(0, 0, { is_saved: false }));
  assert.equal(tooLarge.train.run?.plan?.isSaved, false);
  assert.equal(isUnsaved(tooLarge), true);
  assert.equal(isUnsaved(after(tooLarge, { type: "train/failed", failure: FAILURE })), false, "there is nothing left");
  assert.equal(isUnsaved(revisited(recordOf(fiveSteps))), false);
  const resumed = after(revisited(recordOf(fiveSteps)), opened(recordOf(fiveSteps)));
  assert.equal(isUnsaved(resumed), false, "a resumed run is on the disk as it was found");
});

const exported = (runKey: number | null): Action => ({
  type: "runs/export_changed",
  fileExport: { status: "saved", name: "model.zip", nBytes: 1 },
  runKey,
});

test("the visitor is asked until the end of a run is on the disk", () => {
  const scoring = after(saved(fiveSteps), ...steps(10).slice(5), checkpointed(10), ended(9000));
  assert.equal(isUnsaved(scoring), true, "on the disk is step 4");
  assert.equal(isUnsaved(after(scoring, written(scoring))), false);
});

test("the visitor is asked until what is not on the disk is taken away", () => {
  const tooLarge = after(loaded, runStarted, begun(0, 0, { is_saved: false }), ...steps(10), ended(9000));
  const key = tooLarge.train.run?.key ?? assert.fail();
  assert.equal(isUnsaved(tooLarge), true);
  assert.equal(isUnsaved(after(tooLarge, exported(null))), true, "the pairs and a script are no trained model");
  assert.equal(isUnsaved(after(tooLarge, exported(key))), false);
  assert.equal(isUnsaved(after(tooLarge, exported(key), runStarted, begun())), true, "another run is another result");
  assert.equal(isUnsaved(after(tooLarge, crash)), false, "it is gone with the worker");

  const refused = saved(fiveSteps, NO_ROOM);
  const last = after(refused, checkpointed(10), ended(9000));
  const done = after(last, written(last, NO_ROOM));
  assert.equal(isUnsaved(done), true);
  const { savedAt } = recordOf(last);
  assert.equal(isUnsaved(after(done, { type: "runs/taken", id: "own", savedAt })), false);
  assert.equal(isUnsaved(after(done, { type: "runs/taken", id: "own", savedAt: savedAt - 1 })), true, "an older file");
  const next = after(done, runStarted, begun(0, 0, { n_steps: 0 }));
  assert.equal(isUnsaved(next), true, "the run before is still in memory only");
});

test("what is done with a saved run is said once", () => {
  const found = revisited(recordOf(fiveSteps));
  const during = (task: SavedRunTask) => announcement(after(found, { type: "runs/task_changed", task }));
  assert.match(during({ status: "opening", id: "found" }), /opened/);
  assert.match(during({ status: "exporting", id: "found" }), /written to a file/);
  assert.match(during({ status: "discarding", id: "found" }), /deleted/);
  assert.match(during({ status: "importing", id: null }), /file of a saved run/);
});
