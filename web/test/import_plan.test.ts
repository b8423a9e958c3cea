import assert from "node:assert/strict";
import { test } from "node:test";
import { classesOf, planFault, ROLES, roleOf, scoreRangeOf, withRole } from "../src/features/pairs/import_plan";
import type { ColumnSummary, ImportPlan } from "../src/protocol";
import { INSPECTION } from "./fixtures";

const { columns, plan } = INSPECTION;

const column = (change: Partial<ColumnSummary>): ColumnSummary => ({
  name: "c",
  n_empty: 0,
  values: null,
  number_range: null,
  mean_words: 1,
  ...change,
});

test("a column has one role, and a role one column", () => {
  const moved = withRole(plan, columns, 5, "sentence_b");
  assert.equal(roleOf(moved, 5), "sentence_b");
  assert.equal(roleOf(moved, 2), null);
  const again = withRole(moved, columns, 5, "id");
  assert.equal(again.sentence_b, null);
  assert.equal(again.id, 5);
  for (const role of ROLES) {
    for (const [columnIdx] of columns.entries()) {
      const next = withRole(plan, columns, columnIdx, role);
      const used = ROLES.map((name) => next[name]).filter((idx) => idx !== null);
      assert.equal(new Set(used).size, used.length, `${role} for column ${columnIdx}`);
      assert.equal(next[role], columnIdx);
    }
  }
});

test("another class column has its own classes, and none has none", () => {
  assert.deepEqual(withRole(plan, columns, 5, "label").classes, ["train", "dev"]);
  assert.deepEqual(withRole(plan, columns, 3, null).classes, []);
  // What the visitor hasn't touched stays as it is.
  assert.equal(withRole(plan, columns, 0, "id").classes, plan.classes);
});

test("classes are in the order that the library gives them", () => {
  const cases: [string[], string[]][] = [
    [
      ["neutral", "Contradiction", "-", "entailment", ""],
      ["entailment", "neutral", "contradiction"],
    ],
    [
      ["10", "2", "-1"],
      ["-1", "2", "10"],
    ],
    [
      ["1", "-1", "0"],
      ["0", "1"],
    ],
    [
      ["contradiction", "entailment"],
      ["entailment", "neutral", "contradiction"],
    ],
    [["neutral"], ["neutral"]],
    [
      ["sports", "2", "arts"],
      ["sports", "2", "arts"],
    ],
    [
      ["Yes", "no", "yes"],
      ["Yes", "no"],
    ],
    [[], []],
  ];
  for (const [values, classes] of cases) assert.deepEqual(classesOf(values), classes, values.join());
});

test("the scale is the smallest usual one that holds all values", () => {
  const cases: [[number, number] | null, [number, number]][] = [
    [
      [0.1, 0.9],
      [0, 1],
    ],
    [
      [-0.2, 1],
      [-1, 1],
    ],
    [
      [0, 4.8],
      [0, 5],
    ],
    [
      [1, 7],
      [0, 10],
    ],
    [
      [3, 99],
      [0, 100],
    ],
    [
      [-3, 12],
      [-3, 12],
    ],
    [
      [200, 200],
      [200, 201],
    ],
    [null, [0, 5]],
  ];
  for (const [number_range, range] of cases) assert.deepEqual(scoreRangeOf(column({ number_range })), range);
  assert.deepEqual(scoreRangeOf(column({ name: "Relatedness_Score", number_range: [1, 5] })), [1, 5]);
  assert.deepEqual(withRole(plan, columns, 0, "score").score_range, [1, 100.5]);
});

test("a split column is used as soon as there is one, and pairs are drawn as soon as there is none", () => {
  const drawn = withRole(plan, columns, 5, null);
  assert.deepEqual(drawn.held_out, { kind: "fraction", fraction: 0.2, seed: 42 });
  assert.deepEqual(withRole(drawn, columns, 5, "split").held_out, { kind: "by_column" });
  const all: ImportPlan = { ...drawn, held_out: { kind: "all" } };
  assert.deepEqual(withRole(all, columns, 5, null).held_out, { kind: "all" });
});

test("what a plan lacks is said, one thing at a time", () => {
  const fraction = (part: number, seed = 42): ImportPlan["held_out"] => ({ kind: "fraction", fraction: part, seed });
  const cases: [Partial<ImportPlan>, RegExp | null][] = [
    [{}, null],
    [{ sentence_a: null }, /first sentence/],
    [{ sentence_b: null }, /second sentence/],
    [{ label: null, score: null }, /class or the similarity/],
    [{ label: null, classes: [] }, null],
    [{ label: 1 }, /more than 100/],
    [{ classes: ["one"] }, /fewer than two/],
    [{ score_range: [5, 5] }, /scale/],
    [{ score_range: [Number.NaN, 5] }, /scale/],
    [{ score: null, score_range: [Number.NaN, 5] }, null],
    [{ split: null }, /names the split/],
    [{ held_out: fraction(1) }, /fraction/],
    [{ held_out: fraction(Number.NaN) }, /fraction/],
    [{ held_out: fraction(0.1, -1) }, /seed/],
    [{ held_out: fraction(0.1, 1.5) }, /seed/],
    [{ held_out: fraction(0) }, null],
    [{ held_out: { kind: "nothing" } }, null],
  ];
  for (const [change, fault] of cases) {
    const said = planFault({ ...plan, ...change }, INSPECTION);
    if (fault === null) assert.equal(said, null, JSON.stringify(change));
    else assert.match(said ?? "", fault, JSON.stringify(change));
  }
});
