import { text } from "../../text";
import { ClassName } from "../../ui/class_name";
import { formatCount, formatDecimal } from "../../ui/format";
import { classRows } from "./judged_pairs";

/** Precision, recall and F1 of each class. */
export function ClassTable({ classes, counts }: { classes: readonly string[]; counts: number[][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section class="class-table-scroller" aria-label={text.analysis.scoresOfClasses} tabIndex={0}>
      <table class="score-table numbers" data-testid="class-scores">
        <thead>
          <tr>
            <th scope="col">{text.ui.ofPair.label}</th>
            <th scope="col">{text.ui.pairs}</th>
            <th scope="col">{text.analysis.precision}</th>
            <th scope="col">{text.analysis.recall}</th>
            <th scope="col">{text.analysis.f1}</th>
          </tr>
        </thead>
        <tbody>
          {classRows(counts).map(({ classIdx, nPairs, precision, recall, f1 }) => (
            <tr key={classIdx}>
              <th scope="row">
                <ClassName classes={classes} classIdx={classIdx} />
              </th>
              <td>{formatCount(nPairs)}</td>
              <td>{formatDecimal(precision)}</td>
              <td>{formatDecimal(recall)}</td>
              <td>{formatDecimal(f1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
