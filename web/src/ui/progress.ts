/** Finished parts of all parts. */
export interface Progress {
  nDone: number;
  nTotal: number;
}
