import type { ComponentChildren } from "preact";

interface SetupSectionProps {
  id: string;
  title: string;
  /** What is loaded, in a line. */
  line: ComponentChildren;
  /** What is seen on demand. */
  details: ComponentChildren;
  /** True where the details are needed at once. */
  isOpen: boolean;
  /** What is always seen: progress, questions, failures. */
  children?: ComponentChildren;
}

/** A part of what a run needs: one line once it is loaded, and the details on demand. */
export function SetupSection({ id, title, line, details, isOpen, children }: SetupSectionProps) {
  return (
    <section id={id} class="panel setup" aria-labelledby={`${id}-title`}>
      <details open={isOpen}>
        <summary>
          <h2 id={`${id}-title`}>{title}</h2>
          <span class="setup-line">{line}</span>
        </summary>
        <div class="stack setup-details">{details}</div>
      </details>
      {children}
    </section>
  );
}
