import assert from "node:assert/strict";
import { test } from "node:test";
import { functionSizes, withoutCustomSections } from "../scripts/wasm_module.mjs";

// A module with one function, exported as "f", that gives back its argument; its name is "identity".
const BEFORE_NAMES = "0061736d010000000106 0160017f017f 03020100 070501 0166 0000 0a06010400 20000b".replaceAll(
  " ",
  "",
);
const NAMES = "0012 046e616d65 010b0100086964656e74697479 ".replaceAll(" ", "");

const compiled = (module: Buffer) => new WebAssembly.Module(new Uint8Array(module));

test("a module without names is the same module", () => {
  const named = Buffer.from(BEFORE_NAMES + NAMES, "hex");
  assert.equal(WebAssembly.Module.customSections(compiled(named), "name").length, 1);
  const stripped = withoutCustomSections(named);
  assert.equal(stripped.toString("hex"), BEFORE_NAMES);
  const { f } = new WebAssembly.Instance(compiled(stripped)).exports;
  assert.equal((f as (value: number) => number)(7), 7);
  assert.deepEqual(withoutCustomSections(stripped), stripped);
});

test("a module that is cut short is an error, and no shorter module", () => {
  const module = Buffer.from(BEFORE_NAMES, "hex");
  assert.throws(() => withoutCustomSections(module.subarray(0, module.length - 1)), /ends beyond the module/);
  assert.throws(() => withoutCustomSections(Buffer.from("0061736d0100000001ff", "hex")), /within a number/);
});

test("functions have their names and the bytes of their code", () => {
  assert.deepEqual(functionSizes(Buffer.from(BEFORE_NAMES + NAMES, "hex")), [{ name: "identity", size: 4 }]);
  assert.deepEqual(functionSizes(Buffer.from(BEFORE_NAMES, "hex")), [{ name: "", size: 4 }]);
});
