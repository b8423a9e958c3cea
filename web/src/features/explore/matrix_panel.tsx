import { type Dispatch, useMemo, useState } from "preact/hooks";
import { MAX_MATRIX_LINES } from "../../settings";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { formatChange, formatDecimal } from "../../ui/format";
import { Panel } from "../../ui/panel";
import { Radios } from "../../ui/radios";
import { saveFile } from "../../ui/save_file";
import { SmallButton } from "../../ui/small_button";
import {
  type EmbeddingAction,
  type EmbeddingState,
  isSameLines,
  type MatrixAnswer,
  matrixLines,
} from "./embedding_state";
import { matrixCsv } from "./files";
import { LinesField } from "./lines_field";
import { cosineMatrix } from "./vectors";

interface MatrixPanelProps {
  matrix: EmbeddingState["matrix"];
  hasModel: boolean;
  /** A run is under way, so the model after is the one in training. */
  isTraining: boolean;
  dispatch: Dispatch<EmbeddingAction>;
}

const VIEWS = { ...text.ui.moments, change: text.ui.change };

type View = keyof typeof VIEWS;

/** The cosine of each pair of a few lines. */
export function MatrixPanel({ matrix, hasModel, isTraining, dispatch }: MatrixPanelProps) {
  const { answer, failure } = matrix;
  const { lines, isCut } = useMemo(() => matrixLines(matrix.text), [matrix.text]);
  const isStale = answer !== null && !isSameLines(answer.lines, lines);
  return (
    <Panel id="matrix" title={text.explore.matrix} lead={text.explore.matrixLead}>
      <LinesField
        testId="matrix-lines"
        lines={matrix.text}
        onLines={(changed) => dispatch({ type: "explore/lines_changed", text: changed })}
      />
      {isCut && <p class="notice small">{text.explore.firstLines(MAX_MATRIX_LINES)}</p>}
      {failure !== null && <FailureNotice failure={failure} />}
      {lines.length < 2 ? (
        <p class="muted">{text.explore.writeTwo}</p>
      ) : answer === null ? (
        failure === null && <p class="muted">{hasModel ? text.ui.comparing : text.explore.matrixAwaitsModel}</p>
      ) : (
        <MatrixView answer={answer} isStale={isStale} isTraining={isTraining} />
      )}
    </Panel>
  );
}

interface MatrixViewProps {
  answer: MatrixAnswer;
  /** The lines have changed since. */
  isStale: boolean;
  isTraining: boolean;
}

function MatrixView({ answer, isStale, isTraining }: MatrixViewProps) {
  const [chosen, setChosen] = useState<View>("before");
  const { lines, vectors, nTruncated } = answer;
  const view = vectors.after === null ? "before" : chosen;
  const values = useMemo(() => valuesOf(answer, view), [answer, view]);
  const show = (value: number) => (view === "change" ? formatChange(value, 2) : formatDecimal(value, 2));
  return (
    <div class="stack" aria-busy={isStale}>
      <div class="button-row small" role="radiogroup" aria-label={text.ui.whichModel}>
        <Radios options={vectors.after === null ? { before: VIEWS.before } : VIEWS} value={view} onValue={setChosen} />
        <span class="muted">
          {vectors.after === null ? text.explore.trainToCompare : isTraining && text.explore.afterIsInTraining}
        </span>
      </div>
      {nTruncated > 0 && <TruncationNote nTruncated={nTruncated} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section class="scroll-box" aria-label={text.explore.cosines} tabIndex={0}>
        <table class={isStale ? "matrix numbers is-stale" : "matrix numbers"} data-testid="matrix">
          <thead>
            <tr>
              <th scope="col">{text.ui.sentence}</th>
              {lines.map((line, column) => (
                <th scope="col" key={column} title={line} class="is-number">
                  {column + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line, row) => (
              <tr key={row}>
                <th scope="row" title={line}>
                  {row + 1} <bdi>{line}</bdi>
                </th>
                {values[row]?.map((value, column) => (
                  <td key={column} class="is-number" style={{ background: backgroundOf(value) }}>
                    {show(value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p>
        <SmallButton
          data-testid="save-matrix"
          onClick={() =>
            saveFile(`sentence-bert-similarities-${view}.csv`, new Blob([matrixCsv(lines, values)]), "text/csv")
          }
        >
          {text.ui.saveCsv}
        </SmallButton>
      </p>
    </div>
  );
}

function valuesOf({ vectors }: MatrixAnswer, view: View): number[][] {
  const before = cosineMatrix(vectors.before);
  if (view === "before" || vectors.after === null) return before;
  const after = cosineMatrix(vectors.after);
  if (view === "after") return after;
  return after.map((row, idx) => row.map((cosine, column) => cosine - (before[idx]?.[column] ?? 0)));
}

/** Percent of the colour in the background of a value of 1: text on it keeps a contrast of 4.5 : 1 in both themes. */
const STRONGEST = 38;

/** Blue above zero, amber below. The value is there as text too. */
export function backgroundOf(value: number): string {
  if (!Number.isFinite(value)) return "none";
  const share = Math.round(Math.min(1, Math.abs(value)) * STRONGEST);
  return `color-mix(in srgb, var(${value < 0 ? "--class-1" : "--accent"}) ${share}%, var(--surface))`;
}

/** That sentences were cut. */
export function TruncationNote({ nTruncated }: { nTruncated: number }) {
  return <p class="notice small">{text.explore.cut(nTruncated)}</p>;
}
