/** Git's name of a file: SHA-1 over "blob {size}\0" and the bytes (gitformat-pack). */

/**
 * @param subtle The browser's `crypto.subtle`, which only secure contexts have.
 * @returns 40 hexadecimal digits; null without `subtle`.
 */
export async function gitBlobHash(blob: Blob, subtle: SubtleCrypto | undefined): Promise<string | null> {
  if (subtle === undefined) return null;
  const bytes = await new Blob([`blob ${blob.size}\0`, blob]).arrayBuffer();
  const digest = new Uint8Array(await subtle.digest("SHA-1", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
