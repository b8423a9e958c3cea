// Removes the names of functions from a module, a fifth of a visitor's download. The compiler could leave them out, but with
// them goes what tells wasm-bindgen which instructions a module may use.

// https://webassembly.github.io/spec/core/binary/modules.html: magic and version, then sections, each an id, a size in LEB128
// and as many bytes. Custom sections, of which the names are one, have the id 0 and mean nothing to a browser.
const PREAMBLE_BYTES = 8;
const CUSTOM = 0;

/**
 * The module without its custom sections.
 *
 * @param {Buffer} module
 */
export function withoutCustomSections(module) {
  const kept = [module.subarray(0, PREAMBLE_BYTES)];
  let start = PREAMBLE_BYTES;
  while (start < module.length) {
    let [size, shift, position] = [0, 0, start + 1];
    let byte;
    do {
      byte = module[position++];
      if (byte === undefined) throw new Error(`the module ends within the size of the section at byte ${start}`);
      size += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte & 0x80);
    const end = position + size;
    if (end > module.length) throw new Error(`the section at byte ${start} ends beyond the module`);
    if (module[start] !== CUSTOM) kept.push(module.subarray(start, end));
    start = end;
  }
  return Buffer.concat(kept);
}
