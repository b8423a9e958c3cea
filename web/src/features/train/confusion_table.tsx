import { useMemo } from "preact/hooks";
import type { Scores } from "../../protocol";
import { text } from "../../text";
import { classLabel } from "../../ui/class_name";

interface ConfusionTablesProps {
  classes: readonly string[];
  before: Scores | null;
  after: Scores | null;
}

/** Tables of more classes are scrolled, with cells no narrower than a number. */
const MAX_FITTING = 6;

/** Which classes are taken for which, before and after; nothing where the pairs have no classes. */
export function ConfusionTables({ classes, before, after }: ConfusionTablesProps) {
  const [confusionBefore, confusionAfter] = [before?.confusion ?? null, after?.confusion ?? null];
  // A hundred classes are ten thousand cells: they are drawn when they change, not at every step of a run.
  return useMemo(() => {
    if (confusionBefore === null && confusionAfter === null) return null;
    return (
      <div>
        <h3>{text.train.confusion}</h3>
        <div class="confusions">
          {confusionBefore && (
            <ConfusionTable title={text.ui.moments.before} classes={classes} counts={confusionBefore.counts} />
          )}
          {confusionAfter && (
            <ConfusionTable title={text.ui.moments.after} classes={classes} counts={confusionAfter.counts} />
          )}
        </div>
        <p class="muted small">{text.train.confusionKey}</p>
      </div>
    );
  }, [classes, confusionBefore, confusionAfter]);
}

interface ConfusionTableProps {
  title: string;
  classes: readonly string[];
  counts: number[][];
}

function ConfusionTable({ title, classes, counts }: ConfusionTableProps) {
  const isLarge = counts.length > MAX_FITTING;
  const table = (
    <table class={isLarge ? "confusion is-large numbers" : "confusion numbers"}>
      <caption>{title}</caption>
      <thead>
        <tr>
          <td />
          {counts.map((_, classIdx) => (
            <th key={classLabel(classes, classIdx)} scope="col" title={classLabel(classes, classIdx)}>
              <bdi class="confusion-name cut">{classLabel(classes, classIdx)}</bdi>
              <bdi class="confusion-short" aria-hidden="true">
                {shortened(classLabel(classes, classIdx))}
              </bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {counts.map((row, gold) => {
          const nGold = row.reduce((sum, count) => sum + count, 0);
          return (
            <tr key={classLabel(classes, gold)}>
              <th scope="row" title={classLabel(classes, gold)}>
                <bdi class="cut">{classLabel(classes, gold)}</bdi>
              </th>
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
  if (!isLarge) return table;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="confusion-scroller" aria-label={text.train.confusionOf(title)} tabIndex={0}>
      {table}
    </section>
  );
}

/** Short enough for a column on a phone. */
function shortened(name: string): string {
  const letters = [...name];
  return letters.length <= 4 ? name : `${letters.slice(0, 3).join("")}.`;
}
