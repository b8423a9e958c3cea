import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { MAP_TRANSITION_MILLIS, POINT_REACH } from "../../settings";
import { text } from "../../text";
import { useMedia } from "../../ui/use_media";
import type { EncodedSet } from "./embedding_state";
import type { Tone } from "./map_colours";
import { drawMap, type MapMarks, type MapPicture, readColours } from "./map_drawing";
import { placesAt, pointNear, type Size } from "./map_places";
import type { Moment } from "./vectors";

interface MapCanvasProps {
  set: EncodedSet;
  moment: Moment;
  tones: readonly Tone[];
  toneOf: Uint16Array;
  marks: MapMarks;
  /** Colours are read again when it changes. */
  isDark: boolean;
  onPoint: (row: number | null) => void;
  onSelect: (row: number) => void;
}

/** Radius of a point: of many, or on a small screen, each is smaller, so that they hide each other less. */
function radiusFor(nPoints: number, { width, height }: Size): number {
  return Math.min(4, Math.max(1.5, 0.17 * Math.sqrt((width * height) / nPoints)));
}

/** The points on a canvas: thousands of elements would take the browser too long. Arrow keys select one after the other. */
export function MapCanvas({ set, moment, tones, toneOf, marks, isDark, onPoint, onSelect }: MapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const isStill = useMedia("(prefers-reduced-motion: reduce)");
  const target = moment === "after" ? 1 : 0;
  /** What was drawn last. */
  const share = useRef(target);
  /** Read once for each theme: a moving pointer draws often. */
  const theme = useRef<{ tones: readonly Tone[]; isDark: boolean; colours: ThemeColours } | null>(null);
  const places = useRef<Float32Array>(new Float32Array());

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || size.width === 0) return;
    const [from, startedAt] = [share.current, performance.now()];
    const draw = (now: number) => {
      // In a frame: by then the theme has been set on the document.
      if (theme.current?.tones !== tones || theme.current.isDark !== isDark) {
        theme.current = { tones, isDark, colours: themeColours(element, tones) };
      }
      const { colours } = theme.current;
      const passed = isStill ? 1 : Math.min(1, Math.max(0, (now - startedAt) / MAP_TRANSITION_MILLIS));
      share.current = from + (target - from) * passed * passed * (3 - 2 * passed);
      places.current = placesAt(set.maps, share.current, size);
      const ratio = window.devicePixelRatio;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawMap(context, {
        ...size,
        ...colours,
        places: places.current,
        toneOf,
        radius: radiusFor(toneOf.length, size),
        marks,
      });
      if (from !== target && passed < 1) frame = requestAnimationFrame(draw);
    };
    let frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [set, target, tones, toneOf, marks, isDark, isStill, size]);

  const { selected } = marks;
  const nPoints = set.sentences.length;
  const near = ({ offsetX, offsetY }: MouseEvent) => pointNear(places.current, offsetX, offsetY, POINT_REACH);
  const rowFor = (key: string): number | null => {
    switch (key) {
      case "ArrowRight":
      case "ArrowDown":
        return selected === null ? 0 : (selected + 1) % nPoints;
      case "ArrowLeft":
      case "ArrowUp":
        return selected === null ? nPoints - 1 : (selected + nPoints - 1) % nPoints;
      case "Home":
        return 0;
      case "End":
        return nPoints - 1;
      default:
        return null;
    }
  };
  const ratio = window.devicePixelRatio;
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: an application is interactive: it has keys.
    <canvas
      class="map-canvas"
      ref={canvas}
      width={Math.round(size.width * ratio)}
      height={Math.round(size.height * ratio)}
      role="application"
      aria-label={text.explore.mapLabel(nPoints)}
      tabIndex={0}
      data-testid="map"
      data-points={nPoints}
      onPointerMove={(event) => onPoint(near(event))}
      onPointerLeave={() => onPoint(null)}
      onClick={(event) => {
        const row = near(event);
        if (row !== null) onSelect(row);
      }}
      onKeyDown={(event) => {
        const row = rowFor(event.key);
        if (row === null || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        onSelect(row);
      }}
    />
  );
}

type ThemeColours = Pick<MapPicture, "surface" | "text" | "accent" | "colours">;

/** The colours of a map in the theme of the page. */
export function themeColours(canvas: HTMLCanvasElement, tones: readonly Tone[]): ThemeColours {
  const host = canvas.parentElement ?? document.body;
  const own = ["var(--surface)", "var(--text)", "var(--accent)"];
  const [surface = "", text = "", accent = "", ...colours] = readColours(host, [
    ...own,
    ...tones.map(({ colour }) => colour),
  ]);
  return { surface, text, accent, colours };
}

/** The size of an element in CSS pixels, kept up to date. */
function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    if (element.current === null) return;
    const { current } = element;
    const update = () => setSize({ width: current.clientWidth, height: current.clientHeight });
    const observer = new ResizeObserver(update);
    observer.observe(current);
    update();
    return () => observer.disconnect();
  }, []);
  return size;
}
