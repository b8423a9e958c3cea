import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, normalize } from "node:path";
import { test } from "node:test";

/** What each room may import besides itself and the leaves. A feature's states may use those of the features before it. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  main: ["language", "app"],
  language: [],
  service_worker: ["app"],
  app: [
    "features/compute",
    "features/train",
    "features/model",
    "features/pairs",
    "features/runs",
    "features/compare",
    "features/explore",
    "features/analysis",
    "ui",
    "storage",
    "hub",
  ],
  "features/compute": ["ui", "worker", "storage"],
  "features/train": ["ui", "worker", "storage", "features/compute"],
  "features/model": ["ui", "worker", "storage", "hub", "features/compute", "features/train"],
  "features/pairs": ["ui", "worker"],
  "features/runs": [
    "ui",
    "worker",
    "storage",
    "features/compute",
    "features/train",
    "features/model",
    "features/pairs",
  ],
  "features/compare": [
    "ui",
    "worker",
    "storage",
    "features/compute",
    "features/train",
    "features/model",
    "features/pairs",
  ],
  "features/analysis": ["ui", "features/train"],
  "features/explore": ["ui", "worker", "features/train"],
  // Downloads are stored part by part as they arrive.
  hub: ["storage"],
  storage: [],
  worker: [],
  ui: [],
};

/** Everybody may import these, and they import only what is named here. */
const LEAVES: Record<string, readonly string[]> = {
  protocol: [],
  settings: [],
  text: ["protocol", "ui/format", "ui/progress"],
};

const SRC = "src/";

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => SRC + path.replaceAll("\\", "/"));

/** Every file under src, with the files that it imports, for types alone too. */
const graph = new Map<string, string[]>(
  files.map((path) => {
    const specs = [...readFileSync(path, "utf8").matchAll(/(?:from|import) "(\.[^"]+)"/g)].map(
      ([, spec]) => spec ?? "",
    );
    return [nameOf(path), specs.map((spec) => nameOf(normalize(`${dirname(path)}/${spec}`)))];
  }),
);

/** "features/train/run" of "src/features/train/run.ts". */
function nameOf(path: string): string {
  return path.replace(SRC, "").replace(/\.tsx?$/, "");
}

/** "features/train" of "features/train/run"; a file in no folder is a room of its own. */
function roomOf(name: string): string {
  const folders = name.split("/").slice(0, -1);
  return folders[0] === "features" ? folders.slice(0, 2).join("/") : (folders[0] ?? name);
}

const isView = (name: string) => files.includes(`${SRC}${name}.tsx`);

test("every import is of a file that is there, and no arrow points back", () => {
  assert(graph.size > 100, "the files were found");
  for (const [name, imports] of graph) {
    const room = roomOf(name);
    for (const imported of imports) {
      assert(graph.has(imported), `${name} imports ${imported}, which is not there`);
      const target = roomOf(imported);
      const isAllowed = target === room || target in LEAVES || MAY_IMPORT[room]?.includes(target);
      assert(LEAVES[room]?.includes(imported) ?? isAllowed, `${name} imports ${imported}`);
    }
  }
});

test("no feature imports another feature's views", () => {
  for (const [name, imports] of graph) {
    const room = roomOf(name);
    const foreign = imports.filter((imported) => imported.startsWith("features/") && roomOf(imported) !== room);
    const views = foreign.filter(isView);
    if (room.startsWith("features/")) assert.deepEqual(views, [], `${name} imports views`);
  }
});

test("no two files import each other, directly or by others", () => {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]) => {
    assert(!path.includes(name), `a cycle: ${[...path, name].join(" → ")}`);
    if (done.has(name)) return;
    for (const imported of graph.get(name) ?? []) visit(imported, [...path, name]);
    done.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
});
