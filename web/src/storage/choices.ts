/** What the visitor has chosen, kept from one visit to the next where the browser allows it. */

const PREFIX = "sentence-bert-lab.";

// Storage throws where it is switched off; a choice then lasts as long as the tab.

/** What is kept under `name`, if it is one of `choices`; otherwise the first of them. */
export function readStored<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
  try {
    const stored = localStorage.getItem(PREFIX + name);
    return choices.find((choice) => choice === stored) ?? choices[0];
  } catch {
    return choices[0];
  }
}

export function store(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Not remembered, and nothing lost by it.
  }
}
