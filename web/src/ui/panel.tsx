import type { ComponentChildren } from "preact";

interface PanelProps {
  id: string;
  title: string;
  /** One sentence on what it is for. */
  lead?: ComponentChildren;
  children: ComponentChildren;
}

/** A part of the page with a title. */
export function Panel({ id, title, lead, children }: PanelProps) {
  return (
    <section id={id} class="panel" aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {lead !== undefined && <p class="muted small">{lead}</p>}
      </header>
      {children}
    </section>
  );
}
