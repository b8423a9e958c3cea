import { N_RESULTS } from "../../settings";
import { text } from "../../text";
import { SmallButton } from "../../ui/small_button";

interface ShowMoreProps {
  nAll: number;
  nShown: number;
  /** So many are to be shown. */
  onMore: (nShown: number) => void;
}

/** More of a list of sentences; nothing where all are shown. */
export function ShowMore({ nAll, nShown, onMore }: ShowMoreProps) {
  if (nAll <= nShown) return null;
  return (
    <p>
      <SmallButton onClick={() => onMore(nShown + N_RESULTS)}>{text.explore.showMore(nAll)}</SmallButton>
    </p>
  );
}
