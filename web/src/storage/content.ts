/** The bytes of a file: in memory, or in a Blob, which is read when needed. */

import { PIECE_BYTES } from "../settings";

export type Content = Blob | Uint8Array<ArrayBuffer>;

/** Bytes. */
export function sizeOf(content: Content): number {
  return content instanceof Blob ? content.size : content.length;
}

export async function bytesOf(content: Content): Promise<Uint8Array<ArrayBuffer>> {
  return content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
}

/** In pieces, so that no second copy of the whole is made. */
export function streamOf(content: Content): ReadableStream<Uint8Array<ArrayBuffer>> {
  if (content instanceof Blob) return content.stream();
  let at = 0;
  return new ReadableStream(
    {
      pull: (controller) => {
        if (at >= content.length) return controller.close();
        controller.enqueue(content.subarray(at, at + PIECE_BYTES));
        at += PIECE_BYTES;
      },
    },
    { highWaterMark: 0 },
  );
}

/** Bytes as hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
