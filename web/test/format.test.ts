import assert from "node:assert/strict";
import { test } from "node:test";
import { text } from "../src/text";
import * as format from "../src/ui/format";

function check<T>(write: (value: T) => string, cases: [T, string][]): void {
  for (const [value, expected] of cases) assert.equal(write(value), expected);
}

test("bytes are written in decimal units", () => {
  check(format.formatBytes, [
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [90_868_376, "90.9 MB"],
    [2.5e12, "2500.0 GB"],
  ]);
});

test("durations have the digits that matter", () => {
  check(format.formatDuration, [
    [0, "0.0 s"],
    [4.24, "4.2 s"],
    [9.97, "10 s"],
    [59.7, "1 min 0 s"],
    [125, "2 min 5 s"],
    [4320, "1 h 12 min"],
    [7199, "2 h 0 min"],
  ]);
});

test("time left is rounded to what a guess is worth", () => {
  check(text.ui.remaining, [
    [0.3, "almost done"],
    [4.4, "about 4 s left"],
    [9.7, "about 10 s left"],
    [43, "about 45 s left"],
    [127, "about 2 min 10 s left"],
    [Number.POSITIVE_INFINITY, "time left unknown"],
  ]);
});

test("a small share is never shown as nothing, nor nearly all as all", () => {
  check(text.ui.share, [
    [0, "0%"],
    [0.00005, "under 0.01%"],
    [0.0015, "0.15%"],
    [0.157, "15.7%"],
    [0.999848, "99.98%"],
    [1, "100%"],
  ]);
});

test("decimals and changes carry a true minus sign", () => {
  check(format.formatDecimal, [
    [null, "–"],
    [Number.NaN, "–"],
    [-0.0001, "0.000"],
    [-0.5, "−0.500"],
  ]);
  check(format.formatChange, [
    [0.0001, "±0.000"],
    [0.12, "+0.120"],
    [-0.12, "−0.120"],
  ]);
});

test("settings read as they are typed", () => {
  check(format.formatSetting, [
    [5e-5, "5e-5"],
    [0.005, "0.005"],
    [0, "0"],
    [42, "42"],
  ]);
});

test("what other programs say fits into a sentence", () => {
  check(format.inBrackets, [
    [null, ""],
    [" ", ""],
    ["Out of memory. ", "(Out of memory)"],
    ["1.5 GB", "(1.5 GB)"],
  ]);
});
