import assert from "node:assert/strict";
import { test } from "node:test";
import { isTakenRightly, savedRunSeeds } from "./saved_run_check";
import { mutatedFile } from "./saved_run_mutations";

/** A fixed share of what `npm run fuzz` does. */
const N_CASES = 2_000;

test("whatever is opened as the file of a saved run is taken as it should be, or refused with the reason", async () => {
  const seeds = savedRunSeeds();
  let nTaken = 0;
  for (let number = 0; number < N_CASES; number += 1) {
    const isTaken = await isTakenRightly(mutatedFile(seeds, number)).catch((cause: unknown) => {
      throw new Error(`case ${number}; again: npm run fuzz -- --first ${number} --cases 1`, { cause });
    });
    nTaken += Number(isTaken);
  }
  // Mutations that all fail at the first check would find nothing behind it.
  assert(nTaken > N_CASES / 100, `${nTaken} of ${N_CASES} were taken`);
});
