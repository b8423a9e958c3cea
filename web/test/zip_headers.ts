/** Zips whose headers say something else than what is there. */

type Below = (n: number) => number;

const FIELDS = [0, 1, 2, 3, 8, 9, 0xff, 0xffff, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** A field of a header has another value: the magic, a version, a method, a size, an offset or a count. */
export function withField(zip: Uint8Array, below: Below): Uint8Array {
  // Each header begins with "PK" and two small numbers.
  const headers: number[] = [];
  for (let at = zip.indexOf(0x50); at >= 0; at = zip.indexOf(0x50, at + 1)) {
    if (zip[at + 1] === 0x4b && Number(zip[at + 2]) < 8) headers.push(at);
  }
  const changed = zip.slice();
  const view = new DataView(changed.buffer);
  const at = Math.min((headers[below(headers.length)] ?? 0) + below(46), zip.length - 4);
  if (at < 0) return changed;
  const values = [FIELDS[below(FIELDS.length)], zip.length, view.getUint32(at, true) + 1];
  view.setUint32(at, values[below(values.length)] ?? 0, true);
  return changed;
}

/** The same entries, counted by a record for large files, which may count more. */
export function asZip64(zip: Uint8Array, below: Below): Uint8Array {
  return zip.length < 22 ? zip : zip64(zip, FIELDS[below(FIELDS.length)] ?? 0);
}

/** A zip whose record for large files says that it has `nEntries`. */
export function zip64(zip: Uint8Array, nEntries: number): Uint8Array<ArrayBuffer> {
  const endAt = zip.length - 22;
  const joined = new Uint8Array(zip.length + 56 + 20);
  joined.set(zip.subarray(0, endAt));
  joined.set(zip.subarray(endAt), endAt + 56 + 20);
  const view = new DataView(joined.buffer);
  view.setUint32(endAt, 0x06064b50, true);
  view.setUint32(endAt + 32, nEntries, true);
  view.setUint32(endAt + 48, view.getUint32(endAt + 76 + 16, true), true);
  view.setUint32(endAt + 56, 0x07064b50, true);
  view.setUint32(endAt + 56 + 8, endAt, true);
  return joined;
}
