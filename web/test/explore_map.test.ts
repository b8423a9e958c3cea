import assert from "node:assert/strict";
import { test } from "node:test";
import type { EncodedSet, Point } from "../src/features/explore/embedding_state";
import { colouringsOf, tonesOf } from "../src/features/explore/map_colours";
import { type MapPicture, svgOf } from "../src/features/explore/map_drawing";
import { placesAt, pointNear } from "../src/features/explore/map_places";
import { backgroundOf } from "../src/features/explore/matrix_panel";
import { vectorsOf } from "../src/features/explore/vectors";

const SIZE = { width: 200, height: 100 };

const at = (places: Float32Array, idx: number) => [...places.slice(2 * idx, 2 * idx + 2)].map(Math.round);

test("both axes and both moments have one scale, upwards is up, and all points are within the margin", () => {
  const before: Point[] = [
    [-1, -1],
    [1, 1],
  ];
  const places = placesAt({ before, after: null }, 0, SIZE);
  assert.deepEqual(
    [at(places, 0), at(places, 1)],
    [
      [54, 96],
      [146, 4],
    ],
  );
  const after: Point[] = [
    [-1, -1],
    [3, 3],
  ];
  const maps = { before, after };
  assert.deepEqual(
    [0, 0.5, 1].map((share) => at(placesAt(maps, share, SIZE), 1)),
    [
      [100, 50],
      [123, 27],
      [146, 4],
    ],
  );
});

test("points without numbers, or all at one place, break nothing", () => {
  const places = placesAt(
    {
      before: [
        [Number.NaN, 0],
        [2, 3],
      ],
      after: null,
    },
    0,
    SIZE,
  );
  assert.deepEqual(at(places, 1), [100, 4]);
  assert.equal(pointNear(places, 0, 0, 1000), 1);
  assert.deepEqual([...placesAt({ before: [], after: null }, 0, SIZE)], []);
  assert.deepEqual(at(placesAt({ before: [[5, 5]], after: null }, 0, SIZE), 0), [100, 50]);
});

test("the nearest point is meant, if it is within reach", () => {
  const places = Float32Array.of(10, 10, 20, 10);
  assert.equal(pointNear(places, 16, 10, 5), 1);
  assert.equal(pointNear(places, 14, 12, 5), 0);
  assert.equal(pointNear(places, 14, 40, 5), null);
});

test("the colours say the class, the split, or nothing", () => {
  const none = { text: "a", split: null, label: null, partner: null };
  const set: EncodedSet = {
    key: 1,
    sentences: [
      { ...none, label: 1, split: "train" },
      { ...none, split: "held_out" },
    ],
    source: "pairs",
    classes: ["yes", "no"],
    vectors: { before: vectorsOf(new Uint8Array(), 2), after: null },
    maps: { before: [], after: null },
    explainedVariance: null,
    nNeighbours: 10,
    neighbourChanges: [],
    nTruncated: 0,
    stamp: { modelVersion: 1, modelName: "tiny", pairs: null, runKey: null, nStepsDone: 0 },
  };
  assert.deepEqual(colouringsOf(set), ["class", "split", "pair"]);
  assert.deepEqual(colouringsOf({ ...set, classes: [] }), ["split", "pair"]);
  assert.deepEqual(colouringsOf({ ...set, source: "lines" }), ["none"]);
  const ofClass = tonesOf(set, "class");
  assert.deepEqual(
    ofClass.tones.map(({ name }) => name),
    ["yes", "no", "without a class"],
  );
  assert.deepEqual([...ofClass.toneOf], [1, 2]);
  assert.deepEqual([...tonesOf(set, "split").toneOf], [0, 1]);
});

test("an SVG has each point with its sentence, as text of XML", () => {
  const picture: MapPicture = {
    ...SIZE,
    places: Float32Array.of(1, 2, Number.NaN, 0),
    colours: ["rgb(1, 2, 3)"],
    toneOf: Uint16Array.of(0, 0),
    radius: 5,
    surface: "white",
    text: "black",
    accent: "blue",
    marks: { selected: null, neighbours: [], pair: null, pointed: null },
  };
  const svg = svgOf(picture, ['<b>&"\u0000\ud800🙂', "nowhere"]);
  assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 200 100"/);
  assert(
    svg.includes(
      '<circle cx="1" cy="2" r="5" fill="rgb(1, 2, 3)"><title>&lt;b&gt;&amp;&quot;\ufffd\ufffd🙂</title></circle>',
    ),
  );
  assert.equal(svg.match(/<circle/g)?.length, 1);
});

/** Of style sheet colours in light and dark; see web/src/ui/theme.css. */
const COLOURS = {
  light: { text: "#22272e", surface: "#ffffff", accent: "#1d5fa8", amber: "#a2770f" },
  dark: { text: "#dce1e8", surface: "#1c2027", accent: "#82b7f2", amber: "#dcb853" },
};

const channels = (hex: string) => [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255);
const luminance = (rgb: readonly number[]) => {
  const [r = 0, g = 0, b = 0] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

test("the text of a cell has a contrast of 4.5 : 1 or more, whatever its value", () => {
  for (const { text, surface, accent, amber } of Object.values(COLOURS)) {
    for (const value of [-1, -0.5, 0, 0.5, 1, 7]) {
      const share = Number(/ (\d+)%/.exec(backgroundOf(value))?.[1]) / 100;
      const [top, under] = [channels(value < 0 ? amber : accent), channels(surface)];
      const cell = luminance(top.map((channel, idx) => channel * share + (under[idx] ?? 0) * (1 - share)));
      const [light, dark] = [cell, luminance(channels(text))].sort((a, b) => b - a) as [number, number];
      assert((light + 0.05) / (dark + 0.05) >= 4.5, `${value} on ${surface}`);
    }
  }
  assert.equal(backgroundOf(Number.NaN), "none");
});
