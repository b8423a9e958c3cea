/** Stores what the visitor wants to compute on. */

import { readStored, store } from "../../storage/choices";
import { CHOICES, ON_LOSS, type Preferences } from "./state";

const CHOICE = "compute-on";
const GPU_LOSS = "on-gpu-loss";

export function readPreferences(): Preferences {
  return { choice: readStored(CHOICE, CHOICES), onLoss: readStored(GPU_LOSS, ON_LOSS) };
}

export function storePreferences({ choice, onLoss }: Preferences): void {
  store(CHOICE, choice);
  store(GPU_LOSS, onLoss);
}
