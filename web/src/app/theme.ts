/** The colour theme: light, dark or automatic; stored if the browser allows it. */

import { useEffect, useState } from "preact/hooks";
import { readStored, store } from "../storage/choices";
import { useMedia } from "../ui/use_media";

export type ThemeChoice = "auto" | "light" | "dark";

const STORED_AS = "theme";
const CHOICES = ["auto", "light", "dark"] as const;

/** The choice, the resulting theme, and a function that switches to the next choice. */
export function useTheme(): { choice: ThemeChoice; isDark: boolean; next(): void } {
  const [choice, setChoice] = useState<ThemeChoice>(() => readStored(STORED_AS, CHOICES));
  const systemIsDark = useMedia("(prefers-color-scheme: dark)");

  useEffect(() => {
    if (choice === "auto") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", choice);
    store(STORED_AS, choice);
  }, [choice]);

  return {
    choice,
    isDark: choice === "auto" ? systemIsDark : choice === "dark",
    next: () => setChoice((current) => CHOICES[(CHOICES.indexOf(current) + 1) % CHOICES.length] ?? "auto"),
  };
}
