export function withoutCustomSections(module: Buffer): Buffer;
