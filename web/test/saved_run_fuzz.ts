/** The cases of `npm run fuzz`, in a thread of their own: the numbers of the command come with it. */

import { parentPort, workerData } from "node:worker_threads";
import { isTakenRightly, savedRunSeeds } from "./saved_run_check";
import { mutatedFile } from "./saved_run_mutations";

const { first, nCases, current } = workerData as { first: number; nCases: number; current: Int32Array };
const seeds = savedRunSeeds();
let nTaken = 0;
for (let number = first; number < first + nCases; number += 1) {
  current[0] = number;
  try {
    nTaken += Number(await isTakenRightly(mutatedFile(seeds, number)));
  } catch (error) {
    parentPort?.postMessage({ number, error: error instanceof Error ? error.stack : String(error) });
    process.exit(1);
  }
}
parentPort?.postMessage({ nTaken });
