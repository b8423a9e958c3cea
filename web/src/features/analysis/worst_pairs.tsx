import { useMemo, useState } from "preact/hooks";
import { text } from "../../text";
import { ClassName } from "../../ui/class_name";
import { formatDecimal, formatPercent, formatScore } from "../../ui/format";
import { SmallButton } from "../../ui/small_button";
import { inOrder, type JudgedPair, type Moment, ORDERS, type Order } from "./judged_pairs";

interface WorstPairsProps {
  judged: readonly JudgedPair[];
  /** Of the model that judges them. */
  moment: Moment;
  classes: readonly string[];
  scoreRange: [number, number];
  onTry: (sentenceA: string, sentenceB: string) => void;
}

/** So many are shown, and as many more on request. */
const N_SHOWN = 5;

/** The pairs that a model gets most wrong, each to be tried. */
export function WorstPairs({ judged, moment, classes, scoreRange, onTry }: WorstPairsProps) {
  const orders = (Object.keys(ORDERS) as Order[]).filter((order) => inOrder(judged, order).length > 0);
  const [chosen, setChosen] = useState<Order | null>(null);
  const [label, setLabel] = useState<number | null>(null);
  const [nShown, setNShown] = useState(N_SHOWN);
  const order = chosen !== null && orders.includes(chosen) ? chosen : orders[0];
  const found = useMemo(() => {
    const ofClass = judged.filter(({ pair }) => label === null || pair.label === label);
    return order === undefined ? [] : inOrder(ofClass, order);
  }, [judged, order, label]);
  if (order === undefined) return null;
  return (
    <div class="stack">
      <div class="filters">
        <label>
          {text.analysis.order}
          <select
            data-testid="worst-order"
            value={order}
            onChange={(event) => setChosen(event.currentTarget.value as Order)}
          >
            {orders.map((each) => (
              <option key={each} value={each}>
                {text.analysis.orders[each]}
              </option>
            ))}
          </select>
        </label>
        {classes.length > 0 && (
          <label>
            {text.ui.ofPair.label}
            <select
              value={label === null ? "all" : String(label)}
              onChange={({ currentTarget: { value } }) => setLabel(value === "all" ? null : Number(value))}
            >
              <option value="all">{text.ui.allClasses}</option>
              {classes.map((name, classIdx) => (
                <option key={name} value={classIdx}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <ul class="plain-list worst-pairs" data-testid="worst-pairs">
        {found.slice(0, nShown).map((each) => (
          <li key={each.pair.id}>
            <p dir="auto">{each.pair.sentence_a}</p>
            <p dir="auto">{each.pair.sentence_b}</p>
            <p class="button-row small">
              <Facts judged={each} moment={moment} classes={classes} scoreRange={scoreRange} />
              <SmallButton
                aria-label={text.ui.tryPair(each.pair.sentence_a, each.pair.sentence_b)}
                onClick={() => onTry(each.pair.sentence_a, each.pair.sentence_b)}
              >
                {text.ui.try}
              </SmallButton>
            </p>
          </li>
        ))}
      </ul>
      {found.length > nShown && (
        <SmallButton onClick={() => setNShown(nShown + N_SHOWN)}>{text.analysis.showMore(found.length)}</SmallButton>
      )}
    </div>
  );
}

function Facts({
  judged,
  moment,
  classes,
  scoreRange,
}: Pick<WorstPairsProps, "moment" | "classes" | "scoreRange"> & { judged: JudgedPair }) {
  const { pair, judgement, other } = judged;
  const nameOf = (classIdx: number) => <ClassName classes={classes} classIdx={classIdx} />;
  const cosine = formatDecimal(judgement.cosine);
  const otherCosine = formatDecimal(other?.cosine ?? judgement.cosine);
  const probability = <span class="muted numbers"> ({formatPercent(judgement.probability, 0)})</span>;
  return (
    <>
      {pair.label !== null && (
        <span>
          {judgement.classIdx === pair.label
            ? text.analysis.found(nameOf(pair.label), probability)
            : text.analysis.takenFor(nameOf(pair.label), nameOf(judgement.classIdx), probability)}
        </span>
      )}
      {pair.score !== null && (
        <span class="numbers">{text.analysis.similarity(formatScore(pair.score, scoreRange))}</span>
      )}
      <span class="numbers">
        {text.analysis.cosine(cosine)}
        {otherCosine !== cosine && <span class="muted"> {text.analysis.ofOther(moment, otherCosine)}</span>}
      </span>
    </>
  );
}
