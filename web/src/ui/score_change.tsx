import { formatScoreChange, type ScoreRow } from "./score_rows";

interface ScoreChangeProps {
  row: ScoreRow;
  change: number;
  /** 95 % interval; null with too few pairs for one, undefined before it is known. */
  interval: readonly [number, number] | null | undefined;
}

/** A change in words and in colour. */
export function ScoreChange({ row, change, interval }: ScoreChangeProps) {
  const show = (value: number) => formatScoreChange(row, value);
  const text = row.isPercent ? `${show(change)} points` : show(change);
  if (change === 0 || (!interval && text.startsWith("±"))) return <span class="muted">unchanged</span>;
  const range = interval && (
    <small class="muted">
      ({show(interval[0])} to {show(interval[1])})
    </small>
  );
  if (interval === null || (interval !== undefined && interval[0] <= 0 && interval[1] >= 0)) {
    return (
      <span class="change">
        {text}
        <small class="muted">no clear difference</small>
        {range}
      </span>
    );
  }
  const isBetter = change > 0 !== (row.lowerIsBetter ?? false);
  return (
    <span class={isBetter ? "change is-better" : "change is-worse"}>
      {text}
      <small>
        <span aria-hidden="true">{isBetter ? "▲" : "▼"}</span> {isBetter ? "better" : "worse"}
      </small>
      {range}
    </span>
  );
}
