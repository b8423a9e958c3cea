/** What the page is set to: addresses and limits, each with its reason. */

/** Everything is addressed relative to the page, so that the lab works under any base path. */
function besidePage(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** The model folder that is loaded by itself: small enough for a first visit, good enough to be worth training. */
export const modelUrl = () => besidePage("models/all-MiniLM-L6-v2");

/** The pairs that are loaded by themselves. */
export const corpusUrl = () => besidePage("data/demo-pairs.tsv");

/** Where Trunk puts the worker's loader; the one place that knows. */
export const workerUrl = () => besidePage("worker_loader.js");

/** After this long without a word from the worker the page says that it is still waiting: a slow line, or a fault. */
export const SLOW_START_MILLIS = 20_000;

/** Pairs on a page of the list: a screenful each, so that the panels below stay near. */
export const PAIRS_PER_PAGE = { wide: 8, narrow: 4 };

/** A curve with more points than this is thinned: more than a wide screen has pixels shows nothing more. */
export const MAX_CURVE_POINTS = 4_000;

/** Weight of the past in a smoothed loss: about the last ten steps count, which evens out the noise of small batches. */
export const LOSS_SMOOTHING = 0.9;

/** Time constant of the speed that the time left is reckoned from: long enough to be calm, short enough to follow. */
export const SPEED_WINDOW_SECS = 8;

/** A comparison waits for this pause in typing. */
export const TYPING_PAUSE_MILLIS = 350;

/** During training sentences are compared at most this often, so that training hardly slows down. */
export const COMPARE_EVERY_MILLIS = 2_000;
