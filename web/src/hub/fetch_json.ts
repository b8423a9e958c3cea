/** JSON over HTTP, revalidated on each request; every error says what to do. */

import { type FetchError, lineError, statusError } from "./fetch_failure";

/**
 * @param what Names what is requested.
 * @param damaged The fault of an answer that is no JSON.
 * @throws FetchError
 */
export async function fetchJson(
  url: string,
  what: string,
  damaged: (url: string) => FetchError,
  signal: AbortSignal,
): Promise<unknown> {
  let response: Response;
  let json: unknown;
  try {
    response = await fetch(url, { signal, cache: "no-cache" });
    if (response.ok) json = await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof SyntaxError) throw damaged(url);
    throw lineError(url, error);
  }
  if (!response.ok) throw statusError(url, what, response);
  return json;
}
