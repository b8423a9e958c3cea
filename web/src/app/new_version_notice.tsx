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
  return (
    <div class="notice notice-recovery" role="status" data-testid="new-version">
      <p>
        A new version of this page is ready.
        {isRunning && (isLost ? " Reloading would end the run." : " The run can be resumed afterwards.")}
        {!isRunning && isLost && " What was trained here is not saved: export it first."}
        {hasOtherTabs && " Close the page's other tabs first: they show the old one."}
      </p>
      <button type="button" class="outline" onClick={onReload}>
        Reload
      </button>
    </div>
  );
}
