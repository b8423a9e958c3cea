import { useEffect, useId, useRef } from "preact/hooks";
import type { Failure, ImportPlan, TextEncoding } from "../../protocol";
import { text } from "../../text";
import { FailureNotice, sentence } from "../../ui/failure_notice";
import { Name } from "../../ui/name";
import type { PairDraft } from "./corpus";
import { ImportFields } from "./import_fields";
import { PreviewTable } from "./preview_table";

interface ImportCardProps {
  draft: PairDraft;
  /** Of the last attempt to read the file. */
  failure: Failure | null;
  /** Why no pairs can be imported now; null if they can. */
  blocker: string | null;
  onPlan: (plan: ImportPlan) => void;
  onEncoding: (encoding: TextEncoding) => void;
  onConfirm: () => void;
  onCancel: () => void;
}

const ENCODINGS = Object.entries(text.pairs.encodings) as [TextEncoding, string][];

/** The content of a file and its import plan, for the visitor to confirm. */
export function ImportCard(props: ImportCardProps) {
  const { draft, failure, blocker, onPlan, onEncoding, onConfirm, onCancel } = props;
  const { file, inspection, plan, revision } = draft;
  const id = useId();
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => card.current?.focus(), []);
  const reason = blocker ?? revision.problem;
  // The question is about the guessed plan; it is answered when the plan is complete.
  const isOpen = inspection.question !== null && revision.problem !== null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't take the focus that a visitor is to notice.
    <div
      class="import-card"
      role="group"
      aria-labelledby={`${id}-title`}
      tabIndex={-1}
      ref={card}
      data-testid="import-card"
      onKeyDown={(event) => event.key === "Escape" && onCancel()}
    >
      <header>
        <h3 id={`${id}-title`}>{text.pairs.whatIsIn(<Name text={file.name} />)}</h3>
        <p class="muted small">{text.pairs.contents(inspection.n_rows, inspection.format, inspection.has_header)}</p>
      </header>
      <label class="import-encoding small">
        {text.pairs.encoding}
        <select
          data-testid="import-encoding"
          value={inspection.encoding}
          onChange={(event) => {
            const chosen = ENCODINGS.find(([encoding]) => encoding === event.currentTarget.value);
            if (chosen !== undefined) onEncoding(chosen[0]);
          }}
        >
          {ENCODINGS.map(([encoding, name]) => (
            <option key={encoding} value={encoding}>
              {name}
            </option>
          ))}
        </select>
        {inspection.encoding === "windows1252" && <span class="muted">{text.pairs.encodingHint}</span>}
      </label>
      {failure !== null && <FailureNotice failure={failure} />}
      {isOpen && (
        <p class="notice" data-testid="import-question">
          <span class="cut-lines" dir="auto">
            {sentence(inspection.question ?? "")}
          </span>
        </p>
      )}
      <PreviewTable inspection={inspection} plan={plan} onPlan={onPlan} />
      <ImportFields inspection={inspection} plan={plan} onPlan={onPlan} />
      <div class="controls">
        <button
          type="button"
          class="main-button"
          data-testid="import-use"
          disabled={reason !== null || plan !== revision.plan}
          aria-describedby={`${id}-reason`}
          onClick={onConfirm}
        >
          {text.pairs.use}
        </button>
        <button type="button" class="outline" data-testid="import-cancel" onClick={onCancel}>
          {text.ui.cancel}
        </button>
        <p id={`${id}-reason`} class="small field-fault" role="status">
          {reason}
        </p>
      </div>
    </div>
  );
}
