/** Parses a model's id on a hub: an id, or a copied address. */

import type { HubModel } from "../protocol";
import { text } from "../text";

/** The revision if none is given. */
export const DEFAULT_REVISION = "main";

/** Letters, digits and "-_." in one or two parts, as the hub itself has it (huggingface_hub's `validate_repo_id`). */
const ID = /^[A-Za-z0-9][\w.-]{0,95}(\/[A-Za-z0-9][\w.-]{0,95})?$/;

/** A branch, a tag, a commit or "refs/pr/1". */
const REVISION = /^[\w][\w./-]{0,250}$/;

export type ReadModelId = { model: HubModel; fault: null } | { model: null; fault: string };

/**
 * Parse the two fields. A revision in the address has precedence.
 *
 * @param id "owner/name", "name", or an address of the hub such as "https://host/owner/name/tree/main".
 * @param revision Branch, tag or commit; empty means "main".
 */
export function readModelId(id: string, revision: string): ReadModelId {
  const typed = id.trim().replace(/\/+$/, "");
  if (typed === "") return fault(text.hub.noId);
  const named = /^[a-z]+:\/\//i.test(typed) ? fromAddress(typed) : { id: typed, revision: null };
  if (named === null || !ID.test(named.id) || /--|\.\./.test(named.id)) {
    return fault(text.hub.badId);
  }
  const asked = named.revision ?? (revision.trim() || DEFAULT_REVISION);
  if (!REVISION.test(asked) || asked.includes("..")) {
    return fault(text.hub.badRevision);
  }
  return { model: { id: named.id, revision: asked }, fault: null };
}

/** Of https://host/owner/name[/tree|blob|resolve/revision[/path]]. The host is ignored: the page uses its own hub. */
function fromAddress(address: string): { id: string; revision: string | null } | null {
  let path: string[];
  try {
    path = new URL(address).pathname.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
  const cut = path.findIndex((part, idx) => idx > 0 && ["tree", "blob", "resolve", "commit"].includes(part));
  const id = (cut === -1 ? path.slice(0, 2) : path.slice(0, cut)).join("/");
  return { id, revision: cut === -1 ? null : (path[cut + 1] ?? null) };
}

function fault(reason: string): ReadModelId {
  return { model: null, fault: reason };
}
