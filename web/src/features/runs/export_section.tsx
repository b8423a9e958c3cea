import { useId } from "preact/hooks";
import type { ExportKind, TrainConfig } from "../../protocol";
import { FailureNotice } from "../../ui/failure_notice";
import { formatBytes } from "../../ui/format";
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
  const busy = isWriting ? "A file is being written." : blocker;
  const noRecipe = busy ?? recipeBlocker ?? (config === null ? "Some settings need another value; see above." : null);
  return (
    <section class="stack export" aria-labelledby="export-title">
      <h3 id="export-title">Export</h3>
      <Choice
        testId="export-model"
        label="The model (zip)"
        hint="The trained one or, before any run, the one that is loaded: a folder for sentence-transformers in Python and for this page, with the classification head in it."
        blocker={busy}
        onChoose={() => onExport({ kind: "model" })}
      />
      <Choice
        testId="export-recipe"
        label="Run it elsewhere (zip)"
        hint="The pairs, the settings above and a Python script that trains in the same way, for a larger machine or several."
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
          <p class="small">Writing the file…</p>
          <progress aria-label="Writing the file" />
        </div>
      );
    case "saved":
      return (
        <p class="small" data-testid="exported">
          <Name text={fileExport.name} /> ({formatBytes(fileExport.nBytes)}) is written and handed to the browser, which
          saves it among its downloads.
        </p>
      );
    case "failed":
      return <FailureNotice failure={fileExport.failure} />;
    default:
      return null;
  }
}
