import { useId } from "preact/hooks";
import type { ExportKind, TrainConfig } from "../../protocol";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { Name } from "../../ui/name";
import type { FileExport } from "./file_export";

interface ExportSectionProps {
  fileExport: FileExport;
  /** Why nothing can be written now; null if it can. */
  blocker: string | null;
  /** Why a run can't be described; null if it can. */
  recipeBlocker: string | null;
  /** The settings in the form; null while some of them are wrong. */
  config: TrainConfig | null;
  onExport: (what: ExportKind) => void;
}

/** The files that can be exported. */
export function ExportSection({ fileExport, blocker, recipeBlocker, config, onExport }: ExportSectionProps) {
  const isWriting = fileExport.status === "writing";
  const busy = isWriting ? text.reasons.writing : blocker;
  const noRecipe = busy ?? recipeBlocker ?? (config === null ? text.reasons.faultySettings : null);
  return (
    <section class="stack export" aria-labelledby="export-title">
      <h3 id="export-title">{text.runs.export}</h3>
      <Choice
        testId="export-model"
        {...text.runs.exports.model}
        blocker={busy}
        onChoose={() => onExport({ kind: "model" })}
      />
      <Choice
        testId="export-recipe"
        {...text.runs.exports.recipe}
        blocker={noRecipe}
        onChoose={() => config !== null && onExport({ kind: "recipe", config })}
      />
      <Outcome fileExport={fileExport} />
    </section>
  );
}

interface ChoiceProps {
  testId: string;
  label: string;
  hint: string;
  blocker: string | null;
  onChoose: () => void;
}

function Choice({ testId, label, hint, blocker, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <div class="export-choice">
      <button
        type="button"
        class="outline"
        data-testid={testId}
        disabled={blocker !== null}
        aria-describedby={id}
        onClick={onChoose}
      >
        {label}
      </button>
      <p id={id} class="muted small">
        {hint}
        {blocker !== null && <strong> {blocker}</strong>}
      </p>
    </div>
  );
}

function Outcome({ fileExport }: { fileExport: FileExport }) {
  switch (fileExport.status) {
    case "writing":
      return (
        <div class="stack-tight">
          <p class="small">{text.runs.writing}</p>
          <progress aria-label={text.runs.exporting} />
        </div>
      );
    case "saved":
      return (
        <p class="small" data-testid="exported">
          {text.runs.exported(<Name text={fileExport.name} />, fileExport.nBytes)}
        </p>
      );
    case "failed":
      return <FailureNotice failure={fileExport.failure} />;
    default:
      return null;
  }
}
