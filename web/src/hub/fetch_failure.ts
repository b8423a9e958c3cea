/** Network errors, as messages for the visitor. */

import type { Failure } from "../protocol";

/** Thrown by downloads; its failure is shown. */
export class FetchError extends Error {
  readonly failure: Failure;
  /** The same request may succeed a moment later. */
  readonly isPassing: boolean;

  constructor(message: string, remedy: string, isPassing = false) {
    super(message);
    this.failure = { kind: "file", message, remedy };
    this.isPassing = isPassing;
  }
}

const AGAIN = "What has been downloaded is kept; Retry continues from there.";

/** The request had no response, or an incomplete one. */
export function lineError(url: string, error: unknown): FetchError {
  const { host } = new URL(url);
  if (globalThis.navigator?.onLine === false) {
    return new FetchError(
      "This device is offline.",
      `Connect it, or load a model that is kept on this device or lies in a folder. ${AGAIN}`,
    );
  }
  const reason = error instanceof Error && error.message !== "" ? ` (${error.message})` : "";
  return new FetchError(
    `${host} can't be reached, or the line broke off${reason}.`,
    `Check the connection. ${AGAIN}`,
    true,
  );
}

/** The server has been silent for too long. */
export function stallError(url: string, millis: number): FetchError {
  const message = `${new URL(url).host} has sent nothing for ${millis / 1000} s.`;
  return new FetchError(message, `Check the connection. ${AGAIN}`, true);
}

/** An answer that isn't the file. `what` names what was requested. */
export function statusError(url: string, what: string, response: Response): FetchError {
  const { status } = response;
  const { host } = new URL(url);
  // Error codes of the hub (huggingface_hub's `hf_raise_for_status`), if the page may read them.
  const code = response.headers.get("X-Error-Code") ?? "";
  if (code === "GatedRepo" || (status === 403 && code === "")) {
    return new FetchError(
      `${host} does not give out ${what} without a log-in (status ${status}).`,
      "Accept the model's terms there, download its files and drop them here.",
    );
  }
  if (code === "RevisionNotFound") {
    return new FetchError(
      `${host} has the model, but not ${what} (status ${status}).`,
      "Check the revision; most models have main.",
    );
  }
  if (status === 401 || code === "RepoNotFound") {
    return new FetchError(
      `${host} knows no public model ${what} (status ${status}).`,
      "Check the spelling. Of a private model, download the files and drop them here: the page has no log-in.",
    );
  }
  if (status === 404) {
    return new FetchError(
      `${url} was answered with status 404: there is no ${what}.`,
      "Check the name and the revision, or that the page was set up with its model, and try again.",
    );
  }
  const isPassing = status === 408 || status === 429 || status >= 500;
  const remedy =
    status === 429 ? "The server asks for patience: try again in some minutes." : `Try again later. ${AGAIN}`;
  return new FetchError(`${url} was answered with status ${status}.`, remedy, isPassing);
}
