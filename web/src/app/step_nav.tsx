import { isMissing, type ModelState } from "../features/model/state";
import type { PairsState } from "../features/pairs/state";
import { offeredRuns } from "../features/runs/state";
import type { Run } from "../features/train/run";
import { formatPercent } from "../ui/format";
import type { State } from "./state";

interface Step {
  id: string;
  name: string;
  /** The status of the step; may be empty. */
  note: string;
}

/** The four steps, always in reach, each with its status. */
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

function stepsOf(state: State): Step[] {
  return [
    { id: "model", name: "Model", note: modelNote(state.model) },
    { id: "data", name: "Data", note: dataNote(state.pairs) },
    { id: "train", name: "Train", note: runNote(state.train.run) || (offeredRuns(state).length === 0 ? "" : "saved") },
    { id: "try", name: "Try it", note: "" },
  ];
}

function modelNote(model: ModelState): string {
  if (model.info !== null) return "✓";
  return isMissing(model) ? "failed" : "…";
}

function dataNote({ corpus, pairImport }: PairsState): string {
  if (corpus.status === "loaded") return "✓";
  const isGone = corpus.status === "failed" || (corpus.status === "none" && pairImport?.status === "failed");
  return isGone ? "failed" : "…";
}

function runNote(run: Run | null): string {
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
