// Reads WebAssembly modules as far as the build needs: their sections, their functions' sizes and names.
// https://webassembly.github.io/spec/core/binary/modules.html: magic and version, then sections, each an id, a size in LEB128
// and as many bytes.

const PREAMBLE_BYTES = 8;
const CUSTOM = 0;
const IMPORTS = 2;
const CODE = 10;
/** In the custom section "name": the part with the functions' names. */
const FUNCTION_NAMES = 1;
/** What can be imported. */
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;

/** Reads forward through bytes. */
class Reader {
  constructor(bytes, start = 0) {
    this.bytes = bytes;
    this.position = start;
  }

  get isAtEnd() {
    return this.position >= this.bytes.length;
  }

  byte() {
    const byte = this.bytes[this.position++];
    if (byte === undefined) throw new Error(`the module ends at byte ${this.bytes.length}, within a number`);
    return byte;
  }

  number() {
    let [value, factor, byte] = [0, 1, 0];
    do {
      byte = this.byte();
      value += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte & 0x80);
    return value;
  }

  take(n) {
    const start = this.position;
    this.position += n;
    if (this.position > this.bytes.length) throw new Error(`what begins at byte ${start} ends beyond the module`);
    return this.bytes.subarray(start, this.position);
  }

  name() {
    return this.take(this.number()).toString("utf8");
  }
}

function* sections(module) {
  const reader = new Reader(module, PREAMBLE_BYTES);
  while (!reader.isAtEnd) {
    const start = reader.position;
    const id = reader.byte();
    const content = reader.take(reader.number());
    yield { id, content, whole: module.subarray(start, reader.position) };
  }
}

/**
 * The module without its custom sections, which mean nothing to a browser. The names of functions are a fifth of a visitor's
 * download. The compiler could leave them out, but with them goes what tells wasm-bindgen which instructions a module may use.
 */
export function withoutCustomSections(module) {
  const kept = [...sections(module)].filter(({ id }) => id !== CUSTOM).map(({ whole }) => whole);
  return Buffer.concat([module.subarray(0, PREAMBLE_BYTES), ...kept]);
}

/** Bytes of code of each function that has a name. */
export function functionSizes(module) {
  let nImported = 0;
  let sizes = [];
  const names = new Map();
  for (const { id, content } of sections(module)) {
    const reader = new Reader(content);
    if (id === IMPORTS) nImported = nImportedFunctions(reader);
    if (id === CODE) sizes = Array.from({ length: reader.number() }, () => reader.take(reader.number()).length);
    if (id === CUSTOM && reader.name() === "name") readNames(reader, names);
  }
  return sizes.map((size, idx) => ({ name: names.get(nImported + idx) ?? "", size }));
}

function nImportedFunctions(reader) {
  let nFunctions = 0;
  for (let nLeft = reader.number(); nLeft > 0; nLeft--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind === FUNCTION) nFunctions += 1;
    if (kind === TABLE || kind === GLOBAL) reader.byte();
    if (kind === FUNCTION || kind === GLOBAL) reader.number();
    if (kind === TABLE || kind === MEMORY) {
      const hasMaximum = (reader.byte() & 1) === 1;
      reader.number();
      if (hasMaximum) reader.number();
    }
  }
  return nFunctions;
}

function readNames(reader, names) {
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const part = new Reader(reader.take(reader.number()));
    if (id !== FUNCTION_NAMES) continue;
    for (let nLeft = part.number(); nLeft > 0; nLeft--) names.set(part.number(), part.name());
  }
}
