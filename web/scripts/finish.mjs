// The last thing done to a built page, over the folder in which Trunk has put it together: its modules lose the names of
// their functions, its headers are written, and then the service worker is told which files there are. One hook, because
// Trunk runs those of a stage at the same time.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { headersFile, headersFor } from "./headers.mjs";
import { withoutCustomSections } from "./wasm_module.mjs";

const folder = process.env.TRUNK_STAGING_DIR;
if (process.env.TRUNK_PROFILE === "release" && folder !== undefined) {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".wasm"))) {
    const path = join(folder, name);
    writeFileSync(path, withoutCustomSections(readFileSync(path)));
  }
}
if (folder !== undefined) {
  const html = readFileSync(join(folder, "index.html"), "utf8");
  writeFileSync(join(folder, "_headers"), headersFile(headersFor(html)));
}
await import("./precache.mjs");
