/** Numbers as people read them, without words. */

const counts = new Intl.NumberFormat("en");

const dates = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** Milliseconds since 1970 → "Nov 24, 2026, 9:05 AM", in the visitor's time zone. */
export function formatDate(millis: number): string {
  return dates.format(millis);
}

/** A missing value. */
export const NONE = "–";

/** 22713216 → "22,713,216". */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** 90868376 → "90.9 MB" (decimal units, as file managers and networks count). */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  const unitIdx = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const amount = bytes / 1000 ** unitIdx;
  return `${unitIdx === 0 ? amount : amount.toFixed(1)} ${units[unitIdx]}`;
}

/** A duration with the digits that matter: "4.2 s", "48 s", "2 min 5 s", "1 h 12 min". */
export function formatDuration(secs: number): string {
  if (secs < 9.95) return `${secs.toFixed(1)} s`;
  const whole = Math.round(secs);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(secs / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A duration rounded to the precision of an estimate, so that it does not flicker. */
export function formatRounded(secs: number): string {
  const step = secs < 10 ? 1 : secs < 60 ? 5 : secs < 600 ? 10 : 60;
  const rounded = Math.round(secs / step) * step;
  return rounded < 10 ? `${rounded} s` : formatDuration(rounded);
}

/** 0.1234 → "12.3%". */
export function formatPercent(fraction: number, digits = 1): string {
  return `${(fraction * 100).toFixed(digits)}%`;
}

/** A share with the digits that matter: 0.0015 → "0.15%", 0.157 → "15.7%". */
export function formatShare(fraction: number): string {
  if (fraction > 0 && fraction < 0.01) return formatPercent(fraction, 2);
  // Nor is 99.99% shown as 100%.
  if (fraction > 0.999 && fraction < 1) return formatPercent(Math.min(fraction, 0.9999), 2);
  return formatPercent(fraction, fraction === 1 || fraction === 0 ? 0 : 1);
}

/** A number with a fixed count of decimals and a true minus sign; a dash for none. */
export function formatDecimal(value: number | null, digits = 3): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/**
 * A similarity from 0 to 1 on the scale that its file has it on: 0.64 of 0 to 5 → "3.2". Three digits of the scale are
 * shown: more would be rounding errors of the conversion.
 */
export function formatScore(score: number, [low, high]: readonly [number, number]): string {
  const digits = Math.min(6, Math.max(0, 3 - Math.ceil(Math.log10(high - low))));
  const text = String(Number(Math.abs(low + score * (high - low)).toFixed(digits)));
  return low + score * (high - low) < 0 && text !== "0" ? `−${text}` : text;
}

/** A change with its sign: "+0.120", "−0.034", "±0.000". */
export function formatChange(change: number, digits = 3): string {
  const text = Math.abs(change).toFixed(digits);
  if (Number(text) === 0) return `±${text}`;
  return `${change > 0 ? "+" : "−"}${text}`;
}

/** A setting as one would type it: 0.00005 → "5e-5", 0.005 → "0.005". */
export function formatSetting(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential().replace("e+", "e") : String(value);
}

/** A learning rate or norm with two or three significant digits. */
export function formatSignificant(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) < 0.001 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** A message of another program in brackets: "Out of memory." → "(Out of memory)"; an empty one stays empty. */
export function inBrackets(message: string | null): string {
  const text = (message ?? "").trim().replace(/\.$/, "");
  return text === "" ? "" : `(${text})`;
}
