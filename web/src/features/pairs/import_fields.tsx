import { useState } from "preact/hooks";
import type { HeldOut, ImportPlan, Inspection } from "../../protocol";
import { MAX_CLASSES_IN_SIGHT } from "../../settings";
import { text } from "../../text";
import { ClassName } from "../../ui/class_name";
import { formatSetting } from "../../ui/format";
import { Radios } from "../../ui/radios";
import { SmallButton } from "../../ui/small_button";

interface ImportFieldsProps {
  inspection: Inspection;
  plan: ImportPlan;
  onPlan: (plan: ImportPlan) => void;
}

/** The classes, the scale, the split, and the handling of bad rows. */
export function ImportFields({ inspection, plan, onPlan }: ImportFieldsProps) {
  return (
    <div class="import-fields">
      {plan.label !== null && <Classes inspection={inspection} plan={plan} />}
      {plan.score !== null && (
        <ScoreRange
          key={plan.score}
          range={plan.score_range}
          found={inspection.columns[plan.score]?.number_range ?? null}
          onRange={(score_range) => onPlan({ ...plan, score_range })}
        />
      )}
      <HeldOutChoice plan={plan} drawn={inspection.drawn} onHeldOut={(held_out) => onPlan({ ...plan, held_out })} />
      <Rows plan={plan} onPlan={onPlan} />
    </div>
  );
}

function Classes({ inspection, plan }: Omit<ImportFieldsProps, "onPlan">) {
  const [showsAll, setShowsAll] = useState(false);
  const { classes } = plan;
  const nEmpty = plan.label === null ? 0 : (inspection.columns[plan.label]?.n_empty ?? 0);
  const shown = showsAll ? classes : classes.slice(0, MAX_CLASSES_IN_SIGHT);
  return (
    <div>
      <h4>{text.pairs.nClasses(classes.length)}</h4>
      <ul class="plain-list class-chips small" data-testid="import-classes">
        {shown.map((name, classIdx) => (
          <li key={name}>
            <ClassName classes={classes} classIdx={classIdx} />
          </li>
        ))}
      </ul>
      {nEmpty > 0 && <p class="muted small">{text.pairs.rowsWithoutClass(nEmpty)}</p>}
      {classes.length > MAX_CLASSES_IN_SIGHT && (
        <SmallButton aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? text.pairs.showFewer : text.pairs.showAll(classes.length)}
        </SmallButton>
      )}
    </div>
  );
}

interface ScoreRangeProps {
  range: [number, number];
  /** Lowest and highest value of the column; null if not all are numbers. */
  found: [number, number] | null;
  onRange: (range: [number, number]) => void;
}

function ScoreRange({ range: [low, high], found, onRange }: ScoreRangeProps) {
  return (
    <fieldset>
      <legend>{text.pairs.scale}</legend>
      <div class="number-row">
        <NumberField
          label={text.pairs.lowest}
          testId="score-low"
          value={low}
          onValue={(value) => onRange([value, high])}
        />
        <NumberField
          label={text.pairs.highest}
          testId="score-high"
          value={high}
          onValue={(value) => onRange([low, value])}
        />
      </div>
      <p class="muted small">
        {found === null ? text.pairs.notNumbers : text.pairs.valuesGo(formatSetting(found[0]), formatSetting(found[1]))}
      </p>
    </fieldset>
  );
}

interface HeldOutChoiceProps {
  plan: ImportPlan;
  /** What the choice of a fraction begins with. */
  drawn: HeldOut;
  onHeldOut: (heldOut: HeldOut) => void;
}

function HeldOutChoice({ plan, drawn, onHeldOut }: HeldOutChoiceProps) {
  const { held_out: heldOut, split } = plan;
  return (
    <fieldset data-testid="held-out">
      <legend>{text.pairs.toHoldOut}</legend>
      <Radios
        class="check"
        options={text.pairs.heldOut}
        value={heldOut.kind}
        disabled={split === null ? "by_column" : null}
        onValue={(kind) => onHeldOut(kind === "fraction" ? drawn : { kind })}
      />
      {heldOut.kind === "fraction" && (
        <div class="number-row">
          <NumberField
            label={text.pairs.fraction}
            testId="held-out-fraction"
            value={heldOut.fraction}
            onValue={(fraction) => onHeldOut({ ...heldOut, fraction })}
          />
          <NumberField
            label={text.pairs.seed}
            testId="held-out-seed"
            value={heldOut.seed}
            onValue={(seed) => onHeldOut({ ...heldOut, seed })}
          />
        </div>
      )}
    </fieldset>
  );
}

function Rows({ plan, onPlan }: Omit<ImportFieldsProps, "inspection">) {
  return (
    <fieldset data-testid="bad-rows">
      <legend>{text.pairs.badRows}</legend>
      <Radios
        class="check"
        options={text.pairs.badRowsChoices}
        value={plan.bad_rows}
        onValue={(bad_rows) => onPlan({ ...plan, bad_rows })}
      />
      <label class="check">
        <input
          type="checkbox"
          data-testid="drop-duplicates"
          checked={plan.drop_duplicates}
          onChange={(event) => onPlan({ ...plan, drop_duplicates: event.currentTarget.checked })}
        />
        {text.pairs.dropDuplicates}
      </label>
    </fieldset>
  );
}

interface NumberFieldProps {
  label: string;
  testId: string;
  value: number;
  /** Called with NaN if the text is no number; the worker reports it. */
  onValue: (value: number) => void;
}

/** Keeps the text as typed, so that "0." can become "0.5". */
function NumberField({ label, testId, value, onValue }: NumberFieldProps) {
  const [typed, setTyped] = useState(() => formatSetting(value));
  return (
    <label>
      {label}
      <input
        type="text"
        inputMode="decimal"
        autocomplete="off"
        data-testid={testId}
        value={typed}
        aria-invalid={Number.isFinite(value) ? undefined : "true"}
        onInput={(event) => {
          const next = event.currentTarget.value;
          setTyped(next);
          onValue(next.trim() === "" ? Number.NaN : Number(next));
        }}
      />
    </label>
  );
}
