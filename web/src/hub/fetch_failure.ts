/** Network errors, as messages for the visitor. */

import type { Failure } from "../protocol";
import { text } from "../text";

/** Thrown by downloads; its failure is shown. */
export class FetchError extends Error {
  readonly failure: Failure;
  /** The same request may succeed a moment later. */
  readonly isPassing: boolean;

  constructor({ message, remedy }: Omit<Failure, "kind">, isPassing = false) {
    super(message);
    this.failure = { kind: "file", message, remedy };
    this.isPassing = isPassing;
  }
}

/** The request had no response, or an incomplete one. */
export function lineError(url: string, error: unknown): FetchError {
  const { host } = new URL(url);
  if (globalThis.navigator?.onLine === false) return new FetchError(text.hub.offline);
  return new FetchError(text.hub.unreachable(host, error instanceof Error ? error.message : ""), true);
}

/** The server has been silent for too long. */
export function stallError(url: string, millis: number): FetchError {
  return new FetchError(text.hub.silent(new URL(url).host, millis / 1000), true);
}

/** An answer that isn't the file. `what` names what was requested. */
export function statusError(url: string, what: string, response: Response): FetchError {
  const { status } = response;
  const { host } = new URL(url);
  // Error codes of the hub (huggingface_hub's `hf_raise_for_status`), if the page may read them.
  const code = response.headers.get("X-Error-Code") ?? "";
  if (code === "GatedRepo" || (status === 403 && code === "")) {
    return new FetchError(text.hub.gated(host, what, status));
  }
  if (code === "RevisionNotFound") return new FetchError(text.hub.noRevision(host, what, status));
  if (status === 401 || code === "RepoNotFound") return new FetchError(text.hub.unknown(host, what, status));
  if (status === 404) return new FetchError(text.hub.missing(url, what));
  const isPassing = status === 408 || status === 429 || status >= 500;
  return new FetchError(text.hub.badStatus(url, status), isPassing);
}
