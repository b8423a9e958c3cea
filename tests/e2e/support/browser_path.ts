import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const SUFFIXES = process.platform === "win32" ? [".exe", ".cmd"] : [""];
const ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The browser that `CHROME` names, which `cargo xtask test` sets, or the first on the `PATH`. */
export function browserPath(): string {
  const named = process.env.CHROME;
  if (named !== undefined && named !== "") return named;
  const found = programPath(NAMES, ON_MACOS);
  if (found !== null) return found;
  throw new Error(
    "There is no Chromium on the PATH. `cargo xtask setup` installs one where it can; or name yours in the variable CHROME.",
  );
}

/** The first program of these names on the `PATH`, or the one at another usual place; null if there is none. */
export function programPath(names: readonly string[], usual?: string): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = names.flatMap((name) =>
    folders.flatMap((folder) => SUFFIXES.map((suffix) => join(folder, name + suffix))),
  );
  return [...candidates, ...(usual === undefined ? [] : [usual])].find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
