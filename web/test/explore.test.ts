import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type EmbeddingState,
  type EncodedSet,
  encodingSecsLeft,
  millisUntilMatrix,
  millisUntilQuery,
  nothingEncoded,
  reduceEmbeddings,
} from "../src/features/explore/embedding_state";
import { embeddingsCsv, matrixCsv, npyOf, sentencesCsv } from "../src/features/explore/files";
import { linesOf, sentencesOfLines, sentencesOfPairs } from "../src/features/explore/sentences";
import { type Stamp, staleness } from "../src/features/explore/stamp";
import {
  cosineMatrix,
  cosinesTo,
  neighboursOf,
  rowsByCosine,
  search,
  vectorsOf,
} from "../src/features/explore/vectors";
import { csvOf, isLikeFormula } from "../src/ui/csv";
import { FAILURE, PAIR } from "./fixtures";

const bytesOf = (rows: number[][]) => new Uint8Array(new Float32Array(rows.flat()).buffer);
const vectors = (rows: number[][]) => vectorsOf(bytesOf(rows), rows[0]?.length ?? 0);

const STAMP: Stamp = { modelVersion: 1, modelName: "tiny", pairs: [PAIR], runKey: null, nStepsDone: 0 };

const SENTENCE = { text: "A dog runs.", split: null, label: null, partner: null } as const;

const SET: Omit<EncodedSet, "key"> = {
  sentences: [SENTENCE, { ...SENTENCE, text: "=1+1, she said" }],
  source: "pairs",
  classes: ["yes", "no"],
  vectors: {
    before: vectors([
      [1, 0],
      [0, 2],
    ]),
    after: null,
  },
  nTruncated: 0,
  stamp: STAMP,
  maps: {
    before: [
      [0, 0],
      [1, 2],
    ],
    after: null,
  },
  explainedVariance: [0.5, 0.25],
  nNeighbours: 10,
  neighbourChanges: [],
};

const encoded = reduceEmbeddings(nothingEncoded, { type: "explore/encoded", set: SET });

test("embeddings are decoded wherever their bytes begin, and one without a length has no direction", () => {
  const rows = [
    [3, 4],
    [0, 0],
    [-3, -4],
  ];
  const odd = new Uint8Array(25);
  odd.set(bytesOf(rows), 1);
  for (const decoded of [vectors(rows), vectorsOf(odd.subarray(1), 2)]) {
    assert.deepEqual([...decoded.values], rows.flat());
    assert.deepEqual(
      [...cosinesTo(decoded, decoded)].map((cosine) => Number(cosine.toFixed(6))),
      [1, 0, -1],
    );
  }
  assert.deepEqual(
    cosineMatrix(
      vectors([
        [1, 0],
        [1, 1],
      ]),
    )[0]?.map((cosine) => cosine.toFixed(4)),
    ["1.0000", "0.7071"],
  );
});

test("rows are ordered by cosine, equal ones by position, and what is no number is last", () => {
  assert.deepEqual(rowsByCosine(Float32Array.of(0.5, Number.NaN, 0.75, 0.5, -1)), [2, 0, 3, 4, 1]);
});

test("neighbours are the nearest in the full space, without the sentence itself", () => {
  const found = neighboursOf(
    vectors([
      [1, 0],
      [0, 1],
      [2, 1],
      [1, 3],
    ]),
    0,
    2,
  );
  assert.deepEqual(
    found.map(({ row, cosine }) => [row, cosine.toFixed(3)]),
    [
      [2, "0.894"],
      [3, "0.316"],
    ],
  );
});

test("the few nearest are those of the whole order, equal ones by position", () => {
  const rows = Array.from({ length: 60 }, (_, idx) => [Math.cos(idx * 7), Math.sin(idx * 7), (idx % 5) - 2]);
  const many = vectors([...rows, ...rows, [Number.NaN, 0, 0]]);
  for (const row of [0, 17, 119]) {
    const order = rowsByCosine(cosinesTo(many, many, row)).filter((other) => other !== row);
    assert.deepEqual(
      neighboursOf(many, row, 10).map((neighbour) => neighbour.row),
      order.slice(0, 10),
    );
  }
  assert.equal(neighboursOf(vectors([[1, 0]]), 0, 10).length, 0);
});

test("a search ranks by either model, and says how far each row has moved", () => {
  const moments = {
    before: vectors([
      [1, 0],
      [1, 1],
      [0, 1],
    ]),
    after: vectors([
      [0, 1],
      [1, 1],
      [1, 0],
    ]),
  };
  const query = { before: vectors([[1, 0]]), after: vectors([[1, 0]]) };
  const table = (moment: "before" | "after") =>
    search(moments, query, moment).map(({ row, ranks, nRanksUp }) => [row, ranks.before, ranks.after, nRanksUp]);
  assert.deepEqual(table("before"), [
    [0, 1, 3, -2],
    [1, 2, 2, 0],
    [2, 3, 1, 2],
  ]);
  assert.deepEqual(table("after"), [
    [2, 3, 1, 2],
    [1, 2, 2, 0],
    [0, 1, 3, -2],
  ]);
  // A query of another model has no rank among these.
  const [first] = search(moments, { ...query, after: null }, "after");
  assert.deepEqual([first?.row, first?.ranks.after, first?.nRanksUp], [0, null, null]);
});

test("each sentence of the pairs is there once, with its first pair, up to the limit", () => {
  const pairs = [
    { ...PAIR, sentence_a: "a", sentence_b: "b", label: 0, split: null },
    { ...PAIR, sentence_a: "a", sentence_b: "c", label: 1, split: "held_out" as const },
    { ...PAIR, sentence_a: "d", sentence_b: "d", label: null },
    { ...PAIR, sentence_a: " ", sentence_b: "e" },
  ];
  const { sentences, isCut } = sentencesOfPairs(pairs, 9);
  assert.deepEqual(
    sentences.map(({ text, split, label, partner }) => [text, split, label, partner]),
    [
      ["a", "train", 0, 1],
      ["b", "train", 0, 0],
      ["c", "held_out", 1, 0],
      ["d", "train", null, null],
    ],
  );
  assert.equal(isCut, false);
  for (const [limit, texts] of [
    [1, ""],
    [2, "ab"],
    [3, "abc"],
  ] as const) {
    const cut = sentencesOfPairs(pairs, limit);
    assert.deepEqual([cut.sentences.map(({ text }) => text).join(""), cut.isCut], [texts, true]);
  }
});

test("lines are split wherever a line may end, and blank ones are left out", () => {
  assert.deepEqual(linesOf(" a \r\n\n\u0085\nb\rc\u3000", 9), { lines: ["a", "b", "c"], isCut: false });
  assert.deepEqual(linesOf("a\nb\nc", 2), { lines: ["a", "b"], isCut: true });
  assert.deepEqual(sentencesOfLines("a", 2).sentences, [{ ...SENTENCE, text: "a" }]);
});

test("an array has NumPy's header, aligned to 64 bytes, and the numbers as they are", async () => {
  const bytes = new Uint8Array(
    await npyOf(
      vectors([
        [1, -2, 0.5],
        [3, 4, 5],
      ]),
    ).arrayBuffer(),
  );
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
  assert.deepEqual([...bytes.subarray(0, 10)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  assert.equal(text.slice(10, 69), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
  assert.equal(text.slice(69), `${" ".repeat(58)}\n`);
  assert.equal(bytes.length, 128 + 6 * 4);
  // 1, −2 and 0.5 as little-endian binary32.
  assert.deepEqual([...bytes.subarray(128, 140)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f]);
});

test("CSV quotes what has to be quoted, and marks what looks like a formula", async () => {
  assert.equal(csvOf([["a,b", 'say "x"', "two\nlines", -1]]), '"a,b","say ""x""","two\nlines",-1\r\n');
  assert.deepEqual(["=1", "+1", "-1", "@a", "a=1"].map(isLikeFormula), [true, true, true, true, false]);
  const {
    sentences,
    vectors: { before },
  } = SET;
  const text = await (await embeddingsCsv(sentences, before)).text();
  assert.equal(text, 'sentence,e0,e1\r\nA dog runs.,1,0\r\n"\'=1+1, she said",0,2\r\n');
  const third = await (await embeddingsCsv([SENTENCE], vectors([[0.1, 1 / 3]]))).text();
  assert.equal(third.split("\r\n")[1], "A dog runs.,0.100000001,0.333333343");
  assert.equal(Math.fround(0.333333343), Math.fround(1 / 3));
  assert.equal(
    matrixCsv(
      ["a", "b"],
      [
        [1, 0.5],
        [0.5, 1],
      ],
    ),
    ",a,b\r\na,1,0.5\r\nb,0.5,1\r\n",
  );
  const [, row] = sentencesCsv({ ...SET, key: 1, sentences: [{ ...SENTENCE, label: 1, split: "held_out" }] }).split(
    "\r\n",
  );
  assert.equal(row, "A dog runs.,no,held_out,0,0,,,");
});

test("embeddings are stale once the model, its training or the pairs are others", () => {
  assert.equal(staleness(STAMP, { ...STAMP }, true), null);
  const begun = { ...STAMP, runKey: 1 };
  for (const [then, now, text] of [
    [STAMP, begun, /^Computed before training; the model has changed since/],
    [{ ...begun, nStepsDone: 40 }, { ...begun, nStepsDone: 41 }, /^Computed at step 40; the model has changed since/],
    [{ ...begun, nStepsDone: 40 }, { ...begun, runKey: 2, nStepsDone: 40 }, /step 40; the model has changed/],
    [STAMP, { ...STAMP, modelVersion: 2 }, /the model has been loaded again/],
    [STAMP, { ...STAMP, modelVersion: 2, modelName: "small" }, /^Computed with tiny; another model/],
    [STAMP, { ...STAMP, pairs: [PAIR] }, /other pairs/],
  ] as const) {
    assert.match(staleness(then, now, true) ?? "", text);
  }
  assert.equal(staleness(STAMP, { ...STAMP, pairs: null }, false), null);
});

test("a request for a set is counted, estimated, cancelled without a failure, and keeps the last set", () => {
  const reduce = (...actions: Parameters<typeof reduceEmbeddings>[1][]) => actions.reduce(reduceEmbeddings, encoded);
  const started = { type: "explore/encoding_started", nTotal: 100, at: 0 } as const;
  const progressed = (nDone: number, at: number) =>
    ({ type: "explore/encoding_progressed", nDone, nTotal: 100, at }) as const;
  // Three seconds of waiting are no part of the speed.
  const { encoding } = reduce(started, progressed(20, 3000), progressed(40, 5000));
  assert.equal(encoding && encodingSecsLeft(encoding), 6);
  assert.equal(encodingSecsLeft(reduce(started).encoding ?? assert.fail()), null);
  const cancelling = reduce(started, { type: "explore/encoding_cancelled" });
  assert.equal(cancelling.encoding?.isCancelling, true);
  const cancelled = reduceEmbeddings(cancelling, {
    type: "explore/encoding_failed",
    failure: { ...FAILURE, kind: "cancelled" },
  });
  assert.deepEqual([cancelled.encoding, cancelled.failure, cancelled.set], [null, null, encoded.set]);
  const failed = reduce(started, { type: "explore/encoding_failed", failure: FAILURE });
  assert.deepEqual([failed.encoding, failed.failure, failed.set], [null, FAILURE, encoded.set]);
});

test("a sentence stays selected in the next set that has it", () => {
  const selected = reduceEmbeddings(encoded, { type: "explore/sentence_selected", row: 0 });
  const again = (sentences: EncodedSet["sentences"]) =>
    reduceEmbeddings(selected, { type: "explore/encoded", set: { ...SET, sentences } });
  assert.equal(again([{ ...SENTENCE, text: "x" }, SENTENCE]).selected, 1);
  assert.equal(again([{ ...SENTENCE, text: "x" }]).selected, null);
  assert.equal(again([SENTENCE]).set?.key, 2);
});

test("the matrix is asked while the place is shown, each thing once, and less often during a run", () => {
  const at = (state: EmbeddingState, revision = 0, isTraining = false, now = 0) =>
    millisUntilMatrix(state, revision, isTraining, now);
  assert.equal(at(nothingEncoded), null);
  const shown = reduceEmbeddings(nothingEncoded, { type: "explore/shown", isShown: true });
  assert.equal(at(shown), 0);
  const typed = reduceEmbeddings(shown, { type: "explore/lines_changed", text: "a\n\nb" });
  const asked = reduceEmbeddings(typed, { type: "explore/matrix_asked", lines: ["a", "b"], revision: 0, at: 1000 });
  assert.equal(at(asked), null);
  const answered = reduceEmbeddings(asked, {
    type: "explore/matrix_answered",
    answer: { lines: ["a", "b"], vectors: SET.vectors, nTruncated: 0, stamp: STAMP },
  });
  assert.deepEqual([at(answered), at(answered, 1), at(answered, 1, true, 2000)], [null, 0, 9000]);
  // A blank line changes nothing, and one line is no matrix.
  assert.equal(at(reduceEmbeddings(answered, { type: "explore/lines_changed", text: "a\nb\n " })), null);
  assert.equal(at(reduceEmbeddings(answered, { type: "explore/lines_changed", text: "a" })), null);
  const failed = reduceEmbeddings(asked, { type: "explore/matrix_failed", failure: FAILURE });
  assert.equal(at(failed), null);
});

test("a query is asked once for each set, of the model that the set is of", () => {
  const typed = reduceEmbeddings(encoded, { type: "explore/query_changed", text: "dogs" });
  assert.equal(millisUntilQuery(reduceEmbeddings(encoded, { type: "explore/query_changed", text: " " }), STAMP), null);
  assert.equal(millisUntilQuery(typed, STAMP), 0);
  assert.equal(millisUntilQuery(typed, { ...STAMP, modelVersion: 2 }), null);
  const asked = reduceEmbeddings(typed, { type: "explore/query_asked", text: "dogs", setKey: 1, at: 0 });
  assert.equal(millisUntilQuery(asked, STAMP), null);
  const failed = reduceEmbeddings(asked, { type: "explore/query_failed", failure: FAILURE });
  assert.equal(millisUntilQuery(failed, STAMP), null);
  assert.equal(millisUntilQuery(reduceEmbeddings(failed, { type: "explore/encoded", set: SET }), STAMP), 0);
});
