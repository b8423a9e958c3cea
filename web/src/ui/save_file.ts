/** Saves a file as a download of the browser. */

import { SAVE_LIMIT_MILLIS } from "../settings";

export function saveFile(name: string, content: Blob, type = "application/zip"): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file from this address, which keeps the bytes in memory until it is revoked.
  window.setTimeout(() => URL.revokeObjectURL(url), SAVE_LIMIT_MILLIS);
}
