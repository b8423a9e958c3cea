// The last thing done to a built page, over the folder in which Trunk has put it together: its modules lose the names of
// their functions, and then the service worker is told which files there are. One hook, because Trunk runs those of a stage
// at the same time.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withoutCustomSections } from "./wasm_module.mjs";

const folder = process.env.TRUNK_STAGING_DIR;
if (process.env.TRUNK_PROFILE === "release" && folder !== undefined) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".wasm"))) {
    const path = join(folder, name);
    writeFileSync(path, withoutCustomSections(readFileSync(path)));
  }
}
await import("./precache.mjs");
