import { text } from "../../text";

interface LinesFieldProps {
  testId: string;
  lines: string;
  onLines: (lines: string) => void;
}

/** A text box for sentences, a line each. */
export function LinesField({ testId, lines, onLines }: LinesFieldProps) {
  return (
    <label>
      {text.explore.lines}
      <textarea
        class="matrix-lines"
        rows={6}
        data-testid={testId}
        value={lines}
        onInput={(event) => onLines(event.currentTarget.value)}
      />
    </label>
  );
}
