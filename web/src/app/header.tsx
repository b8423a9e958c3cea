import type { ComponentChildren } from "preact";
import { text } from "../text";
import type { ThemeChoice } from "./theme";

interface HeaderProps {
  theme: { choice: ThemeChoice; next(): void };
  /** What the page computes on. */
  children: ComponentChildren;
}

const THEME_SIGNS: Record<ThemeChoice, string> = { auto: "◐", light: "☀", dark: "☾" };

export function Header({ theme, children }: HeaderProps) {
  return (
    <header class="page-head container">
      <div class="page-head-row">
        <h1>
          <Mark />
          {text.app.name}
        </h1>
        <button type="button" class="theme-button" onClick={theme.next}>
          <span aria-hidden="true">{THEME_SIGNS[theme.choice]}</span>
          <span class="visually-hidden">{text.app.colours}</span>
          {text.app.themes[theme.choice]}
        </button>
      </div>
      <div class="page-facts">
        <p class="privacy">
          <Lock />
          {text.app.privacy}
        </p>
        {children}
      </div>
    </header>
  );
}

/** What this is, in a sentence. */
export function Lead() {
  return <p class="lead">{text.app.lead}</p>;
}

/** The logo: two sentences as two vectors and the angle between them. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M7 25 25 16M7 25 16 7" />
      <circle cx="7" cy="25" r="3" />
    </svg>
  );
}

function Lock() {
  return (
    <svg class="lock" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M4.5 7V5a3.5 3.5 0 0 1 7 0v2" fill="none" stroke="currentColor" stroke-width="1.6" />
      <rect x="3" y="7" width="10" height="7" rx="1.5" fill="currentColor" />
    </svg>
  );
}

export function Footer() {
  return (
    <footer class="container page-foot muted">
      <p>{text.app.method()}</p>
    </footer>
  );
}
