import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";

for (const module of ["worker_bg.wasm", "worker_webgpu_bg.wasm"]) {
  test(`no call from JavaScript runs the static constructors of ${module} again`, async () => {
    const bytes = await readFile(new URL(`../../dist/${module}`, import.meta.url));
    const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map((entry) => entry.name);
    expect(names).toContain("memory");
    // The linker wraps every export under this name where nothing calls the constructors once, at start-up.
    expect(names.filter((name) => name.endsWith(".command_export"))).toEqual([]);
  });
}
