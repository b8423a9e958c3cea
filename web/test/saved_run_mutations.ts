/** Files of saved runs that are wrong in one place or several: mutations of files as the page writes them. */

import { strToU8, type Zippable, zipSync } from "fflate";
import { randomFrom } from "./device";
import { asZip64, withField } from "./zip_headers";

/** A saved run before it becomes a file: its record, and what lies beside it. */
export interface SavedRunSeed {
  about: unknown;
  checkpoint: Uint8Array;
  pairs: Uint8Array;
}

/** Changes of a seed, one upon the other. */
const MAX_CHANGES = 4;

/** Stands for a piece of JSON that `JSON.stringify` never writes. */
const raw = (json: string) => `@raw:${json}@`;
const deep = (depth: number) => raw("[".repeat(depth) + "]".repeat(depth));

const VALUES = [
  ...[null, true, 0, 1, -1, 0.5, -2.5, 1e9, 2 ** 53, 1e300, -1e300, raw("1e999"), raw("-1e999"), raw("-0")],
  ...["", "NaN", "Infinity", "-1", "__proto__", "toString", "x".repeat(5_000), deep(3), deep(1_000)],
  ...[[], {}, [null], [-1], { kind: "all" }, { kind: "fraction", fraction: raw("1e999"), seed: 1 }, { length: 3 }],
];
const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  "0",
  "extra",
  "k".repeat(5_000),
];
const NAMES = ["run.json", "checkpoint.safetensors", "pairs", "pairs.tsv", "pairs.csv", "__proto__", "../pairs.tsv"];

const joined = (...pieces: Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

/** The file of the case with this number, always the same. */
export function mutatedFile(seeds: readonly SavedRunSeed[], number: number): Uint8Array<ArrayBuffer> {
  const random = randomFrom(number);
  const below = (n: number) => Math.floor(random() * n);
  const one = <T>(some: readonly T[]): T => some[below(some.length)] as T;
  const seed = one(seeds);
  const about: { about: unknown } = { about: JSON.parse(JSON.stringify(seed.about)) };
  let { checkpoint, pairs } = seed;
  let editText = (json: Uint8Array) => json;
  let editZip: (zip: Uint8Array, below: (n: number) => number) => Uint8Array = (zip) => zip;
  const others: Zippable = {};
  const without = new Set<string>();
  for (let nChanges = 1 + below(MAX_CHANGES); nChanges > 0; nChanges -= 1) {
    const kind = random();
    if (kind < 0.55) changeJson(about);
    else if (kind < 0.62) editText = mutatedBytes;
    else if (kind < 0.67) checkpoint = mutatedBytes(checkpoint);
    else if (kind < 0.7) pairs = new Uint8Array(below(2 * pairs.length));
    else if (kind < 0.75) without.add(one(NAMES));
    else if (kind < 0.8) others[one(NAMES)] = [new Uint8Array(below(100)), { level: one([0, 9]) }];
    else editZip = one([mutatedBytes, withField, withField, asZip64]);
  }
  const text = JSON.stringify(about.about) ?? "";
  // The marked pieces as they are, and keys that are there twice.
  const json = text.replace(/"@raw:([^"]*)@"/g, "$1").replace(/"@again:/g, '"');
  const level = random() < 0.1 ? 6 : 0;
  const entries: Zippable = {
    "run.json": [editText(strToU8(json)), { level }],
    "checkpoint.safetensors": [checkpoint, { level }],
    "pairs.tsv": [pairs, { level }],
  };
  for (const name of without) delete entries[name];
  return editZip(zipSync({ ...entries, ...others }), below) as Uint8Array<ArrayBuffer>;

  function changeJson(root: object): void {
    const slots: [parent: object, key: string][] = [];
    const visit = (value: object) => {
      for (const [key, child] of Object.entries(value)) {
        slots.push([value, key]);
        if (typeof child === "object" && child !== null) visit(child);
      }
    };
    visit(root);
    if (slots.length === 0) return;
    const [parent, key] = one(slots);
    const value: unknown = Reflect.get(parent, key);
    // `__proto__` too as a key of the object itself, as JSON.parse makes it.
    const set = (name: string, to: unknown) =>
      Object.defineProperty(parent, name, {
        value: structuredClone(to),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    const change = below(9);
    if (change < 3) set(key, one(VALUES));
    else if (change < 5 && typeof value === "number")
      set(key, one([value + 1, value - 1, -value, value * 1e6, value / 3]));
    else if (change === 5) Array.isArray(parent) ? parent.splice(Number(key), 1) : Reflect.deleteProperty(parent, key);
    else if (change === 6)
      Array.isArray(parent) ? parent.push(structuredClone(value)) : set(one(KEYS), one([value, ...VALUES]));
    else if (change === 7 && !Array.isArray(parent)) set(`@again:${key}`, one(VALUES));
    else set(key, Reflect.get(...one(slots)));
  }

  function mutatedBytes(bytes: Uint8Array): Uint8Array {
    const [at, end] = [below(bytes.length + 1), below(bytes.length + 1)];
    const head = bytes.subarray(0, at);
    switch (below(6)) {
      case 0:
        return bytes.map((byte, idx) => (idx === at ? byte ^ (1 << below(8)) : byte));
      case 1:
        return joined(
          head,
          Uint8Array.from({ length: 1 + below(8) }, () => below(256)),
          bytes.subarray(at),
        );
      case 2:
        return joined(head, bytes.subarray(at + 1 + below(8)));
      case 3:
        return head;
      case 4:
        return joined(bytes.subarray(0, end), bytes.subarray(at));
      default:
        return joined(head, one(seeds).checkpoint, bytes.subarray(at));
    }
  }
}
