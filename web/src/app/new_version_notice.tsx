import { text } from "../text";

interface NewVersionNoticeProps {
  /** Other tabs still show the old version. */
  hasOtherTabs: boolean;
  isRunning: boolean;
  /** Something trained is neither saved nor exported. */
  isLost: boolean;
  onReload: () => void;
}

/** Not urgent: the loaded version works as long as the visitor likes. */
export function NewVersionNotice({ hasOtherTabs, isRunning, isLost, onReload }: NewVersionNoticeProps) {
  const { newVersion } = text.app;
  const loss = isLost ? newVersion.isUnsaved : null;
  const sentences = [
    newVersion.isReady,
    isRunning ? (isLost ? newVersion.endsRun : newVersion.keepsRun) : loss,
    hasOtherTabs ? newVersion.otherTabs : null,
  ];
  return (
    <div class="notice notice-recovery" role="status" data-testid="new-version">
      <p>{sentences.filter((sentence) => sentence !== null).join(" ")}</p>
      <button type="button" class="outline" onClick={onReload}>
        {newVersion.reload}
      </button>
    </div>
  );
}
