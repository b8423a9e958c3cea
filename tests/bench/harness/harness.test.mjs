// The harness's own arithmetic; `npm test` in tests/bench. That figures are right is looked at by hand.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { withLayers } from "../page/safetensors.mjs";
import { readArguments, shownCommand } from "./arguments.mjs";
import { Corpora, grownTo } from "./corpora.mjs";
import { Problem } from "./problem.mjs";
import { alternate, median } from "./rounds.mjs";
import { againstPeer, alone, digits } from "./rows.mjs";
import { perStep } from "./sections/gpu.mjs";
import { spearman } from "./spearman.mjs";
import { svgChart } from "./svg_chart.mjs";
import { tableOfRows } from "./table.mjs";

test("contenders take turns, and one that fails is left out", async () => {
  const turns = [];
  const contender = (name) => async () => turns.push(name);
  const broken = async () => {
    throw new Error("page.evaluate: Error: no memory\n    at somewhere");
  };
  const { samples, failures } = await alternate({ a: contender("a"), b: contender("b"), broken }, { nRounds: 2 });
  assert.deepEqual(turns, ["a", "b", "a", "b"]);
  assert.deepEqual(samples, { a: [1, 3], b: [2, 4], broken: [] });
  assert.deepEqual(failures, { broken: "no memory" });
});

test("a ratio is of the same round, and held to its goal", () => {
  const row = againstPeer({
    figure: "f",
    unit: "s",
    ours: [1, 3, 2],
    peer: [2, 3, 8],
    peerName: "p",
    goal: { atMost: 0.5 },
  });
  assert.equal(row.ratio, "0.5");
  assert.equal(row.spread, "0.25–1");
  assert.equal(row.goal, "≤ 0.5×");
  assert.equal(row.verdict, "met");
  assert.equal(alone({ figure: "f", unit: "MB", ours: [701], goal: { atMost: 700 } }).verdict, "missed");
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.deepEqual([0.0456, 12.345, 1234.5].map(digits), ["0.0456", "12.3", "1,235"]);
});

test("ranks are correlated, and equal values share theirs", () => {
  assert.equal(spearman([1, 2, 3], [10, 20, 300]), 1);
  assert.equal(spearman([1, 2, 3], [3, 2, 1]), -1);
  // scipy.stats.spearmanr([1, 2, 2, 4, 5], [3, 1, 2, 5, 5])
  assert.ok(Math.abs(spearman([1, 2, 2, 4, 5], [3, 1, 2, 5, 5]) - 0.6315789473684211) < 1e-12);
});

test("a step is what the longer run has more", () => {
  const counts = (n) => ({ submissions: 5 + n, uploads: n, uploadedBytes: 8 * n, readBacks: n, readBytes: 4 * n });
  const run = (n) => ({ ...counts(n), launches: { once: 7, each: 10 + 3 * n, ...(n > 2 && { late: 1 }) } });
  const step = perStep([run(2), run(4)], 2);
  assert.deepEqual(step.kernels, [
    ["each", 3],
    ["late", 0.5],
  ]);
  assert.deepEqual([step.launches, step.submissions, step.uploadedBytes], [3.5, 1, 8]);
});

test("what was not run says why below the table", () => {
  const row = againstPeer({
    figure: "f",
    unit: "s",
    ours: [1],
    peer: [],
    peerName: "p",
    why: "no Python",
    goal: { atMost: 1 },
  });
  const table = tableOfRows([row]);
  assert.match(table, /not run \(1\)/);
  assert.match(table, /\n\(1\) no Python$/);
});

test("a grown corpus has the same words in new sentences", () => {
  const rows = [
    { id: "1", sentence_a: "one two three four five", sentence_b: "six seven eight nine ten" },
    { id: "2", sentence_a: "one two three four five", sentence_b: "more of these words here" },
  ];
  assert.deepEqual(grownTo(rows, 1), rows.slice(0, 1));
  const grown = grownTo(rows, 5);
  assert.equal(grown.length, 5);
  assert.equal(grown[2].sentence_a, grown[3].sentence_a);
  assert.equal(new Set(grown.map((row) => row.sentence_a)).size, 3);
  const words = (sentence) => sentence.split(" ").sort().join(" ");
  for (const row of grown) assert.equal(words(row.sentence_a), words(rows[0].sentence_a));
});

test("ids and corpora are as long as asked", async (t) => {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const vocabularyFile = path.join(root, "tests/models/all-MiniLM-L6-v2/vocab.txt");
  const folder = await mkdtemp(path.join(os.tmpdir(), "bench-"));
  t.after(() => rm(folder, { recursive: true }));
  const demoFile = path.join(root, "data/demo-pairs.tsv");
  const corpora = await Corpora.open({ demoFile, vocabularyFile, folder });
  const ids = corpora.ids(16, 3);
  assert.equal(ids.length, 48);
  assert.deepEqual([ids[0], ids[15], ids[16]], [101, 102, 101]);
  assert.ok(ids.every((id) => id > 0));
  assert.equal((await corpora.demo(1200)).name, "demo-1200.tsv");
});

test("a model of another depth is the same layers, fewer or again", () => {
  const entry = (start, end) => ({ dtype: "F32", shape: [(end - start) / 4], data_offsets: [start, end] });
  const header = { "encoder.layer.0.w": entry(0, 4), "encoder.layer.1.w": entry(4, 12), "embeddings.w": entry(12, 16) };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const weights = new Uint8Array(8 + text.length + 16);
  new DataView(weights.buffer).setBigUint64(0, BigInt(text.length), true);
  weights.set(text, 8);
  weights.set(
    Array.from({ length: 16 }, (_, idx) => idx),
    8 + text.length,
  );
  const read = (nLayers) => {
    const { config, weights: bytes } = withLayers({ config: { num_hidden_layers: 2 }, weights }, nLayers);
    assert.equal(config.num_hidden_layers, nLayers);
    const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const tensors = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start)));
    assert.equal(start % 8, 0);
    return Object.entries(tensors).map(
      ([
        name,
        {
          data_offsets: [a, b],
        },
      ]) => [name, bytes[start + a], b - a],
    );
  };
  assert.deepEqual(read(1), [
    ["encoder.layer.0.w", 0, 4],
    ["embeddings.w", 12, 4],
  ]);
  const layers = [
    ["encoder.layer.0.w", 0, 4],
    ["encoder.layer.2.w", 0, 4],
    ["encoder.layer.1.w", 4, 8],
  ];
  assert.deepEqual(read(3), [...layers, ["embeddings.w", 12, 4]]);
});

test("a chart draws every point, and none outside", () => {
  const points = [
    [100, 2],
    [1000, 15],
    [10000, 146],
  ];
  const chart = svgChart([
    { title: "a < b", xTitle: "x", points, logarithmic: "xy", isCompared: true },
    { title: "none", xTitle: "x", points: [], logarithmic: "", isCompared: true },
  ]);
  assert.equal(chart.match(/<circle/g).length, points.length);
  assert.ok(!/NaN|undefined|Infinity|a < b/.test(chart), chart);
});

test("the command line is checked, and shown without this machine's paths", () => {
  assert.throws(() => readArguments(["--only", "matmul,nonsense"]), Problem);
  assert.throws(() => readArguments(["--nonsense"]), Problem);
  const options = readArguments([
    "--module",
    "m",
    "--only",
    "train,matmul",
    "--python",
    "/somewhere/python",
    "--write",
  ]);
  assert.deepEqual(options.sections, ["matmul", "train"]);
  assert.equal(shownCommand(options), "cargo xtask bench --python PYTHON --only matmul,train --write");
});
