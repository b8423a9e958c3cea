import type { ComponentChildren, TargetedDragEvent } from "preact";
import { useEffect, useState } from "preact/hooks";

interface DropZoneProps {
  /** The text that is shown while files are dragged over it. */
  invitation: string;
  /** Why nothing can be dropped now; null if it can. */
  blocker: string | null;
  onDrop: (files: DataTransfer) => void;
  children: ComponentChildren;
}

/** Accepts files that are dropped anywhere on its children. There must be a file picker too, for keyboards. */
export function DropZone({ invitation, blocker, onDrop, children }: DropZoneProps) {
  const [isHeldOver, setIsHeldOver] = useState(false);
  const hold = (event: TargetedDragEvent<HTMLElement>) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // Also while nothing can be dropped: otherwise the browser would open the file instead of the page.
    event.preventDefault();
    event.dataTransfer.dropEffect = blocker === null ? "copy" : "none";
    setIsHeldOver(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has no keys; there is a file picker beside it.
    <div
      class="drop-zone"
      onDragEnter={hold}
      onDragOver={hold}
      onDragLeave={(event) => {
        const to = event.relatedTarget;
        if (!(to instanceof Node && event.currentTarget.contains(to))) setIsHeldOver(false);
      }}
      onDrop={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setIsHeldOver(false);
        if (blocker === null) onDrop(event.dataTransfer);
      }}
    >
      {children}
      {isHeldOver && (
        <p class="drop-invitation" aria-hidden="true">
          {blocker ?? invitation}
        </p>
      )}
    </div>
  );
}

/** Ignores files that are dropped beside the zones: the browser would open them instead of the page. */
export function useNoStrayDrops(): void {
  useEffect(() => {
    const refuse = (event: DragEvent) => {
      if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    };
    window.addEventListener("dragover", refuse);
    window.addEventListener("drop", refuse);
    return () => {
      window.removeEventListener("dragover", refuse);
      window.removeEventListener("drop", refuse);
    };
  }, []);
}
