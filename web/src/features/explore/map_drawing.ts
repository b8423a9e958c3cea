/** Draws a map: on a canvas for the screen and PNG, or as SVG. */

import type { Size } from "./map_places";

export interface MapPicture extends Size {
  /** x and y of each point in turn. */
  places: Float32Array;
  /** Colours as a canvas understands them. */
  colours: readonly string[];
  /** Which of the colours each point has. */
  toneOf: Uint16Array;
  /** Radius of a point. */
  radius: number;
  surface: string;
  text: string;
  accent: string;
  marks: MapMarks;
}

/** What stands out. */
export interface MapMarks {
  selected: number | null;
  /** Nearest in the full space: not always near on the map. */
  neighbours: readonly number[];
  /** A sentence and the other one of its pair. */
  pair: readonly [number, number] | null;
  pointed: number | null;
}

const OPACITY = 0.7;

export function drawMap(context: CanvasRenderingContext2D, picture: MapPicture): void {
  const { width, height, places, colours, toneOf, radius, surface, text, accent, marks } = picture;
  context.globalAlpha = 1;
  context.fillStyle = surface;
  context.fillRect(0, 0, width, height);
  const circle = (idx: number, ownRadius: number) => {
    const [x, y] = [places[2 * idx] as number, places[2 * idx + 1] as number];
    if (!Number.isFinite(x + y)) return;
    context.moveTo(x + ownRadius, y);
    context.arc(x, y, ownRadius, 0, 2 * Math.PI);
  };
  const draw = (points: readonly number[], ownRadius: number, fill: string | null, stroke: string | null) => {
    context.beginPath();
    for (const idx of points) circle(idx, ownRadius);
    if (fill !== null) {
      context.fillStyle = fill;
      context.fill();
    }
    if (stroke !== null) {
      context.strokeStyle = stroke;
      context.lineWidth = radius / 2;
      context.stroke();
    }
  };
  // Point by point, so that no colour lies over all others, and many points at one place are darker.
  context.globalAlpha = OPACITY;
  for (const [idx, tone] of toneOf.entries()) draw([idx], radius, colours[tone] ?? text, null);
  context.globalAlpha = 1;
  const { selected, neighbours, pair, pointed } = marks;
  draw(neighbours, radius * 1.6, null, text);
  if (pair !== null) {
    const [from, to] = pair;
    context.beginPath();
    context.moveTo(places[2 * from] as number, places[2 * from + 1] as number);
    context.lineTo(places[2 * to] as number, places[2 * to + 1] as number);
    context.strokeStyle = accent;
    context.lineWidth = radius / 2;
    context.stroke();
    draw(pair, radius * 1.8, accent, surface);
  }
  if (selected !== null) draw([selected], radius * 2.2, accent, text);
  if (pointed !== null) draw([pointed], radius * 2.2, null, text);
}

/** @param texts What each point is called. */
export function svgOf(
  { width, height, places, colours, toneOf, radius, surface }: MapPicture,
  texts: readonly string[],
) {
  const number = (value: number) => String(Number(value.toFixed(2)));
  const circles = texts.map((text, idx) => {
    const [x, y] = [places[2 * idx] as number, places[2 * idx + 1] as number];
    if (!Number.isFinite(x + y)) return "";
    const fill = xml(colours[toneOf[idx] ?? 0] ?? "");
    return `<circle cx="${number(x)}" cy="${number(y)}" r="${radius}" fill="${fill}"><title>${xml(text)}</title></circle>\n`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">\n` +
    `<rect width="100%" height="100%" fill="${xml(surface)}"/>\n<g fill-opacity="${OPACITY}">\n${circles.join("")}</g>\n</svg>\n`
  );
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML has no way to write most control characters, nor half a character. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? "");
}

/**
 * Colours of the style sheet, such as `var(--muted)`, as numbers: a canvas knows no variables, and programs that open an
 * SVG file know none of the newer functions.
 *
 * @param host Where the colours apply.
 */
export function readColours(host: HTMLElement, colours: readonly string[]): string[] {
  const probe = document.createElement("canvas");
  probe.width = 1;
  probe.height = 1;
  const context = probe.getContext("2d", { willReadFrequently: true });
  const span = document.createElement("span");
  host.append(span);
  const read = colours.map((colour) => {
    span.style.color = colour;
    const computed = getComputedStyle(span).color;
    if (context === null) return computed;
    context.fillStyle = computed;
    context.fillRect(0, 0, 1, 1);
    return `rgb(${context.getImageData(0, 0, 1, 1).data.slice(0, 3).join(", ")})`;
  });
  span.remove();
  return read;
}
