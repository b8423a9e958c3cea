import type { ComponentChildren } from "preact";
import type { HubModel } from "../protocol";
import { text } from "../text";
import { SmallButton } from "../ui/small_button";
import type { Link } from "./address";

interface LinkNoticeProps {
  link: Link;
  /** Id of the hub's model that is loaded; null if it is another one. */
  hubId: string | null;
  /** Why no model can be loaded now; null if one can. */
  blocker: string | null;
  onLoad: (hub: HubModel) => void;
  onDismiss: () => void;
}

/** What an opened link could not set by itself. Nothing is downloaded before the visitor says so. */
export function LinkNotice({
  link: { hub, ownModel, ownPairs, unknown },
  hubId,
  blocker,
  onLoad,
  onDismiss,
}: LinkNoticeProps) {
  const isWanted = hub !== null && hub.id !== hubId;
  const { link } = text.app;
  if (!isWanted && ownModel === null && ownPairs === null && unknown.length === 0) return null;
  return (
    <div class="notice notice-recovery" role="status" data-testid="link-notice">
      <div class="stack-tight">
        <p class="notice-message">{link.isSet}</p>
        {isWanted && <Line>{link.model(hub.id, hub.revision.slice(0, 12))}</Line>}
        {ownModel !== null && <Line>{link.ownModel(ownModel)}</Line>}
        {ownPairs !== null && <Line>{link.ownPairs(ownPairs)}</Line>}
        {unknown.length > 0 && <Line>{link.unknown(unknown.join(", "))}</Line>}
      </div>
      <div class="button-row">
        {isWanted && (
          <SmallButton disabled={blocker !== null} onClick={() => onLoad(hub)}>
            {link.load}
          </SmallButton>
        )}
        <SmallButton onClick={onDismiss}>{text.ui.dismiss}</SmallButton>
      </div>
    </div>
  );
}

function Line({ children }: { children: ComponentChildren }) {
  return (
    <p class="small">
      <bdi>{children}</bdi>
    </p>
  );
}
