import { useId, useState } from "preact/hooks";
import { text } from "../../text";
import { Radios } from "../../ui/radios";
import type { FreezeKind, Settings } from "../train/form";
import { type PlannedRun, plannedRuns } from "./queue";

interface QueueFormProps {
  /** Null before the worker is ready. */
  settings: Settings | null;
  /** Layers of the model; null before it is loaded. */
  nLayers: number | null;
  /** True if the pairs have classes, from which a head can learn. */
  hasClasses: boolean;
  /** Why no run can be started; null if one can. */
  blocker: string | null;
  onStart: (planned: readonly PlannedRun[]) => void;
}

/** What is compared: some strategies, with one seed or three. */
export function QueueForm({ settings, nLayers, hasClasses, blocker, onStart }: QueueFormProps) {
  const [chosen, setChosen] = useState<readonly FreezeKind[] | null>(null);
  const [nSeeds, setNSeeds] = useState<"1" | "3">("1");
  const reasonId = useId();
  if (settings === null) return <p class="muted">{text.compare.starts}</p>;
  const { form, offer, read } = settings;
  const strategies = offer.freeze_strategies;
  const learning = strategies.filter(({ trained }) => trained.layers !== "none" || (trained.head && hasClasses));
  const kinds = chosen ?? learning.map(({ kind }) => kind);
  const planned =
    read.order === null || nLayers === null
      ? []
      : plannedRuns(
          read.order,
          strategies.filter(({ kind }) => kinds.includes(kind)),
          Math.min(form.nLast, nLayers),
          nLayers,
          Number(nSeeds),
        );
  const reason =
    blocker ??
    (read.order === null ? text.reasons.faultySettingsElsewhere : null) ??
    (kinds.length === 0 ? text.compare.chooseOne : null);
  return (
    <form class="queue-form" noValidate onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>{text.compare.freeze}</legend>
        <div class="queue-strategies">
          {strategies.map(({ kind, flag, title }) => (
            <label key={kind} class="check">
              <input
                type="checkbox"
                data-testid={`queue-${flag}`}
                checked={kinds.includes(kind)}
                onChange={({ currentTarget: { checked } }) => {
                  const others = kinds.filter((other) => other !== kind);
                  setChosen(checked ? [...others, kind] : others);
                }}
              />
              {kind === "all_but_last"
                ? text.compare.lastLayers(title, Math.min(form.nLast, nLayers ?? form.nLast))
                : title}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset class="queue-seeds">
        <legend>{text.compare.seeds}</legend>
        <Radios options={text.compare.nSeeds} value={nSeeds} class="check" onValue={setNSeeds} />
      </fieldset>
      <div class="controls">
        <button
          type="button"
          data-testid="queue-start"
          disabled={reason !== null}
          aria-describedby={reasonId}
          onClick={() => onStart(planned)}
        >
          {text.compare.start}
        </button>
        <p id={reasonId} class="muted small">
          {reason ?? text.compare.plan(planned.length)}
        </p>
      </div>
    </form>
  );
}
