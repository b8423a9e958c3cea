/** Relaxed SIMD: instructions of WebAssembly, fused multiply-adds among them, that not every browser has. */

/** A module with one function, which returns `i8x16.relaxed_swizzle` of two constants. */
const MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);

/** Whether this browser has them. The worker finds out for itself (crate/page/src/relaxed.rs). */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(MODULE);
}
