import { isActive, type Run } from "../features/train/run";
import { text } from "../text";
import { formatPercent } from "../ui/format";
import { addressOf, PLACES, type Place } from "./places";

/** The places, always in reach; a run under way says how far it is. */
export function PlaceNav({ place, run }: { place: Place; run: Run | null }) {
  return (
    <nav class="place-nav" aria-label={text.app.placeNav}>
      <ul class="container">
        {PLACES.map((each) => (
          <li key={each}>
            <a href={addressOf(each)} aria-current={each === place ? "page" : undefined}>
              {text.app.places[each]}
              {each === "train" && <small>{runNote(run)}</small>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function runNote(run: Run | null): string {
  if (!isActive(run)) return "";
  return run.phase === "training" && run.report !== null ? formatPercent(run.report.fraction_done, 0) : "…";
}
