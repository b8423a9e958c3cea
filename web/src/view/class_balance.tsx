import { formatCount, formatPercent } from "../format";
import type { CorpusInfo, PairInfo } from "../protocol";
import { ClassName, classColour } from "./class_name";

/** How the classes are spread over the training and the held-out pairs. */
export function ClassBalance({ corpus }: { corpus: CorpusInfo }) {
  const parts: [string, PairInfo[]][] = [
    ["Training", corpus.pairs.filter((pair) => !pair.held_out)],
    ["Held out", corpus.pairs.filter((pair) => pair.held_out)],
  ];
  return (
    <div class="balance">
      {parts.map(([name, pairs]) => (
        <Bar key={name} name={name} classes={corpus.classes} pairs={pairs} />
      ))}
    </div>
  );
}

function Bar({ name, classes, pairs }: { name: string; classes: string[]; pairs: PairInfo[] }) {
  const counts = classes.map((_, classIdx) => pairs.filter((pair) => pair.label === classIdx).length);
  const nLabelled = counts.reduce((sum, count) => sum + count, 0);
  return (
    <figure>
      <figcaption>
        <strong>{name}</strong> <span class="muted">{formatCount(pairs.length)}</span>
      </figcaption>
      <div class="balance-bar" aria-hidden="true">
        {counts.map((count, classIdx) => (
          <span key={classes[classIdx]} style={{ flexGrow: count, background: classColour(classIdx) }} />
        ))}
      </div>
      <ul class="balance-legend">
        {counts.map((count, classIdx) => (
          <li key={classes[classIdx]}>
            <ClassName classes={classes} classIdx={classIdx} />{" "}
            <span class="numbers">
              {formatCount(count)}
              <span class="muted"> {nLabelled > 0 && formatPercent(count / nLabelled, 0)}</span>
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
