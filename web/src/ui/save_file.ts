/** Hands a file to the browser, which saves it where it saves downloads. */

import { SAVE_LIMIT_MILLIS } from "../settings";

export function saveFile(name: string, content: Blob | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/zip" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the file from this address: it must live until that is done, and holds the bytes as long.
  window.setTimeout(() => URL.revokeObjectURL(url), SAVE_LIMIT_MILLIS);
}
