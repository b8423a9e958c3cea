interface SentenceButtonProps {
  text: string;
  row: number;
  onSelect: (row: number) => void;
}

/** A sentence that is selected by a click; it may be long and right-to-left. */
export function SentenceButton({ text, row, onSelect }: SentenceButtonProps) {
  return (
    <button type="button" class="sentence-button" onClick={() => onSelect(row)}>
      <bdi class="cut-lines">{text}</bdi>
    </button>
  );
}
