import type { Dispatch } from "preact/hooks";
import type { ModelInfo } from "../../protocol";
import { FailureNotice } from "../../ui/failure_notice";
import { Panel } from "../../ui/panel";
import { SmallButton } from "../../ui/small_button";
import { areSameClasses, isActive, type Run } from "../train/run";
import { ComparisonCard } from "./comparison_card";
import { EXAMPLES } from "./examples";
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
    <Panel
      id="try"
      title="Try it"
      lead="Two sentences of your own, compared by the model as loaded and by the one you have trained."
    >
      <div class="examples">
        <span class="muted small" id="examples-label">
          Examples
        </span>
        <ul class="plain-list button-row" aria-labelledby="examples-label">
          {EXAMPLES.map((example) => (
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
          Sentence A
          <textarea
            rows={2}
            data-testid="sentence-a"
            value={comparison.sentenceA}
            onInput={(event) => change(event.currentTarget.value, comparison.sentenceB)}
          />
        </label>
        <label>
          Sentence B
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
  if (model === null) return <p class="muted">The answer appears as soon as the model is loaded.</p>;
  if (isBlank(comparison)) return <p class="muted">Write something in both fields to compare them.</p>;
  const { answer, failure } = comparison;
  const isStale =
    answer !== null && (answer.sentenceA !== comparison.sentenceA || answer.sentenceB !== comparison.sentenceB);
  return (
    <>
      {failure !== null && <FailureNotice failure={failure} />}
      {answer?.truncated && !isStale && (
        <p class="notice small">
          A sentence is longer than the model can read ({model.max_seq_length} tokens); only its beginning was compared.
        </p>
      )}
      {answer === null ? (
        failure === null && <p class="muted">Comparing…</p>
      ) : (
        <div class={isStale ? "comparisons is-stale" : "comparisons"} aria-busy={isStale}>
          <ComparisonCard
            title="As loaded"
            moment="before"
            comparison={answer.before}
            classes={answer.classes}
            note={beforeNote(answer, model.head_classes)}
          />
          {answer.after === null ? (
            <div class="comparison comparison-empty">
              <h3>After training</h3>
              <p class="muted">Train the model, and its new answer appears here, also while it is learning.</p>
            </div>
          ) : (
            <ComparisonCard
              title={isActive(run) ? "While training" : "After training"}
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

function beforeNote({ classes }: Answer, headClasses: readonly string[] | null): string {
  if (classes.length === 0) return "Neither the model nor the pairs have classes, so there is the cosine alone.";
  if (headClasses !== null && areSameClasses(headClasses, classes)) {
    return "The classification head came with the model, so its classes are meant as well as the cosine.";
  }
  return "The cosine is already meaningful. The classification head is untrained, so its classes are chance.";
}

function afterNote(run: Run | null, { classes }: Answer): string {
  const trainable = run?.plan?.trainable;
  if (trainable === undefined) return "A run is starting.";
  const { embeddings, layers, head } = trainable;
  const hasTrainedEncoder = embeddings + layers > 0;
  if (hasTrainedEncoder && head > 0) return "Encoder and head have both learnt from the training pairs.";
  if (head > 0) return "The encoder is frozen, so the cosine stays; the head has learnt to tell the classes apart.";
  if (!hasTrainedEncoder) return "Everything was frozen, so nothing has changed.";
  if (classes.length === 0) {
    return "The encoder has learnt from the training pairs; they have no classes to learn.";
  }
  return run?.labels.hasOwnHead
    ? "The head is frozen as it came with the model; the encoder has learnt to suit it."
    : "The head is frozen at random, so look at the cosine, not at the classes.";
}
