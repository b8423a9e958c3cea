// What the figures were measured on. No names of hosts or folders.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";

export function describeMachine({ browser, backend, torchVersion, ortVersion, command, root, loadBefore }) {
  const cpus = os.cpus();
  const gigabytes = (os.totalmem() / 1024 ** 3).toFixed(0);
  return [
    ["date", new Date().toISOString().slice(0, 10)],
    ["command", `\`${command}\``],
    ["commit", commitOf(root)],
    ["processor", `${cpus[0]?.model.trim() ?? "unknown"}, ${cpus.length} cores, ${gigabytes} GiB of memory`],
    ["system", `${os.type()} ${os.arch()}`],
    ["browser", `Chromium ${browser.version()}, headless`],
    ["page's CPU backend", backend],
    ["onnxruntime-web", ortVersion ?? "not run"],
    ["PyTorch", torchVersion ?? "not run"],
    ["load before", `${loadBefore.toFixed(2)} (average of a minute; a quiet machine is near 0)`],
  ];
}

/** The version that the lock file pins. */
export function lockedVersion(lockFile, name) {
  return JSON.parse(readFileSync(lockFile, "utf8")).packages[`node_modules/${name}`].version;
}

function commitOf(root) {
  const git = (...words) => execFileSync("git", ["-C", root, ...words], { encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const isClean = git("status", "--porcelain", "--", "crate", "web", "Cargo.lock") === "";
    return git("rev-parse", "--short", "HEAD") + (isClean ? "" : ", with changes that are not committed");
  } catch {
    return "unknown";
  }
}
