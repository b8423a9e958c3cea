/** Settings of the page: addresses and limits, each with its reason. */

/** Addresses are relative to the page, so that it works under any base path. */
function besidePage(path: string): string {
  return new URL(path, document.baseURI).href;
}

/** The folder of the models that are served with the page. The first one is loaded automatically: small enough for a first
 * visit, good enough to be worth training. */
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
  besidePage(module === "webgpu" ? "worker_webgpu_loader.js" : "worker_loader.js");

/** The service worker. Its folder is its scope, so it has to be beside the page. */
export const offlineWorkerUrl = () => besidePage("service_worker.js");

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

/** If the worker sends nothing for this long after its start, the page says that it is still waiting. */
export const SLOW_START_MILLIS = 20_000;

/** A search through the pairs waits for this pause in typing: through a hundred thousand it takes some frames. */
export const SEARCH_PAUSE_MILLIS = 150;

/** Columns of a file that its preview shows: more tell a visitor nothing, and each takes some elements to draw. */
export const MAX_PREVIEW_COLUMNS = 40;

/** A saved file's bytes are kept this long for the browser, which may ask the visitor where to put them. */
export const SAVE_LIMIT_MILLIS = 120_000;

/** Large files are handed over in pieces of so many bytes: each is copied within milliseconds. */
export const PIECE_BYTES = 4_000_000;

/** A larger file is no saved run: a checkpoint has at most 512 MB, and the pairs beside it are text that people wrote. */
export const MAX_RUN_FILE_BYTES = 1_000_000_000;

/**
 * What is compressed in a saved run's file is not taken if it is larger: the page writes its entries as they are, so only
 * small ones that another program has compressed are worth it. A record with two full curves has half a megabyte.
 */
export const MAX_UNZIPPED_BYTES = 16_000_000;

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

/** Of more classes than this a list shows the first, and the others when asked. */
export const MAX_CLASSES_IN_SIGHT = 12;

/** Of more classes than this a comparison shows the most probable, and the others when asked. */
export const MAX_PROBABILITIES_IN_SIGHT = 6;
