/** Keeps the screen on while a run trains, where the browser can: a computer that sleeps trains nothing. */

import { useEffect } from "preact/hooks";

/** Older browsers have none, nor do pages without HTTPS. */
export function hasWakeLock(): boolean {
  return (navigator as { wakeLock?: WakeLock }).wakeLock !== undefined;
}

export function useWakeLock(isWanted: boolean): void {
  useEffect(() => {
    if (!isWanted || !hasWakeLock()) return;
    return holdWakeLock(navigator.wakeLock, document);
  }, [isWanted]);
}

/** The browser takes the lock back when the tab is hidden; it is asked again when the tab is shown. Returns the end. */
export function holdWakeLock(
  wakeLock: Pick<WakeLock, "request">,
  page: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">,
): () => void {
  let isWanted = true;
  let held: WakeLockSentinel | null = null;
  const ask = async () => {
    if (page.visibilityState !== "visible") return;
    try {
      const got = await wakeLock.request("screen");
      await held?.release();
      held = got;
      if (!isWanted) await got.release();
    } catch {
      // The battery is low, say: the screen may then go off.
    }
  };
  page.addEventListener("visibilitychange", ask);
  void ask();
  return () => {
    isWanted = false;
    page.removeEventListener("visibilitychange", ask);
    void held?.release().catch(() => {});
  };
}
