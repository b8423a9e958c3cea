import type { Scores } from "../protocol";
import { classLabel } from "./class_name";

interface ConfusionTablesProps {
  classes: string[];
  before: Scores | null;
  after: Scores | null;
}

/** Which classes are taken for which, before and after. */
export function ConfusionTables({ classes, before, after }: ConfusionTablesProps) {
  return (
    <div>
      <h3>Which class is taken for which</h3>
      <div class="confusions">
        {before?.confusion && <ConfusionTable title="Before" classes={classes} counts={before.confusion.counts} />}
        {after?.confusion && <ConfusionTable title="After" classes={classes} counts={after.confusion.counts} />}
      </div>
      <p class="muted small">Rows: the true class. Columns: the class the model chose. The diagonal is right.</p>
    </div>
  );
}

function ConfusionTable({ title, classes, counts }: { title: string; classes: string[]; counts: number[][] }) {
  return (
    <table class="confusion numbers">
      <caption>{title}</caption>
      <thead>
        <tr>
          <td />
          {counts.map((_, classIdx) => (
            <th key={classLabel(classes, classIdx)} scope="col">
              <span class="confusion-name">{classLabel(classes, classIdx)}</span>
              <span class="confusion-short" aria-hidden="true">
                {classLabel(classes, classIdx).slice(0, 3)}.
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {counts.map((row, gold) => {
          const nGold = row.reduce((sum, count) => sum + count, 0);
          return (
            <tr key={classLabel(classes, gold)}>
              <th scope="row">{classLabel(classes, gold)}</th>
              {row.map((count, predicted) => (
                <td
                  key={classLabel(classes, predicted)}
                  class={gold === predicted ? "is-right" : "is-wrong"}
                  style={{ "--heat": `${nGold === 0 ? 0 : Math.round((count / nGold) * 100)}%` }}
                >
                  {count}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
