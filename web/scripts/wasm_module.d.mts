export function withoutCustomSections(module: Buffer): Buffer;
export function functionSizes(module: Buffer): { name: string; size: number }[];
