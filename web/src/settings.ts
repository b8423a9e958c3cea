/** What the page is set to: addresses and limits, each with its reason. */

/** Everything is addressed relative to the page, so that the lab works under any base path. */
function besidePage(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** The model folder that is loaded by itself: small enough for a first visit, good enough to be worth training. */
export const modelUrl = () => besidePage("models/all-MiniLM-L6-v2");

/** The pairs that are loaded by themselves. */
export const corpusUrl = () => besidePage("data/demo-pairs.tsv");

/** The worker comes in two modules; the one with WebGPU is the larger download, so only who will use it fetches it. */
export type WorkerModule = "cpu" | "webgpu";

/** Where Trunk puts the worker's loaders; the one place that knows. */
export const workerUrl = (module: WorkerModule) =>
  besidePage(module === "webgpu" ? "worker_webgpu_loader.js" : "worker_loader.js");

/**
 * A browser that has not offered a GPU after this long is taken to have none: it usually answers in milliseconds, and a
 * hung graphics driver must not keep the page from starting.
 */
export const PROBE_LIMIT_MILLIS = 5_000;

/**
 * The same after a GPU was lost: the browser answers only when its GPU process has worked off what the lost device still
 * had queued (8 s with Chromium's software adapter), or when the driver is back.
 */
export const PROBE_LIMIT_AFTER_LOSS_MILLIS = 60_000;

/**
 * A GPU that is silent for this long while it is made ready is given up. Shaders may take half a minute to compile on a
 * slow machine; what takes six times that hangs.
 */
export const PREPARING_LIMIT_MILLIS = 180_000;

/**
 * A lost GPU is tried again this often before the next run, where the visitor prefers that: a driver that was reset is
 * back at once, one that fails three times is broken.
 */
export const MAX_GPU_RETRIES = 2;

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
