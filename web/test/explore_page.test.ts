import assert from "node:assert/strict";
import { test } from "node:test";
import { stampOf } from "../src/app/selectors";
import { sentencesOfPairs } from "../src/features/explore/sentences";
import { staleness } from "../src/features/explore/stamp";
import type { Event as WorkerEvent } from "../src/protocol";
import { FakePage } from "./fake_page";
import { FAILURE, OBJECTIVES, ORDER, PAIR } from "./fixtures";

const ORDER_OF_SET = { ...sentencesOfPairs([PAIR], 9), source: "pairs", classes: ["yes", "no"] } as const;

/** Two dimensions a sentence, the first sentence along the first. */
function embedded(request: number, nSentences: number, hasMap: boolean): WorkerEvent {
  const rows = Array.from({ length: nSentences }, (_, idx) => [1, idx]);
  const values = () => new Uint8Array(new Float32Array(rows.flat()).buffer);
  const map = hasMap ? rows.map(([x = 0, y = 0]): [number, number] => [x, y]) : [];
  return {
    kind: "embedded",
    request,
    d_model: 2,
    n_truncated: 0,
    before: { values: values(), map },
    after: { values: values(), map },
    explained_variance: hasMap ? [0.5, 0.25] : null,
    n_neighbours: 10,
    neighbour_changes: hasMap ? rows.map(() => 0.5) : [],
  };
}

const asked = (page: FakePage) => page.worker.posted.filter((command) => command.kind === "embed");

const staleText = ({ state }: FakePage) => {
  const [set, stamp] = [state.embeddings.set, stampOf(state)];
  return set && stamp && staleness(set.stamp, stamp, true);
};

async function encodedPage(): Promise<FakePage> {
  const page = new FakePage();
  await page.open();
  page.lab.explore.encode(ORDER_OF_SET);
  await page.settle();
  await page.answer("embed", (request) => embedded(request, 2, true));
  return page;
}

test("the matrix is computed once the place is shown, and again for other lines, one request at a time", async () => {
  const page = new FakePage();
  await page.open();
  assert.equal(asked(page).length, 0);
  page.lab.dispatch({ type: "explore/lines_changed", text: "a\n \nb" });
  page.lab.dispatch({ type: "explore/shown", isShown: true });
  await page.settle();
  assert.deepEqual(
    asked(page).map(({ sentences, wants_map }) => [sentences, wants_map]),
    [[["a", "b"], false]],
  );
  page.lab.dispatch({ type: "explore/lines_changed", text: "a\nb\nc" });
  await page.settle();
  assert.equal(asked(page).length, 1);
  await page.answer("embed", (request) => embedded(request, 2, false));
  assert.deepEqual(page.state.embeddings.matrix.answer?.lines, ["a", "b"]);
  assert.deepEqual(asked(page).at(-1)?.sentences, ["a", "b", "c"]);
  await page.answer("embed", (request) => ({ kind: "failed", request, failure: FAILURE }));
  assert.equal(page.state.embeddings.matrix.failure, FAILURE);
  assert.equal(asked(page).length, 2);
  page.close();
});

test("a set is encoded when the visitor wants it, and says how far it is", async () => {
  const page = new FakePage();
  await page.open();
  page.lab.explore.encode(ORDER_OF_SET);
  page.lab.explore.encode(ORDER_OF_SET);
  await page.settle();
  page.lab.explore.encode(ORDER_OF_SET);
  await page.settle();
  const [request, ...others] = asked(page);
  assert.deepEqual([request?.sentences, request?.wants_map, others], [[PAIR.sentence_a, PAIR.sentence_b], true, []]);
  await page.answer("embed", (each) => ({ kind: "embedding", request: each, n_done: 1, n_total: 2 }));
  assert.equal(page.state.embeddings.encoding?.nDone, 1);
  await page.answer("embed", (each) => embedded(each, 2, true));
  const { set, encoding } = page.state.embeddings;
  assert.deepEqual(
    [encoding, set?.vectors.before.nRows, set?.maps.after, set?.neighbourChanges],
    [
      null,
      2,
      [
        [1, 0],
        [1, 1],
      ],
      [0.5, 0.5],
    ],
  );
  assert.equal(staleText(page), null);
  page.close();
});

test("what is cancelled is no failure, and the last set stays", async () => {
  const page = await encodedPage();
  const { set } = page.state.embeddings;
  page.lab.explore.encode(ORDER_OF_SET);
  await page.settle();
  page.lab.explore.cancel();
  await page.settle();
  assert.equal(page.asked().at(-1), "cancel");
  assert.equal(page.state.embeddings.encoding?.isCancelling, true);
  const failure = { ...FAILURE, kind: "cancelled" as const };
  await page.answer("embed", (request) => ({ kind: "failed", request, failure }));
  assert.deepEqual([page.state.embeddings.encoding, page.state.embeddings.failure], [null, null]);
  assert.equal(page.state.embeddings.set, set);
  page.close();
});

test("a run makes a set stale, and its end computes nothing", async () => {
  const page = await encodedPage();
  page.lab.startRun(ORDER);
  await page.settle();
  assert.match(staleText(page) ?? "", /before training; the model has changed/);
  const plan = { trainable: { embeddings: 0, layers: 0, head: 50, total: 1050 }, objectives: OBJECTIVES };
  await page.answer("train", (run) => ({
    ...{ kind: "run_started", run, n_steps_done: 0, n_steps: 1, n_pairs: 1, n_truncated: 0, n_workers: 1 },
    ...{ ...plan, workers_problem: null, kept_bytes: null, is_saved: false },
  }));
  const nAsked = asked(page).length;
  const secs = { elapsed_secs: 2, training_secs: 1 };
  await page.answer("train", (run) => ({
    ...{ kind: "run_ended", run, stopped: false, n_steps_done: 1, ...secs, changes: [] },
  }));
  assert.equal(asked(page).length, nAsked);
  assert.notEqual(page.state.embeddings.set, null);
  // Computed after the run, it is not stale.
  page.lab.explore.encode(ORDER_OF_SET);
  await page.settle();
  await page.answer("embed", (request) => embedded(request, 2, true));
  assert.equal(staleText(page), null);
  page.close();
});

test("a query is asked of the models of the set", async () => {
  const page = await encodedPage();
  page.lab.dispatch({ type: "explore/lines_changed", text: "" });
  page.lab.dispatch({ type: "explore/shown", isShown: true });
  page.lab.dispatch({ type: "explore/query_changed", text: " dogs " });
  await page.settle();
  assert.deepEqual(asked(page).at(-1)?.sentences, ["dogs"]);
  await page.answer("embed", (request) => embedded(request, 1, false));
  assert.equal(page.state.embeddings.query.answer?.setKey, page.state.embeddings.set?.key);
  const nAsked = asked(page).length;
  await page.settle();
  assert.equal(asked(page).length, nAsked);
  page.close();
});

test("a worker that is lost answers nothing: the set stays and is stale, and the matrix is asked of the next", async () => {
  const page = await encodedPage();
  page.lab.dispatch({ type: "explore/shown", isShown: true });
  await page.settle();
  page.lab.explore.encode(ORDER_OF_SET);
  await page.settle();
  page.worker.fail("unreachable");
  await page.settle();
  assert.deepEqual([page.state.embeddings.encoding, page.state.embeddings.matrix.isAsking], [null, false]);
  page.lab.dispatch({ type: "worker/restarted" });
  await page.open();
  assert.match(staleText(page) ?? "", /the model has been loaded again/);
  assert.equal(asked(page).length, 1);
  page.close();
});
