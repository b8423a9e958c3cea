import type { ImportReport, RowFault, SkippedRows } from "../../protocol";
import { formatCount, formatQuantity } from "../../ui/format";

/** The text after the number of rows with each fault. */
const FAULTS: Record<RowFault, string> = {
  empty_sentence: "without one of the sentences",
  column_count: "with more or fewer cells than there are columns",
  too_long: "with a sentence that is longer than any model reads",
  nul_byte: "with NUL bytes, as binary files have them",
  encoding: "that aren't text in the file's encoding",
  not_json: "that aren't JSON objects",
  unknown_class: "with a class that isn't among those of the corpus",
  bad_score: "whose similarity isn't a number of the scale",
  unknown_split: "whose split is neither training nor held out",
  duplicate: "whose pair has come before",
};

/** The rows of a file that were left out; nothing if there are none. */
export function ImportReportView({ report }: { report: ImportReport }) {
  const { skipped, n_unlabelled: nUnlabelled, n_leaking_sentences: nLeaking } = report;
  const nSkipped = skipped.reduce((sum, { n_rows: nRows }) => sum + nRows, 0);
  return (
    <>
      {nLeaking > 0 && (
        <p class="notice small" role="status" data-testid="leaking-sentences">
          {formatQuantity(nLeaking, "sentence")} {nLeaking === 1 ? "is" : "are"} in training pairs and in held-out pairs
          alike, so the scores will look better than the model is. Bring the file again and hold out by fraction to part
          them.
        </p>
      )}
      {nSkipped + nUnlabelled > 0 && (
        <details class="import-report" data-testid="import-report">
          <summary>
            {formatQuantity(nSkipped + nUnlabelled, "row")} of {formatCount(report.n_rows)} left out
          </summary>
          <ul>
            {nUnlabelled > 0 && <li>{formatQuantity(nUnlabelled, "row")} with neither a class nor a similarity</li>}
            {skipped.map((rows) => (
              <Skipped key={rows.fault} rows={rows} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Skipped({ rows: { fault, n_rows: nRows, examples } }: { rows: SkippedRows }) {
  return (
    <li>
      {formatQuantity(nRows, "row")} {FAULTS[fault]}
      <ul class="muted small">
        {examples.map(({ line, problem }) => (
          <li key={String(line)}>
            <span class="cut-lines">
              Line {formatCount(Number(line))}: <bdi>{problem}</bdi>
            </span>
          </li>
        ))}
        {nRows > examples.length && <li>and {formatCount(nRows - examples.length)} more</li>}
      </ul>
    </li>
  );
}
