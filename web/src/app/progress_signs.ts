/** How far the run is, for whoever looks at another tab: in the title, in the icon, and by a notification at its end. */

import { useEffect, useRef, useState } from "preact/hooks";
import { isActive, type Run } from "../features/train/run";
import { text } from "../text";
import { formatPercent } from "../ui/format";

const TITLE = text.app.name;

export interface Notifications {
  /** Null where the browser has none, or the visitor has refused them. */
  isWanted: boolean | null;
  want(isWanted: boolean): void;
}

export function useProgressSigns(run: Run | null): Notifications {
  const fraction = isActive(run) ? (run.report?.fraction_done ?? null) : null;
  const percent = fraction === null ? null : formatPercent(fraction, 0);
  useEffect(() => {
    document.title = percent === null ? TITLE : `${percent} · ${TITLE}`;
  }, [percent]);

  // Twenty pictures a run are enough for a circle of sixteen pixels.
  const part = fraction === null ? null : Math.round(fraction * 20) / 20;
  const ownIcon = useRef<string | null>(null);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link === null) return;
    ownIcon.current ??= link.href;
    link.href = part === null ? ownIcon.current : iconOf(part);
  }, [part]);

  const [isWanted, setIsWanted] = useState(false);
  const hasEnded = run?.phase === "finished" || run?.phase === "failed";
  const last = useRef(hasEnded);
  useEffect(() => {
    if (hasEnded && !last.current && isWanted && document.hidden) {
      new Notification(TITLE, { body: text.announced.run[run?.phase === "failed" ? "failed" : "finished"] });
    }
    last.current = hasEnded;
  }, [hasEnded]);

  const canNotify = "Notification" in globalThis && Notification.permission !== "denied";
  return {
    isWanted: canNotify ? isWanted : null,
    // The browser asks the visitor the first time.
    want: (wanted) =>
      wanted
        ? void Notification.requestPermission().then((permission) => setIsWanted(permission === "granted"))
        : setIsWanted(false),
  };
}

/** A ring that is filled so far. */
function iconOf(fraction: number): string {
  const length = 2 * Math.PI * 11;
  const ring = (colour: string, dashes: string) =>
    `<circle cx="16" cy="16" r="11" fill="none" stroke="${colour}" stroke-width="8" stroke-dasharray="${dashes}" transform="rotate(-90 16 16)"/>`;
  const rings = ring("#b9cfe8", "none") + ring("#1d5fa8", `${fraction * length} ${length}`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${rings}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
