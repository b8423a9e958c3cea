/** Parts done, of parts there are. */
export interface Progress {
  nDone: number;
  nTotal: number;
}
