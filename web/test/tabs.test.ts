/** The page in several tabs of one browser: each has its own run, and asks before it loses something. */

import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import type { Action } from "../src/app/state";
import { awakeLimit } from "../src/features/compute/awake_limit";
import { offeredRuns } from "../src/features/runs/state";
import { isComputing } from "../src/features/train/run";
import { holdWakeLock } from "../src/features/train/use_wake_lock";
import type { Event as WorkerEvent } from "../src/protocol";
import { Device, type Tab } from "./device";
import { FakePage } from "./fake_page";
import { after, begun, checkpointed, ended, ORDER, reported, running, stepped } from "./fixtures";

/** What the worker of the page reports of its run. */
function report(page: FakePage, ...actions: Action[]): void {
  const command = page.worker.posted.findLast(({ kind }) => kind === "train" || kind === "continue");
  assert(command !== undefined && "request" in command);
  for (const action of actions) {
    assert(action.type === "train/reported");
    page.worker.say({ ...action.event, run: command.request } as WorkerEvent);
  }
}

const pages: FakePage[] = [];

afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});

async function openedIn(tab: Tab): Promise<FakePage> {
  const page = new FakePage({ tab });
  pages.push(page);
  await page.open();
  return page;
}

/** A run has done four steps, which are saved. */
async function trainIn(page: FakePage, ...actions: Action[]): Promise<string> {
  page.lab.startRun(ORDER);
  await page.settle();
  report(page, begun(), stepped(4, 4000), checkpointed(4), ...actions);
  await page.until(() => ownOf(page) !== undefined);
  assert.equal(ownOf(page)?.held, null);
  return ownOf(page)?.id ?? "";
}

const ownOf = ({ state: { runs } }: FakePage) => runs.saved.find(({ id }) => id === runs.own?.id);

const offered = (page: FakePage) => offeredRuns(page.state).map(({ id, owner }) => [id, owner]);

const failureOf = ({ state: { runs } }: FakePage) => (runs.task.status === "failed" ? runs.task.failure.message : "");

/** Would the browser ask before it leaves the page? */
function asks(page: FakePage): boolean {
  const event = new Event("beforeunload", { cancelable: true });
  page.window.dispatchEvent(event);
  return event.defaultPrevented;
}

test("each tab saves its own run, and neither resumes nor discards the other's", async () => {
  const device = new Device();
  const tabs = [device.tab(), device.tab()] as const;
  const one = await openedIn(tabs[0]);
  const first = await trainIn(one, ended(9000));
  const two = await openedIn(tabs[1]);
  const second = await trainIn(two);
  assert.notEqual(first, second);
  assert.deepEqual(offered(two), [[first, "other_tab"]]);

  two.lab.runs.discard(first);
  await two.until(() => failureOf(two) !== "");
  assert.match(failureOf(two), /Another tab has this run/);
  report(two, ended(9000));
  two.lab.runs.dismissFailure();
  await two.until(() => failureOf(two) === "");
  two.lab.runs.resume(first);
  await two.until(() => failureOf(two) !== "");
  assert.match(failureOf(two), /Another tab has this run/);
  assert.equal(two.state.train.run?.phase, "finished", "its own run is still there");

  // The first tab is reloaded.
  one.close();
  void tabs[0].die();
  const again = await openedIn(device.tab());
  await again.until(() => offered(again).length === 2);
  assert.deepEqual(
    new Map(offered(again) as [string, string][]),
    new Map([
      [first, "nobody"],
      [second, "other_tab"],
    ]),
  );
  again.lab.runs.resume(first);
  await again.until(() => again.state.train.run !== null);
  await again.loadPairs();
  const command = again.worker.posted.find(({ kind }) => kind === "continue");
  assert(command?.kind === "continue");
  assert.equal(command.checkpoint.step, 4);
  assert.equal(again.state.runs.own?.id, first);
});

test("a run that is begun again leaves the one before to every tab", async () => {
  const device = new Device();
  const page = await openedIn(device.tab());
  const first = await trainIn(page, ended(9000));
  assert.deepEqual(offered(page), []);
  page.lab.startRun(ORDER);
  await page.until(() => page.state.runs.own?.id !== first);
  await page.until(() => offered(page)[0]?.[1] === "nobody");
  const other = await openedIn(device.tab());
  await other.until(() => {
    other.window.dispatchEvent(new Event("focus"));
    return offered(other)[0]?.[1] === "nobody";
  });
  assert.deepEqual(offered(other), [[first, "nobody"]]);
});

test("a tab learns that another one is closed", async () => {
  const device = new Device();
  const tab = device.tab();
  const one = await openedIn(tab);
  const first = await trainIn(one);
  const two = await openedIn(device.tab());
  await two.until(() => offered(two).length === 1);
  one.close();
  void tab.die();
  two.window.dispatchEvent(new Event("focus"));
  await two.until(() => offered(two)[0]?.[1] === "nobody");
  two.lab.runs.discard(first);
  await two.until(() => offered(two).length === 0);
  assert(![...device.cache.entries.keys()].some((url) => url.includes("/runs-")));
});

test("the page asks before leaving from the start of a run until it is saved", async () => {
  const device = new Device();
  const page = await openedIn(device.tab());
  assert.equal(asks(page), false);
  page.lab.startRun(ORDER);
  await page.until(() => asks(page));
  report(page, begun(), stepped(4, 4000), checkpointed(4));
  await page.until(() => !asks(page));
  device.cache.roomBytes = 0;
  report(page, stepped(10, 9000), checkpointed(10), ended(9000));
  await page.until(() => asks(page));
  await page.until(() => ownOf(page)?.held != null);
  assert.equal(asks(page), true);
});

test("a run computes until it is paused or has ended", () => {
  assert.equal(isComputing(null), false);
  const runOf = (...actions: Action[]) => after(running, ...actions).train.run;
  assert.equal(isComputing(runOf()), true);
  assert.equal(isComputing(runOf({ type: "train/pause_wanted" })), true);
  assert.equal(isComputing(runOf(reported({ kind: "paused" }))), false);
  assert.equal(isComputing(runOf(reported({ kind: "paused" }), reported({ kind: "resumed" }))), true);
  assert.equal(isComputing(runOf(ended(9))), false);
});

test("the screen stays on while the page is shown, from the beginning to the end of the work", async () => {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" as DocumentVisibilityState });
  const held = new Set<object>();
  const request = async () => {
    const sentinel = { release: async () => void held.delete(sentinel) } as WakeLockSentinel;
    held.add(sentinel);
    return sentinel;
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const show = async (visibilityState: DocumentVisibilityState) => {
    // The browser takes the lock back itself.
    if (visibilityState === "hidden") held.clear();
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event("visibilitychange"));
    await turn();
  };
  const end = holdWakeLock({ request }, page as unknown as Document);
  await turn();
  assert.equal(held.size, 1);
  await show("hidden");
  assert.equal(held.size, 0);
  await show("visible");
  assert.equal(held.size, 1);
  end();
  await turn();
  assert.equal(held.size, 0);
  await show("visible");
  assert.equal(held.size, 0, "nobody asks any more");

  const refused = holdWakeLock(
    { request: () => Promise.reject(new Error("low battery")) },
    page as unknown as Document,
  );
  await turn();
  refused();
});

test("a page that has slept gives the GPU the whole time again", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    let clock = 0;
    let nLimits = 0;
    const pass = (millis: number, slept = 0) => {
      clock += millis + slept;
      mock.timers.tick(millis);
    };
    awakeLimit(
      () => (nLimits += 1),
      300,
      () => clock,
    );
    pass(100);
    pass(100);
    pass(100, 100_000);
    assert.equal(nLimits, 0, "it was asleep, not silent");
    pass(100);
    pass(100);
    assert.equal(nLimits, 0);
    pass(100);
    assert.equal(nLimits, 1);
    const cancel = awakeLimit(
      () => (nLimits += 1),
      300,
      () => clock,
    );
    cancel();
    for (let tick = 0; tick < 5; tick += 1) pass(100);
    assert.equal(nLimits, 1);
  } finally {
    mock.timers.reset();
  }
});
