import assert from "node:assert/strict";
import { test } from "node:test";
import { readStored, store } from "../src/storage/choices";

const CHOICES = ["one", "two"] as const;

function withStorage(storage: unknown, check: () => void): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  check();
  if (before === undefined) Reflect.deleteProperty(globalThis, "localStorage");
  else Object.defineProperty(globalThis, "localStorage", before);
}

test("a choice is kept, and one that there is not is not taken", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  };
  withStorage(storage, () => {
    assert.equal(readStored("number", CHOICES), "one");
    store("number", "two");
    assert.equal(readStored("number", CHOICES), "two");
    store("number", "three");
    assert.equal(readStored("number", CHOICES), "one");
  });
});

test("without storage there is the default, and no error", () => {
  withStorage(undefined, () => {
    store("number", "two");
    assert.equal(readStored("number", CHOICES), "one");
  });
});
