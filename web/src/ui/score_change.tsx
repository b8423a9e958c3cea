import { text } from "../text";
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
  const shown = row.isPercent ? text.ui.points(show(change)) : show(change);
  if (change === 0 || (!interval && shown.startsWith("±"))) return <span class="muted">{text.ui.unchanged}</span>;
  const range = interval && <small class="muted">{text.ui.interval(show(interval[0]), show(interval[1]))}</small>;
  if (interval === null || (interval !== undefined && interval[0] <= 0 && interval[1] >= 0)) {
    return (
      <span class="change">
        {shown}
        <small class="muted">{text.ui.noClearDifference}</small>
        {range}
      </span>
    );
  }
  const isBetter = change > 0 !== (row.lowerIsBetter ?? false);
  return (
    <span class={isBetter ? "change is-better" : "change is-worse"}>
      {shown}
      <small>
        <span aria-hidden="true">{isBetter ? "✓" : "✗"}</span> {isBetter ? text.ui.better : text.ui.worse}
      </small>
      {range}
    </span>
  );
}
