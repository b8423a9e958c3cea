/**
 * Ask after so many milliseconds. 0 is at once, not in a task of its own: the steps of a run may come so fast that such a
 * task, started again with each of them, would never run.
 *
 * @returns What takes it back, for the end of an effect.
 */
export function askAfter(millis: number, ask: () => void): (() => void) | undefined {
  if (millis > 0) {
    const timer = setTimeout(ask, millis);
    return () => clearTimeout(timer);
  }
  ask();
  return undefined;
}
