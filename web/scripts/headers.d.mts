export function headersFor(html: string): Record<string, string>;
export function headersFile(headers: Record<string, string>): string;
