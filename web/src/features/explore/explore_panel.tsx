import type { Dispatch } from "preact/hooks";
import type { ModelInfo } from "../../protocol";
import { text } from "../../text";
import { FailureNotice } from "../../ui/failure_notice";
import { Panel } from "../../ui/panel";
import { SmallButton } from "../../ui/small_button";
import { areSameClasses, isActive, type Run } from "../train/run";
import { ComparisonCard } from "./comparison_card";
import { type Answer, type ComparisonAction, type ComparisonState, isBlank } from "./state";

interface ExplorePanelProps {
  comparison: ComparisonState;
  run: Run | null;
  /** Null before it is loaded. */
  model: ModelInfo | null;
  dispatch: Dispatch<ComparisonAction>;
}

export function ExplorePanel(props: ExplorePanelProps) {
  const { comparison, dispatch } = props;
  const change = (sentenceA: string, sentenceB: string) => dispatch({ type: "explore/changed", sentenceA, sentenceB });
  return (
    <Panel id="try" title={text.explore.title} lead={text.explore.lead}>
      <div class="examples">
        <span class="muted small" id="examples-label">
          {text.explore.examplesLabel}
        </span>
        <ul class="plain-list button-row" aria-labelledby="examples-label">
          {text.explore.examples.map((example) => (
            <li key={example.name}>
              <SmallButton
                aria-pressed={comparison.sentenceA === example.sentenceA && comparison.sentenceB === example.sentenceB}
                onClick={() => change(example.sentenceA, example.sentenceB)}
              >
                {example.name}
              </SmallButton>
            </li>
          ))}
        </ul>
      </div>
      <div class="sentences">
        <label>
          {text.ui.ofPair.sentence_a}
          <textarea
            rows={2}
            data-testid="sentence-a"
            value={comparison.sentenceA}
            onInput={(event) => change(event.currentTarget.value, comparison.sentenceB)}
          />
        </label>
        <label>
          {text.ui.ofPair.sentence_b}
          <textarea
            rows={2}
            data-testid="sentence-b"
            value={comparison.sentenceB}
            onInput={(event) => change(comparison.sentenceA, event.currentTarget.value)}
          />
        </label>
      </div>
      <Result {...props} />
    </Panel>
  );
}

function Result({ comparison, run, model }: ExplorePanelProps) {
  if (model === null) return <p class="muted">{text.explore.awaitsModel}</p>;
  if (isBlank(comparison)) return <p class="muted">{text.explore.writeBoth}</p>;
  const { answer, failure } = comparison;
  const isStale =
    answer !== null && (answer.sentenceA !== comparison.sentenceA || answer.sentenceB !== comparison.sentenceB);
  const noteBefore = answer === null ? "" : beforeNote(answer, model.head_classes);
  return (
    <>
      {failure !== null && <FailureNotice failure={failure} />}
      {answer?.truncated && !isStale && <p class="notice small">{text.explore.truncated(model.max_seq_length)}</p>}
      {answer === null ? (
        failure === null && <p class="muted">{text.ui.comparing}</p>
      ) : (
        <div class={isStale ? "comparisons is-stale" : "comparisons"} aria-busy={isStale}>
          <ComparisonCard
            title={text.explore.asLoaded}
            moment="before"
            comparison={answer.before}
            classes={answer.classes}
            isChance={noteBefore === notes.untrainedHead}
            note={noteBefore}
          />
          {answer.after === null ? (
            <div class="comparison comparison-empty">
              <h3>{text.ui.ofTraining.after}</h3>
              <p class="muted">{text.explore.trainFirst}</p>
            </div>
          ) : (
            <ComparisonCard
              title={isActive(run) ? text.explore.whileTraining : text.ui.ofTraining.after}
              moment="after"
              comparison={answer.after}
              reference={answer.before}
              classes={answer.classes}
              note={afterNote(run, answer)}
            />
          )}
        </div>
      )}
    </>
  );
}

const { notes } = text.explore;

function beforeNote({ classes }: Answer, headClasses: readonly string[] | null): string {
  if (classes.length === 0) return notes.cosineAlone;
  return headClasses !== null && areSameClasses(headClasses, classes) ? notes.ownHead : notes.untrainedHead;
}

function afterNote(run: Run | null, { classes }: Answer): string {
  const trainable = run?.plan?.trainable;
  if (trainable === undefined) return notes.starting;
  const { embeddings, layers, head } = trainable;
  const hasTrainedEncoder = embeddings + layers > 0;
  if (hasTrainedEncoder && head > 0) return notes.both;
  if (head > 0) return notes.headAlone;
  if (!hasTrainedEncoder) return notes.nothing;
  if (classes.length === 0) return notes.withoutClasses;
  return run?.labels.hasOwnHead ? notes.frozenOwnHead : notes.frozenHead;
}
