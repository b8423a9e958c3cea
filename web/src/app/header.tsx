import type { ComponentChildren } from "preact";
import type { ThemeChoice } from "./theme";

interface HeaderProps {
  theme: { choice: ThemeChoice; next(): void };
  /** What the page computes on. */
  children: ComponentChildren;
}

const THEME_NAMES: Record<ThemeChoice, string> = { auto: "automatic", light: "light", dark: "dark" };
const THEME_SIGNS: Record<ThemeChoice, string> = { auto: "◐", light: "☀", dark: "☾" };

export function Header({ theme, children }: HeaderProps) {
  return (
    <header class="page-head container">
      <div class="page-head-row">
        <h1>
          <Mark />
          sentence-BERT lab
        </h1>
        <button type="button" class="theme-button" onClick={theme.next}>
          <span aria-hidden="true">{THEME_SIGNS[theme.choice]}</span>
          <span class="visually-hidden">Colours: </span>
          {THEME_NAMES[theme.choice]}
        </button>
      </div>
      <div class="page-facts">
        <p class="privacy">
          <Lock />
          Everything runs in this tab; your sentences never leave it.
        </p>
        {children}
      </div>
    </header>
  );
}

/** What this is, in a sentence. */
export function Lead() {
  return (
    <p class="lead">
      Teach a language model when two sentences mean the same: choose what it may change, watch its errors fall, and
      compare your own sentences before and after.
    </p>
  );
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
      <p>
        The method is that of Reimers and Gurevych, <cite>Sentence-BERT</cite> (2019): one encoder reads both sentences,
        the mean of its token vectors is the sentence's embedding, the cosine of two embeddings is their similarity, and
        a small classification head reads (u, v, |u − v|).
      </p>
    </footer>
  );
}
