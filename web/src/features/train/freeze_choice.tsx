import { useId } from "preact/hooks";
import type { TrainedParts } from "../../protocol";
import { text } from "../../text";
import { type Estimates, estimateText } from "./estimates";
import type { Settings, SettingsForm } from "./form";
import { stepShare } from "./step_cost";

interface FreezeChoiceProps extends Pick<Settings, "form" | "offer"> {
  nLayers: number | null;
  estimates: Estimates;
  onChange: (form: SettingsForm) => void;
}

/** The choice of what is frozen, which decides what a run can learn and what it costs. */
export function FreezeChoice({ form, offer, nLayers, estimates, onChange }: FreezeChoiceProps) {
  const groupName = useId();
  return (
    <fieldset class="freeze">
      <legend>{text.train.freeze}</legend>
      <div class="freeze-cards">
        {offer.freeze_strategies.map(({ kind, flag, title, text: explanation, trained }) => {
          const cost = costOf(trained, form.nLast, nLayers);
          return (
            <div class="freeze-card" key={kind}>
              <label>
                <span class="freeze-title">
                  <input
                    type="radio"
                    name={groupName}
                    data-testid={`freeze-${flag}`}
                    checked={form.freeze === kind}
                    onChange={() => onChange({ ...form, freeze: kind })}
                  />
                  <strong>{title}</strong>
                </span>
                <span class="freeze-text">{explanation}</span>
                <span class="freeze-cost">
                  <CostDots weight={cost.weight} />
                  {estimateText(estimates, kind) ?? cost.text}
                </span>
              </label>
              {kind === "all_but_last" && (
                <LastLayers
                  nLast={form.nLast}
                  nLayers={nLayers}
                  onChange={(nLast) => onChange({ ...form, nLast, freeze: "all_but_last" })}
                />
              )}
            </div>
          );
        })}
      </div>
      <p class="muted small">{text.train.estimateNote(estimates.flopPerSec !== null)}</p>
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
      {text.train.lastLayers}
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

interface Cost {
  text: string;
  /** From 0 (none) to 4 (a full training step). */
  weight: number;
}

function costOf(trained: TrainedParts, nLast: number, nLayers: number | null): Cost {
  const share = stepShare(trained, nLast, nLayers);
  const { costs } = text.train;
  if (share === null) return { text: costs.unknown, weight: 2 };
  if (trained.layers === "all") return { text: costs.full, weight: 4 };
  if (trained.layers === "none") {
    return trained.head ? { text: costs.head, weight: 1 } : { text: costs.nothing, weight: 0 };
  }
  return { text: costs.share(share), weight: share < 0.6 ? 2 : share < 0.85 ? 3 : 4 };
}
