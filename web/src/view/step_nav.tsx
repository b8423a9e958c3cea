import { formatPercent } from "../format";
import type { State } from "../state";

interface Step {
  id: string;
  name: string;
  /** A word on how the step stands; empty if there is nothing to say. */
  note: string;
}

/** The four steps, always in reach, each with a word on how it stands. */
export function StepNav({ state }: { state: State }) {
  return (
    <nav class="step-nav" aria-label="Steps">
      <ol class="container">
        {stepsOf(state).map(({ id, name, note }, idx) => (
          <li key={id}>
            <a href={`#${id}`}>
              <span class="step-number" aria-hidden="true">
                {idx + 1}
              </span>
              {name}
              {note !== "" && <small>{note}</small>}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function stepsOf({ model, corpus, run }: State): Step[] {
  return [
    { id: "model", name: "Model", note: loadableNote(model.status) },
    { id: "data", name: "Data", note: loadableNote(corpus.status) },
    { id: "train", name: "Train", note: runNote(run) },
    { id: "try", name: "Try it", note: "" },
  ];
}

function loadableNote(status: State["model"]["status"]): string {
  switch (status) {
    case "loaded":
      return "✓";
    case "failed":
      return "failed";
    default:
      return "…";
  }
}

function runNote(run: State["run"]): string {
  switch (run?.phase) {
    case undefined:
      return "";
    case "failed":
      return "failed";
    case "finished":
      return "✓";
    default:
      return run?.phase === "training" && run.report !== null ? formatPercent(run.report.fraction_done, 0) : "…";
  }
}
