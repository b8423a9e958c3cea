import { useId } from "preact/hooks";
import { formatPercent } from "../../ui/format";
import type { FreezeKind, SettingsForm } from "./form";

interface FreezeChoiceProps {
  form: SettingsForm;
  nLayers: number | null;
  onChange: (form: SettingsForm) => void;
}

interface Option {
  kind: FreezeKind;
  testId: string;
  title: string;
  text: string;
  cost: string;
  /** Cost from 0 (none) to 4 (a full training step). */
  weight: number;
}

/** The choice of what is frozen, which decides what a run can learn and what it costs. */
export function FreezeChoice({ form, nLayers, onChange }: FreezeChoiceProps) {
  const groupName = useId();
  return (
    <fieldset class="freeze">
      <legend>What stays frozen?</legend>
      <div class="freeze-cards">
        {optionsOf(form.nLast, nLayers).map((option) => (
          <div class="freeze-card" key={option.kind}>
            <label>
              <span class="freeze-title">
                <input
                  type="radio"
                  name={groupName}
                  data-testid={option.testId}
                  checked={form.freeze === option.kind}
                  onChange={() => onChange({ ...form, freeze: option.kind })}
                />
                <strong>{option.title}</strong>
              </span>
              <span class="freeze-text">{option.text}</span>
              <span class="freeze-cost">
                <CostDots weight={option.weight} />
                {option.cost}
              </span>
            </label>
            {option.kind === "all_but_last" && (
              <LastLayers
                nLast={form.nLast}
                nLayers={nLayers}
                onChange={(nLast) => onChange({ ...form, nLast, freeze: "all_but_last" })}
              />
            )}
          </div>
        ))}
      </div>
    </fieldset>
  );
}

function LastLayers({
  nLast,
  nLayers,
  onChange,
}: {
  nLast: number;
  nLayers: number | null;
  onChange: (n: number) => void;
}) {
  const choices = nLayers === null ? [nLast] : Array.from({ length: nLayers }, (_, idx) => idx + 1);
  return (
    <label class="last-layers">
      Layers that learn
      <select
        data-testid="last-n"
        value={String(nLast)}
        disabled={nLayers === null}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      >
        {choices.map((n) => (
          <option key={n} value={n}>
            {n}
          </option>
        ))}
      </select>
    </label>
  );
}

function CostDots({ weight }: { weight: number }) {
  return (
    <span class="cost-dots" aria-hidden="true">
      {[1, 2, 3, 4].map((dot) => (
        <span key={dot} class={dot <= weight ? "cost-dot is-on" : "cost-dot"} />
      ))}
    </span>
  );
}

/**
 * A forward pass costs about a third of a training step and the backward pass through the trained layers the rest, so
 * training n of L layers costs about 1/3 + 2/3 · n/L.
 */
function optionsOf(nLast: number, nLayers: number | null): Option[] {
  const share = nLayers === null ? null : 1 / 3 + ((2 / 3) * nLast) / nLayers;
  return [
    {
      kind: "everything",
      testId: "freeze-everything",
      title: "Everything",
      text: "Nothing learns; the held-out pairs are only scored.",
      cost: "No training at all",
      weight: 0,
    },
    {
      kind: "backbone",
      testId: "freeze-backbone",
      title: "Backbone",
      text: "Only the classification head learns; embeddings, and so the cosine, stay as they are.",
      cost: "Cheapest: a third of a full step or less",
      weight: 1,
    },
    {
      kind: "all_but_last",
      testId: "freeze-last",
      title: "All but the last layers",
      text: `The last ${nLast === 1 ? "layer" : `${nLast} layers`} and the head learn.`,
      cost: share === null ? "Between the two" : `About ${formatPercent(share, 0)} of a full step, or less`,
      weight: share === null || share < 0.6 ? 2 : share < 0.85 ? 3 : 4,
    },
    {
      kind: "head",
      testId: "freeze-head",
      title: "Classification head",
      text: "The whole encoder learns; the head stays as it started, at random.",
      cost: "A full step: the head is tiny",
      weight: 4,
    },
    {
      kind: "nothing",
      testId: "freeze-nothing",
      title: "Nothing",
      text: "Everything learns: embeddings, all layers and the head.",
      cost: "A full step, the most of all",
      weight: 4,
    },
  ];
}
