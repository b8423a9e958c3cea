/** Settings of the page: addresses and limits, each with its reason. */

/** Addresses are relative to the page, so that it works under any base path. */
function besidePage(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** The part of Trusted Types that is used here; older browsers have none. TypeScript's own types lack it. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** index.html demands Trusted Types and names this policy: only what it has made starts a script, no other string. */
const scripts = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("sentence-bert-lab", {
  createScriptURL: (url) => url,
});

function scriptBesidePage(path: string): string {
  const url = besidePage(path);
  return scripts?.createScriptURL(url) ?? url;
}

/** The folder of the served models. The first one is loaded automatically: small enough for a first visit, good enough
 * to be worth training. */
export const servedFolder = () => besidePage("models/");

/** The hub for models by id; index.html names it, beside the content security policy that has to allow it. */
export const hubUrl = () => {
  const content = document.querySelector<HTMLMetaElement>('meta[name="hub"]')?.content ?? "https://huggingface.co";
  return besidePage(content).replace(/\/+$/, "");
};

/** Models that a first visit may try, small ones first. */
export const HUB_EXAMPLES = [
  "sentence-transformers/paraphrase-MiniLM-L3-v2",
  "BAAI/bge-small-en-v1.5",
  "bert-base-uncased",
] as const;

/** Interval between updates of a download's progress: drawing the page must not slow the download down. */
export const PROGRESS_MILLIS = 100;

/** The suggested size of a random model: it trains in seconds. */
export const RANDOM_MODEL = { n_layers: 2, d_model: 128, n_heads: 2, d_ff: 512, max_positions: 128, seed: 42 } as const;

/** The demo pairs, which are loaded automatically. */
export const corpusUrl = () => besidePage("data/demo-pairs.tsv");

/** The worker has two modules; the one with WebGPU is larger, so it is downloaded only if it is used. */
export type WorkerModule = "cpu" | "webgpu";

/** Where Trunk puts the loaders of the worker. */
export const workerUrl = (module: WorkerModule) =>
  scriptBesidePage(module === "webgpu" ? "worker_webgpu_loader.js" : "worker_loader.js");

/** The service worker. Its folder is its scope, so it has to be beside the page. */
export const offlineWorkerUrl = () => scriptBesidePage("service_worker.js");

/**
 * If the browser offers no GPU within this time, it has none: it usually answers in milliseconds, and a hung graphics
 * driver must not block the page.
 */
export const PROBE_LIMIT_MILLIS = 5_000;

/**
 * The same after a GPU was lost: the browser answers when its GPU process has finished the queue of the lost device
 * (8 s with Chromium's software adapter), or when the driver is back.
 */
export const PROBE_LIMIT_AFTER_LOSS_MILLIS = 60_000;

/**
 * If the GPU reports nothing for this long while it is prepared, it has failed. Compiling shaders may take half a
 * minute on a slow machine.
 */
export const PREPARING_LIMIT_MILLIS = 180_000;

/**
 * How often a lost GPU is tried again before the next run, if the visitor prefers that: a driver that was reset is back
 * at once, one that fails three times is broken.
 */
export const MAX_GPU_RETRIES = 2;

/** If the worker sends nothing for this long after its start, the page says that it is still waiting. */
export const SLOW_START_MILLIS = 20_000;

/** A search waits for this pause in typing: through a hundred thousand pairs it takes some frames. */
export const SEARCH_PAUSE_MILLIS = 150;

/** Most columns in the preview of a file, because each takes some elements to draw. */
export const MAX_PREVIEW_COLUMNS = 40;

/** How long the bytes of a saved file are kept for the browser, which may ask the visitor where to put them. */
export const SAVE_LIMIT_MILLIS = 120_000;

/** Large files are read in pieces of so many bytes: each is copied within milliseconds. */
export const PIECE_BYTES = 4_000_000;

/** A larger file is no saved run: a checkpoint has at most 512 MB, and the pairs are text that people wrote. */
export const MAX_RUN_FILE_BYTES = 1_000_000_000;

/**
 * Largest compressed entry of a saved run's file: the page writes entries uncompressed, so only small ones that another
 * program has compressed are accepted. A record with two full curves has half a megabyte.
 */
export const MAX_UNZIPPED_BYTES = 16_000_000;

/** A saved run's file has three entries; another program that has packed it again may have added some of its own. */
export const MAX_ZIP_ENTRIES = 100;

/** A browser keeps so many saved runs; a further one replaces the oldest that no tab has. One of MiniLM has up to 270 MB. */
export const MAX_SAVED_RUNS = 8;

/** So many finished runs are remembered; a further one replaces the oldest. A summary has some 20 kB. */
export const MAX_PAST_RUNS = 200;

/** A curve of a past run has at most so many points: several share a chart. */
export const MAX_PAST_CURVE_POINTS = 400;

/**
 * With more held-out pairs, what a model says of each is not kept: two runs would take the worker half a minute to
 * compare.
 */
export const MAX_COMPARED_PAIRS = 5_000;

/** While another tab has a run that is listed, the page looks this often whether it still does. */
export const LOOK_AGAIN_MILLIS = 4_000;

/** A curve with more points than this is thinned: a chart is about as many pixels wide, and is drawn ten times a second. */
export const MAX_CURVE_POINTS = 1_000;

/** Weight of the past in a smoothed loss: about the last ten steps, against the noise of small batches. */
export const LOSS_SMOOTHING = 0.9;

/** Time constant of the mean speed: long enough for a stable estimate of the time left, short enough to follow. */
export const SPEED_WINDOW_SECS = 8;

/** During training sentences are compared at most this often, so that training hardly slows down. */
export const COMPARE_EVERY_MILLIS = 2_000;

/** Estimates are asked for when the settings have not changed for so long: nobody reads them while typing. */
export const ESTIMATE_AFTER_MILLIS = 200;

/** A list of more classes shows the first ones, and the others on request. */
export const MAX_CLASSES_IN_SIGHT = 12;

/** A comparison with more classes shows the most probable ones, and the others on request. */
export const MAX_PROBABILITIES_IN_SIGHT = 6;

/** Most lines of the similarity matrix: the worker encodes them in a fraction of a second, and people can read 400 cells. */
export const MAX_MATRIX_LINES = 20;

/** During training the matrix is computed at most this often: its lines take the worker as long as ten comparisons. */
export const MATRIX_EVERY_MILLIS = 10_000;

/** Results of a search, and changed neighbourhoods, that are shown at first and with each "Show more". */
export const N_RESULTS = 10;

/** How long points take from their place before training to that after: long enough to be followed by eye. */
export const MAP_TRANSITION_MILLIS = 600;

/** A pointer within so many CSS pixels of a point is on it; a finger needs about as much. */
export const POINT_REACH = 20;

/** The size of a saved map in pixels, wide enough for a page in print. */
export const SAVED_MAP = { width: 1600, height: 1200 } as const;

/** Values that are written into a CSV file at once: about ten milliseconds, so that the page stays responsive. */
export const CSV_VALUES_A_PIECE = 20_000;
