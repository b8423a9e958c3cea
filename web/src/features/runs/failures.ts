/** Why something could not be done with a saved run. */

import type { Failure } from "../../protocol";
import { UnreadableError } from "../../storage/store";

/** Another tab was faster, or has it since the runs were listed. */
export const TAKEN: Failure = {
  kind: "file",
  message: "Another tab has this run.",
  remedy: "Use it there, or close that tab first.",
};

/** @param error Null if not all of the run is there. */
export function openFailure(error: unknown): Failure {
  if (error === null) {
    return {
      kind: "file",
      message:
        "Not all of the saved run is there any more: the browser has made room, or another tab has discarded it.",
      remedy: "Discard it and train again, or open a file of it if there is one.",
    };
  }
  const reason = error instanceof Error && error.message !== "" ? ` (${error.message})` : "";
  const isStored = error instanceof UnreadableError;
  return {
    kind: "file",
    message: `The saved run can't be read just now${reason}.`,
    remedy: isStored ? "Try again, or reload the page: it stays where it is." : "Try again; it stays where it is.",
  };
}

export function discardFailure(reason: string): Failure {
  return {
    kind: "file",
    message: `The saved run can't be deleted just now (${reason}).`,
    remedy: "Try again, or reload the page.",
  };
}
