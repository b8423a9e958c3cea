import assert from "node:assert/strict";
import { test } from "node:test";
import { findPairs, type PairFilter } from "../src/features/pairs/pair_filter";
import type { PairRecord } from "../src/protocol";
import { formatScore } from "../src/ui/format";
import { PAIR } from "./fixtures";

const PAIRS: PairRecord[] = [
  PAIR,
  { ...PAIR, split: "held_out", label: 1, sentence_a: "A CAT sleeps." },
  { ...PAIR, label: null, sentence_b: "<b>Nobody</b> moves." },
];

test("pairs are found by part, class and text, in their order", () => {
  const cases: [Partial<PairFilter>, number[]][] = [
    [{}, [0, 1, 2]],
    [{ split: "train" }, [0, 2]],
    [{ split: "held_out" }, [1]],
    [{ label: 0 }, [0]],
    [{ label: "none" }, [2]],
    [{ text: " cat " }, [1]],
    [{ text: "<B>" }, [2]],
    [{ text: "MOVES" }, [0, 1, 2]],
    [{ text: "moves", split: "train", label: 0 }, [0]],
    // A text that begins in one sentence and ends in the other is in neither.
    [{ text: "runs. an" }, []],
  ];
  for (const [change, found] of cases) {
    const filter: PairFilter = { split: "all", label: "all", text: "", ...change };
    assert.deepEqual(findPairs(PAIRS, filter), found, JSON.stringify(change));
  }
});

test("a similarity is shown on the scale of its file, with the digits that the file had", () => {
  const cases: [number, [number, number], string][] = [
    [0.64, [0, 5], "3.2"],
    [Math.fround(3.667 / 5), [0, 5], "3.67"],
    [1, [0, 5], "5"],
    [0, [0, 5], "0"],
    [0.25, [-1, 1], "−0.5"],
    [0.5, [-1, 1], "0"],
    [Math.fround(0.123), [0, 1], "0.123"],
    [Math.fround(0.37), [0, 100], "37"],
    [0.5, [1, 5], "3"],
  ];
  for (const [score, range, text] of cases) assert.equal(formatScore(score, range), text, `${score} of ${range}`);
});
