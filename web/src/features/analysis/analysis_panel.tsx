import { useMemo, useState } from "preact/hooks";
import { formatDecimal } from "../../ui/format";
import { Panel } from "../../ui/panel";
import { Radios } from "../../ui/radios";
import type { Run } from "../train/run";
import { ClassTable } from "./class_table";
import { calibrationError, judgedPairs, type Moment, reliability } from "./judged_pairs";
import { ReliabilityPlot } from "./reliability_plot";
import { SimilarityPlot } from "./similarity_plot";
import { WorstPairs } from "./worst_pairs";

interface AnalysisPanelProps {
  run: Run;
  onTry: (sentenceA: string, sentenceB: string) => void;
}

const MOMENTS = [
  ["before", "Before"],
  ["after", "After"],
] as const satisfies readonly (readonly [Moment, string])[];

/** Where a model is right and wrong on the held-out pairs. */
export function AnalysisPanel({ run, onTry }: AnalysisPanelProps) {
  const {
    predictions,
    heldOut: { pairs, scoreRange },
    labels,
  } = run;
  const [chosen, setChosen] = useState<Moment | null>(null);
  const moment = chosen ?? (predictions.after === null ? "before" : "after");
  const judged = useMemo(() => judgedPairs(pairs, predictions, moment), [pairs, predictions, moment]);
  const bins = useMemo(() => reliability(judged), [judged]);
  if (judged.length === 0 && chosen === null) return null;
  const scores = run[moment];
  const hasScores = judged.some(({ pair }) => pair.score !== null);
  const error = calibrationError(bins);
  return (
    <Panel id="analysis" title="Where it is right and wrong" lead="The held-out pairs, one by one.">
      <div class="button-row small" role="radiogroup" aria-label="Which model">
        <Radios
          options={MOMENTS}
          value={moment}
          disabled={predictions.after === null ? "after" : null}
          onValue={setChosen}
        />
      </div>
      <div class="plots">
        {hasScores && (
          <figure class="plot">
            <figcaption>
              <strong>Similarity</strong>{" "}
              <small class="muted numbers">Spearman {formatDecimal(scores?.correlation?.spearman ?? null)}</small>
            </figcaption>
            <SimilarityPlot judged={judged} classes={labels.classes} scoreRange={scoreRange} onTry={onTry} />
          </figure>
        )}
        {bins.length > 0 && (
          <figure class="plot">
            <figcaption>
              <strong>Reliability of the probabilities</strong>{" "}
              <small class="muted numbers">calibration error {formatDecimal(error)}</small>
            </figcaption>
            <ReliabilityPlot bins={bins} />
          </figure>
        )}
      </div>
      {scores?.confusion && <ClassTable classes={labels.classes} counts={scores.confusion.counts} />}
      <WorstPairs judged={judged} classes={labels.classes} scoreRange={scoreRange} onTry={onTry} />
    </Panel>
  );
}
