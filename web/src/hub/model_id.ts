/** Parses a model's id on a hub: an id, or a copied address. */

import type { HubModel } from "../protocol";

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
  const text = id.trim().replace(/\/+$/, "");
  if (text === "") return fault("Type a model's id, such as bert-base-uncased.");
  const named = /^[a-z]+:\/\//i.test(text) ? fromAddress(text) : { id: text, revision: null };
  if (named === null || !ID.test(named.id) || /--|\.\./.test(named.id)) {
    return fault("An id looks like owner/name, such as BAAI/bge-small-en-v1.5.");
  }
  const asked = named.revision ?? (revision.trim() || DEFAULT_REVISION);
  if (!REVISION.test(asked) || asked.includes("..")) {
    return fault("A revision is a branch, a tag or a commit, such as main.");
  }
  return { model: { id: named.id, revision: asked }, fault: null };
}

/** Of https://host/owner/name[/tree|blob|resolve/revision[/path]]. The host is ignored: the page uses its own hub. */
function fromAddress(text: string): { id: string; revision: string | null } | null {
  let path: string[];
  try {
    path = new URL(text).pathname.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
  const cut = path.findIndex((part, idx) => idx > 0 && ["tree", "blob", "resolve", "commit"].includes(part));
  const id = (cut === -1 ? path.slice(0, 2) : path.slice(0, cut)).join("/");
  return { id, revision: cut === -1 ? null : (path[cut + 1] ?? null) };
}

function fault(text: string): ReadModelId {
  return { model: null, fault: text };
}
