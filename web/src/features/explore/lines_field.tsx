interface LinesFieldProps {
  testId: string;
  text: string;
  onText: (text: string) => void;
}

/** A text box for sentences, a line each. */
export function LinesField({ testId, text, onText }: LinesFieldProps) {
  return (
    <label>
      Lines, a sentence a line
      <textarea
        class="matrix-lines"
        rows={6}
        data-testid={testId}
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}
