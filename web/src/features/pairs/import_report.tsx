import type { ImportReport, SkippedRows } from "../../protocol";
import { text } from "../../text";

/** The rows of a file that were left out; nothing if there are none. */
export function ImportReportView({ report }: { report: ImportReport }) {
  const { skipped, n_unlabelled: nUnlabelled, n_leaking_sentences: nLeaking } = report;
  const nSkipped = skipped.reduce((sum, { n_rows: nRows }) => sum + nRows, 0);
  return (
    <>
      {nLeaking > 0 && (
        <p class="notice small" role="status" data-testid="leaking-sentences">
          {text.pairs.leaking(nLeaking)}
        </p>
      )}
      {nSkipped + nUnlabelled > 0 && (
        <details class="import-report" data-testid="import-report">
          <summary>{text.pairs.leftOut(nSkipped + nUnlabelled, report.n_rows)}</summary>
          <ul>
            {nUnlabelled > 0 && <li>{text.pairs.unlabelled(nUnlabelled)}</li>}
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
      {text.pairs.skipped(nRows, fault)}
      <ul class="muted small">
        {examples.map(({ line, problem }) => (
          <li key={String(line)}>
            <span class="cut-lines">{text.pairs.line(Number(line), <bdi>{problem}</bdi>)}</span>
          </li>
        ))}
        {nRows > examples.length && <li>{text.ui.andMore(nRows - examples.length)}</li>}
      </ul>
    </li>
  );
}
