/** The models that are kept on this device, as the page shows them. */

import type { KeptModel } from "../../storage/models";
import type { Room } from "../../storage/store";

export interface KeptState {
  /** The newest first; empty before storage has been read. */
  models: readonly KeptModel[];
  room: Room;
  /** Why something is kept in memory only; null if nothing is. */
  refusal: string | null;
}

export const noKeptModels: KeptState = { models: [], room: { usedBytes: null, quotaBytes: null }, refusal: null };

/** Bytes of all kept models, incomplete ones included. */
export function keptBytesOf({ models }: KeptState): number {
  return models.reduce((sum, { bytes }) => sum + bytes, 0);
}
