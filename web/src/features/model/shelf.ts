/** What is kept on this device, as the page shows it. */

import type { KeptModel } from "../../storage/models";
import type { Room } from "../../storage/store";

export interface ShelfState {
  /** The newest first; none before the shelf has been looked through. */
  models: readonly KeptModel[];
  room: Room;
  /** Why something is kept in memory only; none if nothing has to be. */
  refusal: string | null;
}

export const emptyShelf: ShelfState = { models: [], room: { usedBytes: null, quotaBytes: null }, refusal: null };

/** Bytes of all models that are kept, those half fetched included. */
export function keptBytesOf({ models }: ShelfState): number {
  return models.reduce((sum, { bytes }) => sum + bytes, 0);
}
