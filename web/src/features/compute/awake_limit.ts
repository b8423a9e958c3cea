/** A limit that a page which sleeps doesn't run into. */

const N_TICKS = 3;

/**
 * Calls `onLimit` after `limitMillis` in which the page was awake, and returns what cancels it. A browser may freeze a
 * tab with its workers, and a computer may sleep: when both wake, the timers are due before the worker has had a chance
 * to report. A tick that comes much too late shows such a sleep, and the limit begins again.
 *
 * @param now Milliseconds of a clock that goes on in sleep.
 */
export function awakeLimit(onLimit: () => void, limitMillis: number, now: () => number = Date.now): () => void {
  const tickMillis = limitMillis / N_TICKS;
  let nTicks = 0;
  let lastAt = now();
  let timer = setTimeout(tick, tickMillis);
  function tick(): void {
    const at = now();
    nTicks = at - lastAt > 1.5 * tickMillis ? 0 : nTicks + 1;
    lastAt = at;
    if (nTicks === N_TICKS) onLimit();
    else timer = setTimeout(tick, tickMillis);
  }
  return () => clearTimeout(timer);
}
