import type { ComponentChildren } from "preact";
import type { HubModel } from "../protocol";
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
  if (!isWanted && ownModel === null && ownPairs === null && unknown.length === 0) return null;
  return (
    <div class="notice notice-recovery" role="status" data-testid="link-notice">
      <div class="stack-tight">
        <p class="notice-message">The settings of the link are set.</p>
        {isWanted && (
          <Line>
            It was made with the model {hub.id} of the hub, revision {hub.revision.slice(0, 12)}.
          </Line>
        )}
        {ownModel !== null && (
          <Line>It was made with a model of one's own ({ownModel}), which a link can't bring.</Line>
        )}
        {ownPairs !== null && <Line>It was made with pairs of one's own ({ownPairs}), which a link can't bring.</Line>}
        {unknown.length > 0 && <Line>This page doesn't know: {unknown.join(", ")}.</Line>}
      </div>
      <div class="button-row">
        {isWanted && (
          <SmallButton disabled={blocker !== null} onClick={() => onLoad(hub)}>
            Load the model
          </SmallButton>
        )}
        <SmallButton onClick={onDismiss}>Dismiss</SmallButton>
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
