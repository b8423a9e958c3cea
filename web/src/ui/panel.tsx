import type { ComponentChildren } from "preact";

interface PanelProps {
  id: string;
  number: number;
  title: string;
  /** One sentence on what this step is for. */
  lead: ComponentChildren;
  children: ComponentChildren;
}

/** One of the page's four steps. */
export function Panel({ id, number, title, lead, children }: PanelProps) {
  return (
    <section id={id} class="panel" aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <span class="panel-number" aria-hidden="true">
          {number}
        </span>
        <div>
          <h2 id={`${id}-title`}>{title}</h2>
          <p class="muted">{lead}</p>
        </div>
      </header>
      {children}
    </section>
  );
}
