/** Light, dark, or as the system says; remembered where the browser allows it. */

import { useEffect, useState } from "preact/hooks";

export type ThemeChoice = "auto" | "light" | "dark";

const STORAGE_KEY = "sentence-bert-lab.theme";
const CHOICES: readonly ThemeChoice[] = ["auto", "light", "dark"];

/** The choice, the theme that it comes to, and a way to the next choice. */
export function useTheme(): { choice: ThemeChoice; isDark: boolean; next(): void } {
  const [choice, setChoice] = useState<ThemeChoice>(readChoice);
  const systemIsDark = useMedia("(prefers-color-scheme: dark)");

  useEffect(() => {
    if (choice === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", choice);
    storeChoice(choice);
  }, [choice]);

  return {
    choice,
    isDark: choice === "auto" ? systemIsDark : choice === "dark",
    next: () => setChoice((current) => CHOICES[(CHOICES.indexOf(current) + 1) % CHOICES.length] ?? "auto"),
  };
}

/** Whether a media query holds, kept up to date. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const update = () => setMatches(list.matches);
    update();
    list.addEventListener("change", update);
    return () => list.removeEventListener("change", update);
  }, [query]);
  return matches;
}

// Storage throws where it is switched off; the choice then lasts as long as the tab.
function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return CHOICES.find((choice) => choice === stored) ?? "auto";
  } catch {
    return "auto";
  }
}

function storeChoice(choice: ThemeChoice): void {
  try {
    localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Not remembered, and nothing lost by it.
  }
}
