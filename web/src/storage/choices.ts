/** Choices of the visitor, kept between visits if the browser allows it. */

const PREFIX = "sentence-bert-lab.";

// Storage throws if it is switched off; a choice then lasts as long as the tab.

/** The stored choice, if it is one of `choices`; otherwise the first of them. */
export function readStored<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
  try {
    const stored = localStorage.getItem(PREFIX + name);
    return choices.find((choice) => choice === stored) ?? choices[0];
  } catch {
    return choices[0];
  }
}

/** The stored number; null if there is none. */
export function readStoredNumber(name: string): number | null {
  try {
    const stored = Number(localStorage.getItem(PREFIX + name) ?? Number.NaN);
    return Number.isFinite(stored) ? stored : null;
  } catch {
    return null;
  }
}

export function store(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // The choice is not kept.
  }
}
