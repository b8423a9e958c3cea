import { useMemo, useState } from "preact/hooks";
import { text } from "../../text";
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
    <Panel id="analysis" title={text.analysis.title} lead={text.analysis.lead}>
      <div class="button-row small" role="radiogroup" aria-label={text.ui.whichModel}>
        <Radios
          options={text.ui.moments}
          value={moment}
          disabled={predictions.after === null ? "after" : null}
          onValue={setChosen}
        />
      </div>
      <div class="plots">
        {hasScores && (
          <figure class="plot">
            <figcaption>
              <strong>{text.ui.ofPair.score}</strong>
              <small class="muted numbers">
                {text.analysis.spearman(formatDecimal(scores?.correlation?.spearman ?? null))}
              </small>
            </figcaption>
            <SimilarityPlot judged={judged} classes={labels.classes} scoreRange={scoreRange} onTry={onTry} />
          </figure>
        )}
        {bins.length > 0 && (
          <figure class="plot">
            <figcaption>
              <strong>{text.analysis.reliability}</strong>
              <small class="muted numbers">{text.analysis.calibrationError(formatDecimal(error))}</small>
            </figcaption>
            <ReliabilityPlot bins={bins} />
          </figure>
        )}
      </div>
      {scores?.confusion && <ClassTable classes={labels.classes} counts={scores.confusion.counts} />}
      <WorstPairs judged={judged} moment={moment} classes={labels.classes} scoreRange={scoreRange} onTry={onTry} />
    </Panel>
  );
}
