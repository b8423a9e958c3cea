import type { Failure } from "../protocol";

interface FailureNoticeProps {
  failure: Failure;
  /** What the button says; without one there is no button. */
  action?: string;
  onAction?: () => void;
}

/** What went wrong and what to do about it. */
export function FailureNotice({ failure, action, onAction }: FailureNoticeProps) {
  return (
    <div class="notice notice-error" role="alert" data-testid="error">
      <div>
        <p class="notice-message">{sentence(failure.message)}</p>
        <p>{sentence(failure.remedy)}</p>
      </div>
      {action !== undefined && (
        <button type="button" class="outline" onClick={onAction}>
          {action}
        </button>
      )}
    </div>
  );
}

/** Messages of the library start in lower case and have no full stop; here they stand alone. */
export function sentence(text: string): string {
  // A file, an address or a setting is shown as it is written.
  const isName = /^\S*[._/]\S/.test(text);
  const start = isName ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) || start === "" ? start : `${start}.`;
}
