/**
 * Every English text that the page itself shows, by feature: whoever translates the page edits this file. It is long
 * because it is a list. A sentence is one entry, and an entry decides its plurals. Options are shown in the order that
 * they have here.
 *
 * Not here: what the worker sends (messages of failures, names of settings, strategies and objectives), which Rust has;
 * title, description and the text without JavaScript, which index.html has; how numbers, dates and units are written, which
 * ui/format.ts has; names in addresses and in exported files, which are the same in every language.
 */

import type { ComponentChildren } from "preact";
import type { FileFormat, RowFault } from "./protocol";
import {
  formatBytes,
  formatCount,
  formatDate,
  formatDuration,
  formatPercent,
  formatRounded,
  formatShare,
  formatSignificant,
  inBrackets,
} from "./ui/format";
import type { Progress } from "./ui/progress";

/** "1 pair", "1,300 pairs". */
const quantity = (count: number, one: string, many = `${one}s`) => `${formatCount(count)} ${count === 1 ? one : many}`;

/** A share that may be tiny: 0.00005 is not "0.0%". */
const share = (fraction: number) => (fraction > 0 && fraction < 0.0001 ? "under 0.01%" : formatShare(fraction));

/** "3 of 1,300". */
const of = (count: number, total: number) => `${formatCount(count)} of ${formatCount(total)}`;

/** The reason that another program gives, after a space; nothing where it gives none. */
const because = (reason: string) => (reason === "" ? "" : ` (${reason})`);

/** How far a phase is, after a space; nothing before it is known. */
const counted = (progress: Progress | null, noun = "") =>
  progress === null ? "" : ` (${of(progress.nDone, progress.nTotal)}${noun})`;

/** When embeddings were computed. */
const atStep = (nStepsDone: number) => (nStepsDone === 0 ? "before training" : `at step ${formatCount(nStepsDone)}`);

const inLowerCase = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

const LOWER_IS_BETTER = "lower is better";

const PREPARING_RUN = "The run is being prepared.";

const SCORING_AFTER = "Scoring the held-out pairs after training.";

const NOTHING_DELETED = "Try again, or reload the page. Nothing was deleted.";

const DOWNLOAD_KEPT = "What has been downloaded is kept; Retry continues from there.";

const CHECK_CONNECTION = `Check the connection. ${DOWNLOAD_KEPT}`;

const OTHER_DRIVER = "A newer browser or graphics driver may help. The CPU computes the same, only slower.";

const MODEL_FILES = "config.json, model.safetensors (or its parts with their index), and tokenizer.json or vocab.txt";

const MODEL_FOLDER = `Drop a model's whole folder, its files together, or a zip of them: ${MODEL_FILES}.`;

const OTHER_TAB = "Another tab has this run.";

/** What takes over when the GPU is lost. */
const WHERE = { cpu: "on the CPU", gpu: "on the GPU again" } as const;

const FORMATS: Record<FileFormat, string> = {
  tsv: "tab-separated",
  csv: "comma-separated",
  semicolon_csv: "semicolon-separated",
  json_lines: "JSON Lines",
};

/** After the number of rows. */
const ROW_FAULTS: Record<RowFault, string> = {
  empty_sentence: "without one of the sentences",
  column_count: "with more or fewer cells than there are columns",
  too_long: "with a sentence that is longer than any model reads",
  nul_byte: "with NUL bytes, as binary files have them",
  encoding: "that aren't text in the file's encoding",
  not_json: "that aren't JSON objects",
  unknown_class: "with a class that isn't among those of the corpus",
  bad_score: "whose similarity isn't a number of the scale",
  unknown_split: "whose split is neither training nor held out",
  duplicate: "whose pair has come before",
};

export const text = {
  // Words that several features share.
  ui: {
    dismiss: "Dismiss",
    retry: "Retry",
    tryAgain: "Try again",
    cancel: "Cancel",
    cancelling: "Cancelling…",
    stop: "Stop",
    stopping: "Stopping…",
    resume: "Resume",
    delete: "Delete",
    deleteNamed: (name: string) => `Delete ${name}`,
    discard: "Discard",
    try: "Try",
    tryPair: (sentenceA: string, sentenceB: string) => `Try the pair “${sentenceA}” and “${sentenceB}”`,
    saveCsv: "Save as CSV",
    moments: { before: "Before", after: "After" },
    whichModel: "Which model",
    ofTraining: { before: "Before training", after: "After training" },
    comparing: "Comparing…",
    run: "Run",
    runs: "Runs",
    score: "Score",
    change: "Change",
    values: "Values",
    training: "Training",
    // What belongs to a pair.
    ofPair: {
      sentence_a: "Sentence A",
      sentence_b: "Sentence B",
      label: "Class",
      score: "Similarity",
      split: "Split",
      id: "Id",
    },
    allClasses: "All classes",
    allClassesOf: (n: number) => `Show all ${formatCount(n)} classes`,
    unnamedClass: (number: number) => `class ${number}`,
    pairs: "Pairs",
    part: "Part",
    parts: { train: "Training", held_out: "Held out" },
    splits: { train: "training", held_out: "held out" },
    sentence: "Sentence",
    wholeNumber: "Type a whole number.",
    of,
    loaded: (bytes: number, total: number | null) =>
      total === null ? formatBytes(bytes) : `${formatBytes(bytes)} of ${formatBytes(total)}`,
    andMore: (n: number) => `and ${formatCount(n)} more`,
    remaining: (secs: number) => {
      if (!Number.isFinite(secs)) return "time left unknown";
      return secs < 1 ? "almost done" : `about ${formatRounded(secs)} left`;
    },
    share,
    points: (change: string) => `${change} points`,
    interval: (low: string, high: string) => `(${low} to ${high})`,
    unchanged: "unchanged",
    noClearDifference: "no clear difference",
    better: "better",
    worse: "worse",
    scores: {
      accuracy: { name: "Accuracy", hint: "pairs put into the right class" },
      macro_f1: { name: "Macro-F1", hint: "mean over the classes" },
      pearson: { name: "Pearson", hint: "cosine against similarity" },
      spearman: { name: "Spearman", hint: "the same, by rank" },
      classification_loss: { name: "Cross-entropy", hint: LOWER_IS_BETTER },
      regression_loss: { name: "Squared error", hint: LOWER_IS_BETTER },
    },
    chart: {
      step: "Step",
      value: "Value",
      smoothed: "Smoothed",
      noPoint: "no point yet",
      point: (step: number, raw: string, smooth: string) => `step ${formatCount(step)}: ${raw}, smoothed ${smooth}`,
      label: (title: string, point: string) => `${title} by step; ${point}`,
      unitOfSmoothed: (unit: string) => `${unit}, smoothed, by step`,
      overlay: (title: string, nRuns: number) => `${title} of ${nRuns} runs; see the table`,
      end: "End",
      after: (share: number) => `After ${formatPercent(share, 0)}`,
    },
  },

  app: {
    name: "sentence-BERT lab",
    colours: "Theme: ",
    themes: { auto: "automatic", light: "light", dark: "dark" },
    privacy: "Everything runs in this tab; your sentences never leave it.",
    lead: "Teach a language model when two sentences mean the same: choose what it may change, watch its errors fall, and compare your own sentences before and after.",
    method: () => (
      <>
        The method is that of Reimers and Gurevych, <cite>Sentence-BERT</cite> (2019): one encoder reads both sentences,
        the mean of its token vectors is the sentence's embedding, the cosine of two embeddings is their similarity, and
        a small classification head reads (u, v, |u − v|).
      </>
    ),
    placeNav: "Places",
    places: { train: "Train", compare: "Compare", explore: "Explore" },
    startAgain: "Start again",
    link: {
      isSet: "The settings of the link are set.",
      model: (id: string, revision: string) => `It was made with the model ${id} of the hub, revision ${revision}.`,
      ownModel: (name: string) => `It was made with a model of one's own (${name}), which a link can't bring.`,
      ownPairs: (name: string) => `It was made with pairs of one's own (${name}), which a link can't bring.`,
      unknown: (names: string) => `This page doesn't know: ${names}.`,
      load: "Load the model",
    },
    newVersion: {
      isReady: "A new version of this page is ready.",
      endsRun: "Reloading would end the run.",
      keepsRun: "The run can be resumed afterwards.",
      isUnsaved: "What was trained here is not saved: export it first.",
      otherTabs: "Close the page's other tabs first: they show the old one.",
      reload: "Reload",
    },
  },

  // Why something can't be done now.
  reasons: {
    runUnderWay: "A run is under way.",
    keepsModel: "A run keeps its model until it is over.",
    keepsPairs: "A run keeps its pairs until it is over.",
    noRunFile: "No saved run can be opened while a run is under way.",
    workerStopped: "The worker has stopped; start it again first.",
    writing: "A file is being written.",
    noModel: "There is no model yet; see Model.",
    awaitsModel: "Waiting for the model.",
    loadFirst: (model: string) => `Load ${model} first (under Model); its fingerprint is compared.`,
    noPairs: "There are no pairs to train on; see Pairs.",
    awaitsPairs: "Waiting for the sentence pairs.",
    awaitsFile: "Waiting for the file of pairs to be read.",
    cancelFirst: "Pairs are being read; cancel that first.",
    faultySettings: "Some settings need another value; see above.",
    faultySettingsElsewhere: "Some settings under Train need another value.",
  },

  // What screen readers read out, and notifications say.
  announced: {
    run: {
      starting: PREPARING_RUN,
      tokenizing: PREPARING_RUN,
      starting_workers: "Workers are being started for the run.",
      warming_up: "Shaders are being compiled for the GPU.",
      recovering: "The run is being recovered.",
      scoring_before: "Scoring the held-out pairs before training.",
      training: "Training.",
      scoring_after: SCORING_AFTER,
      comparing_scores: SCORING_AFTER,
      finished: "The run is finished.",
      failed: "The run has failed.",
    },
    paused: "Training is paused.",
    stopped: (step: number) => `Training stopped after step ${step}.`,
    checkingGpu: "The GPU is being checked.",
    loadingModel: "The model is loading.",
    ready: (model: string, nSavedRuns: number) => {
      const ready = `The model ${model} and the pairs are ready.`;
      if (nSavedRuns === 0) return ready;
      return `${ready} ${nSavedRuns === 1 ? "You can resume your saved run." : `You can resume one of ${nSavedRuns} saved runs.`}`;
    },
    savedRun: {
      opening: "The saved run is being opened.",
      exporting: "The saved run is being written to a file.",
      importing: "The file of a saved run is being read.",
      discarding: "The saved run is being deleted.",
    },
    inspecting: "Inspecting the file.",
    confirming: "Say what the columns of the file are.",
    readingPairs: "The pairs are being read.",
    writing: "The file is being written.",
    written: (name: string) => `${name} is written.`,
  },

  worker: {
    stopped: (message: string) => ({
      message: `The worker has stopped. ${message}`,
      remedy: "Start it again: the model and the pairs are loaded again. If it happens again, reload the page.",
    }),
    stoppedInRun: "the worker stopped",
    notStarted: "The program that does the work could not be started.",
    unreadable: "A message from the worker could not be read.",
  },

  compute: {
    backends: { webgpu: "WebGPU", ndarray: "CPU (ndarray)", flex: "CPU" },
    automatic: "Automatic (GPU, else CPU)",
    choice: "Compute on",
    onLoss: "When the GPU is lost",
    onLossChoices: { cpu: "Continue on the CPU", gpu: "Try the GPU again" },
    inDetail: (detail: string) => `In detail: ${detail}`,
    noRelaxedSimd:
      "This browser lacks relaxed SIMD, and with it fused multiply-adds: the CPU computes the same to rounding, only slower.",
    locked: "A run is under way: stop it, or wait until it has ended, to compute on something else.",
    restarts:
      "Another choice restarts the worker: the model and the pairs are loaded again, and what was trained is discarded.",
    starting: "Starting…",
    checking: "Checking the GPU…",
    stopped: "Stopped",
    computesOn: (backend: string) => `Computes on ${backend}`,
    // The GPU as the browser describes it.
    adapter: {
      thatComputes: "The GPU that computes",
      thatIsOffered: "The GPU that this browser offers",
      nameless: "a GPU without a name",
      kind: (isSoftware: boolean) => (isSoftware ? "software" : "hardware"),
      notTold: "not told",
      facts: {
        vendor: "Vendor",
        architecture: "Architecture",
        description: "Description",
        kind: "Kind",
        buffer: "Largest buffer",
        binding: "Largest binding",
        workgroup: "Largest workgroup",
      },
      nThreads: (n: number) => quantity(n, "thread"),
    },
    // Why it isn't the GPU that computes: in the header, in full, and what to do about it.
    refusals: {
      chosen: { brief: "as you chose", full: "You chose the CPU.", remedy: null },
      not_offered: {
        brief: "no WebGPU in this browser",
        full: "This browser does not offer WebGPU.",
        remedy:
          "Chrome, Edge, Safari 26 and, on Windows and macOS, Firefox offer it, to pages that come over HTTPS or from localhost.",
      },
      no_adapter: {
        brief: "no GPU found",
        full: "This browser has WebGPU but found no GPU for it.",
        remedy:
          "See that hardware acceleration is on in the browser's settings and that the graphics driver is up to date.",
      },
      software: {
        brief: "the GPU is software",
        full: "The only GPU that this browser offers is software: the CPU imitates one.",
        remedy:
          "It is usable when chosen, but never the default, because it is slower than this page's own code for the CPU.",
      },
      missing_feature: {
        brief: "the GPU lacks a feature",
        full: "The GPU lacks something that is needed, or could not be opened.",
        remedy: OTHER_DRIVER,
      },
      limits: {
        brief: "the GPU is too small",
        full: "The GPU's limits are too small for this model.",
        remedy: "There is nothing to be done here; the CPU computes the same, only slower.",
      },
      self_check: {
        brief: "the GPU failed a check",
        full: "The GPU computed something else than the CPU, so its results can't be trusted.",
        remedy: OTHER_DRIVER,
      },
      device_lost: {
        brief: "the GPU was lost",
        full: "The GPU was lost: its driver was reset, another program took it, or the computer slept.",
        remedy: "Try it again; it is usually back at once.",
      },
      device_failed: {
        brief: "the GPU has failed",
        full: "The GPU reported an error, or its program stopped, so its results can't be trusted.",
        remedy: "Try it again; if it fails again, a newer browser or graphics driver may help.",
      },
    },
    notHttps: "the page did not come over HTTPS",
    noAnswer: (secs: number) => `the browser gave no answer within ${secs} s`,
    gpuNotReady: (secs: number) => `The GPU was not ready after ${secs} s.`,
    gpuLost: (detail: string | null) => `${`The GPU was lost ${inBrackets(detail)}`.trim()}.`,
    gpuFailed: (detail: string | null) => `${`The GPU has failed ${inBrackets(detail)}`.trim()}.`,
    // What follows.
    recovery: {
      withoutRun: (target: keyof typeof WHERE) => `The page now computes ${WHERE[target]}.`,
      fromStart: (target: keyof typeof WHERE) => `No step had been saved, so the run starts again ${WHERE[target]}.`,
      ofTrained: (step: number, target: keyof typeof WHERE) =>
        `What was trained, saved at step ${step}, is brought back ${WHERE[target]}.`,
      fromStep: (step: number, target: keyof typeof WHERE) => `Continuing from step ${step} ${WHERE[target]}.`,
    },
  },

  model: {
    title: "Model",
    lead: "A pre-trained encoder. It turns a sentence into a list of numbers, its embedding.",
    drop: "Drop a model's folder, its files or a zip of them here",
    isLoaded: (name: string) => (
      <>
        <strong>{name}</strong> is loaded.
      </>
    ),
    nParameters: (n: number) => `${formatCount(n)} parameters`,
    notLoaded: "Not loaded.",
    none: "No model is loaded. Choose one below.",
    fetchAgain: "Fetch it again",
    lastIsThere: "The model loaded before is still there.",
    inMemory: (reason: string) =>
      `Models are kept only until the tab closes: the browser refuses to store them (${reason}).`,
    randomName: (nLayers: number, width: number) =>
      `Random, ${nLayers} ${nLayers === 1 ? "layer" : "layers"} of ${width}`,
    filesName: "Files of this device",
    facts: {
      width: "Width of an embedding",
      vocabulary: "Vocabulary",
      parameters: "Parameters",
      longest: "Longest sequence",
      pooling: "Pooling",
      scaled: "Scaled to length 1",
      storedAs: "Stored as",
    },
    nTokens: (n: number) => `${formatCount(n)} tokens`,
    poolings: { mean: "mean", cls: "first token", max: "maximum" },
    yesOrNo: (is: boolean) => (is ? "yes" : "no"),
    drawn: "drawn at random",
    origins: {
      random: "Its weights are random; sentences are read with the served model's tokenizer.",
      hub: (revision: string) => `Revision ${revision} of the hub.`,
      served: "It came with this page.",
      files: "It came from your files.",
      kept: "It was kept on this device.",
    },
    names: (names: string, nMore: number) => (nMore === 0 ? names : `${names} and ${nMore} more`),
    notVerified: "Its files are not verified: they came without a hash.",
    verified: (names: string, n: number) =>
      `${names} ${n === 1 ? "has" : "have"} the SHA-256 that the same server lists: this shows damage, not a dishonest server.`,
    othersNotVerified: (names: string) => `Not verified, because they came without a hash: ${names}.`,
    head: (classes: readonly string[]) =>
      `It came with a classification head for ${formatCount(classes.length)} classes: ${classes.join(", ")}.`,
    unusedTensors: (n: number) =>
      n === 1 ? "One tensor of the file is not used" : `${formatCount(n)} tensors of the file are not used`,
    depth: (choice: ComponentChildren, nLayers: number) => (
      <>
        Use the first {choice} of {formatCount(nLayers)} layers
      </>
    ),
    loadDepth: "Load with these layers",
    // Where a model comes from.
    other: "Another model",
    whereFrom: "Where it comes from",
    sources: {
      served: "Served here",
      hub: "From a hub",
      files: "From files",
      random: "Random",
      kept: "Kept on this device",
    },
    keptSource: (n: number) => `Kept on this device (${n})`,
    loadServed: "Load all-MiniLM-L6-v2",
    servedHint: "Six layers, small and good: what the page begins with.",
    id: "Model id",
    idHint: "A BERT-like encoder with safetensors weights; a copied address will do",
    idForm: "owner/name",
    revision: "Revision",
    revisionHint: "Branch, tag or commit",
    suchAs: "Such as",
    fetch: "Fetch and load",
    hubHint: (host: string) =>
      `This asks ${host} for the model; your sentences are sent nowhere. Large files are compared with the SHA-256 that it lists; it lists none for small ones.`,
    files: "Files or a zip",
    folder: "A folder",
    filesHint: `Or drop them anywhere on this panel: ${MODEL_FILES}; a sentence-transformers folder with what belongs to it. They are read in this tab and sent nowhere.`,
    draw: "Draw it",
    drawHint: "It reads sentences with the served model's tokenizer, and knows nothing of their meaning.",
    sizes: {
      n_layers: { label: "Layers", hint: "Encoder layers" },
      d_model: { label: "Width", hint: "Length of an embedding; the heads divide it evenly" },
      n_heads: { label: "Attention heads", hint: "Of each layer" },
      d_ff: { label: "Feed-forward width", hint: "Usually four times the width" },
      max_positions: { label: "Positions", hint: "Longest sequence of tokens" },
      seed: { label: "Seed", hint: "The same seed gives the same weights" },
    },
    notInRange: (min: number, max: number) => `Must be ${min} to ${max}.`,
    notDivided: (width: number) => `Must divide the width, ${width}, evenly.`,
    kept: {
      none: "Nothing is kept here yet.",
      load: "Load",
      loadNamed: (name: string) => `Load ${name}`,
      loaded: "Loaded",
      inAll: (bytes: number) => `${formatBytes(bytes)} in all.`,
      room: (used: number, quota: number) =>
        `The browser counts ${formatBytes(used)} of ${formatBytes(quota)} that it allows this site.`,
      inMemory: "until the tab closes",
      served: "came with this page",
      files: "your files",
    },
    progress: {
      starting: "Starting the program…",
      startingSlowly:
        "Still fetching the program; on a slow line this can take a minute. If nothing happens, reload the page.",
      lookingForModel: "Looking for the model…",
      lookingForTokenizer: "Looking for the tokenizer…",
      lookingFor: (name: string) => `Looking for ${name}…`,
      fetching: (file: string) => `Fetching ${file}…`,
      opening: (name: string) => `Opening ${name}…`,
      reading: (file: string) => `Reading ${file}…`,
      building: "All bytes are here; building the model…",
      awaitsWorker: (name: string) => `${name} is here, and is loaded when the worker is started again.`,
      awaitsRun: (name: string) => `${name} is here, and is loaded when the run is over.`,
      download: "Download of the model",
      read: "Reading of the model",
      wereHere: (bytes: number) => `${formatBytes(bytes)} were here already`,
      openingGpu: "Opening the GPU…",
      checkingGpu: ({ nDone, nTotal }: Progress) => `Checking the GPU against the CPU (${of(nDone, nTotal)})…`,
      check: "Check of the GPU",
    },
    unreadable: (reason: string) => ({
      message: `What is kept on this device can't be read just now (${reason}).`,
      remedy: NOTHING_DELETED,
    }),
    unreadableFiles: (reason: string) => ({
      message: `The files could not be read: ${reason}`,
      remedy: "Try again, or choose the files once more.",
    }),
    incomplete: (name: string | null) => ({
      message: `What was kept of ${name ?? "this model"} is not complete any more.`,
      remedy: "The browser has made room, or it was removed in another tab. Load it from where you had it.",
    }),
    notKept: (name: string) => ({
      message: `${name} was fetched, but the browser has not kept it.`,
      remedy: "Free some room, delete models that are kept on this device, and try again.",
    }),
    otherModel: (name: string) => ({
      message: `The run began with another model than ${name} as it was loaded now.`,
      remedy: "Load the model that it began with, with the same layers (under Model), then resume it.",
    }),
    noFile: { message: "There is no file in what was dropped.", remedy: MODEL_FOLDER },
    manyFiles: (n: number) => ({
      message: `There are ${n} files or more in that folder.`,
      remedy: "Drop the model's own folder.",
    }),
    noWeights: (found: string) => ({
      message: `There is no model.safetensors among what was dropped; there is ${found}.`,
      remedy: MODEL_FOLDER,
    }),
    servedList: "list of the models served here",
    noServedList: (url: string) => ({
      message: `${url} is no list of models.`,
      remedy: "Whoever runs this page has to set it up again; files dropped here load without it.",
    }),
  },

  hub: {
    noId: "Type a model's id, such as bert-base-uncased.",
    badId: "An id looks like owner/name, such as BAAI/bge-small-en-v1.5.",
    badRevision: "A revision is a branch, a tag or a commit, such as main.",
    offline: {
      message: "This device is offline.",
      remedy: `Connect it, or load a model that is kept on this device or lies in a folder. ${DOWNLOAD_KEPT}`,
    },
    unreachable: (host: string, reason: string) => ({
      message: `${host} can't be reached, or the line broke off${because(reason)}.`,
      remedy: CHECK_CONNECTION,
    }),
    silent: (host: string, secs: number) => ({
      message: `${host} has sent nothing for ${secs} s.`,
      remedy: CHECK_CONNECTION,
    }),
    gated: (host: string, what: string, status: number) => ({
      message: `${host} does not give out ${what} without a log-in (status ${status}).`,
      remedy: "Accept the model's terms there, download its files and drop them here.",
    }),
    noRevision: (host: string, what: string, status: number) => ({
      message: `${host} has the model, but not ${what} (status ${status}).`,
      remedy: "Check the revision; most models have main.",
    }),
    unknown: (host: string, what: string, status: number) => ({
      message: `${host} knows no public model ${what} (status ${status}).`,
      remedy: "Check the spelling. Of a private model, download the files and drop them here: the page has no log-in.",
    }),
    missing: (url: string, what: string) => ({
      message: `${url} was answered with status 404: there is no ${what}.`,
      remedy: "Check the name and the revision, or that the page was set up with its model, and try again.",
    }),
    badStatus: (url: string, status: number) => ({
      message: `${url} was answered with status ${status}.`,
      remedy:
        status === 429
          ? "The server asks for patience: try again in some minutes."
          : `Try again later. ${DOWNLOAD_KEPT}`,
    }),
    endedEarly: (path: string, bytes: number, size: number) => ({
      message: `${path} ended after ${bytes} of ${size} bytes.`,
      remedy: "Try again. If it ends there once more, the server has another file than it announces.",
    }),
    otherSize: (path: string, isLarger: boolean, size: number, host: string) => ({
      message: `${path} has ${isLarger ? "more" : "less"} than the ${size} bytes that ${host} announces.`,
      remedy: "Try again later, or name another revision: the server is perhaps being updated.",
    }),
    modelAt: (id: string, revision: string) => `${id}, revision ${revision}`,
    noHub: (url: string) => ({
      message: `${url} does not answer as a model hub does.`,
      remedy: "Whoever runs this page sets the hub's address in index.html; files dropped here load without it.",
    }),
    noWeights: (id: string, found: readonly string[]) => ({
      message: `${id} has no model.safetensors: the hub has ${found.length === 0 ? "no weights at all" : `its weights only as ${found.join(", ")}`}.`,
      remedy:
        "Choose a model, or a revision of it (refs/pr/… often has one), with safetensors weights, or convert it in Python: save_pretrained writes them.",
    }),
    badSize: (path: string, size: number) => ({
      message: `The hub announces ${size} bytes for ${path}, which no file has.`,
      remedy: "Try again later, or download the model's files and drop them here.",
    }),
  },

  pairs: {
    lead: "Pairs of sentences to learn from, each with a class (such as: does the second follow from the first?), a similarity, or both.",
    drop: "Drop a file of pairs here",
    corpus: (name: ComponentChildren, nPairs: number, nHeldOut: number) => (
      <>
        <strong>{name}</strong>: {quantity(nPairs, "pair")}, {formatCount(nPairs - nHeldOut)} to train on and{" "}
        {formatCount(nHeldOut)} held out to score with.
      </>
    ),
    withoutClass: (n: number) => `${formatCount(n)} without a class`,
    showLargest: "Show the largest",
    // Where pairs come from.
    other: "Other pairs",
    whereFrom: (blocker: string | null) => `Where pairs come from${blocker === null ? "" : `. ${blocker}`}`,
    sources: { demo: "Demo corpus (served here)", file: "Your file", paste: "Paste" },
    demo: "1,300 pairs, each with a class and a similarity, written for this page. They come from its server without a hash, so they are not verified.",
    loadDemo: "Load the demo",
    file: "A file of pairs",
    fileHint:
      "Or drop it anywhere on this panel. TSV, CSV or JSON Lines, a pair in each row. It is read in this tab and sent nowhere.",
    paste: "sentence_a\tsentence_b\tlabel\nA dog runs.\tAn animal moves.\tentailment",
    inspect: "Inspect",
    pasteHint: "Cells copied from a spreadsheet, or the text of a TSV, CSV or JSON Lines file.",
    // A file, to be confirmed.
    whatIsIn: (name: ComponentChildren) => <>What is in {name}?</>,
    contents: (nRows: number, format: FileFormat, hasHeader: boolean) => {
      const header = hasHeader ? ", the first line names the columns" : ", no line that names the columns";
      return `${quantity(nRows, "row")}, ${FORMATS[format]}${format === "json_lines" ? "" : header}.`;
    },
    encoding: "Encoding",
    encodings: {
      utf8: "UTF-8",
      windows1252: "Windows-1252 (Western European)",
      utf16_le: "UTF-16, low byte first",
      utf16_be: "UTF-16, high byte first",
    },
    encodingHint: "If letters look wrong, choose another; the file is then inspected again.",
    firstRows: "The first rows",
    columnsNotShown: (n: number, total: number) => `${of(n, total)} columns are not shown.`,
    whatIs: (column: string) => `What “${column}” is`,
    notUsed: "Not used",
    nClasses: (n: number) => quantity(n, "class", "classes"),
    rowsWithoutClass: (n: number) => `${quantity(n, "row")} without one.`,
    showFewer: "Show fewer",
    showAll: (n: number) => `Show all ${formatCount(n)}`,
    scale: "Scale of the similarity",
    lowest: "Lowest",
    highest: "Highest",
    notNumbers: "Not every value of the column is a number.",
    valuesGo: (low: string, high: string) => `The file's values go from ${low} to ${high}.`,
    toHoldOut: "Pairs to hold out from training",
    heldOut: {
      by_column: "Those that the split column says",
      fraction: "A fraction, drawn so that no sentence is on both sides",
      all: "All: only score with them",
      nothing: "None: train on all, without scores",
    },
    fraction: "Fraction",
    seed: "Seed",
    badRows: "Rows that can't be used",
    badRowsChoices: { skip: "Leave them out and report them", refuse: "Refuse the file at the first one" },
    dropDuplicates: "Leave out pairs that have come before",
    use: "Use these pairs",
    // Progress and report of an import.
    nRows: (n: number) => quantity(n, "row"),
    beingRead: "Pairs being read",
    fetching: "Fetching the pairs…",
    reading: (name: ComponentChildren, isReady: boolean) => (
      <>
        Reading {name}
        {isReady ? "" : " as soon as the program is ready"}…
      </>
    ),
    inspecting: (name: ComponentChildren, isReady: boolean) => (
      <>
        Inspecting {name}
        {isReady ? "" : " as soon as the program is ready"}…
      </>
    ),
    leaking: (n: number) =>
      `${quantity(n, "sentence")} ${n === 1 ? "is" : "are"} in training pairs and in held-out pairs alike, so the scores will look better than the model is. Bring the file again and hold out by fraction to part them.`,
    leftOut: (n: number, total: number) => `${quantity(n, "row")} of ${formatCount(total)} left out`,
    unlabelled: (n: number) => `${quantity(n, "row")} with neither a class nor a similarity`,
    skipped: (n: number, fault: RowFault) => `${quantity(n, "row")} ${ROW_FAULTS[fault]}`,
    line: (number: number, problem: ComponentChildren) => (
      <>
        Line {formatCount(number)}: {problem}
      </>
    ),
    // The list of pairs.
    all: "All pairs",
    withoutAClass: "Without a class",
    search: "Search",
    searchHint: "A word in either sentence",
    noneFound: "No pair matches; try another word or class.",
    found: (n: number, total: number) => `${of(n, total)} pairs`,
    onScale: (low: number, high: number) => `on a scale from ${low} to ${high}`,
    notFetched: (url: string, reason: string) => ({
      message: `${url} could not be fetched: ${reason}`,
      remedy: "Check the connection and try again.",
    }),
    badStatus: (url: string, status: number) => ({
      message: `${url} was answered with status ${status}`,
      remedy: "Look whether it is there, and try again.",
    }),
    notOneFile: (isFolder: boolean, nFiles: number) => ({
      message: isFolder ? "a folder was dropped" : `${quantity(nFiles, "file")} were dropped`,
      remedy: "Drop the one file that holds the pairs.",
    }),
  },

  train: {
    starts: "The settings appear as soon as the program has started.",
    presetsLabel: "How thoroughly to train",
    presets: {
      quick: { name: "Quick", text: "The classification head alone: classes, not cosines. Ends in seconds." },
      thorough: { name: "Thorough", text: "The last two layers learn too: classes and cosines. About a minute." },
    },
    noPreset: "Settings of your own: see below.",
    moreSettings: "Strategy and settings",
    faulty: " – one of these needs another value",
    reset: "Reset settings",
    score: "Score",
    train: "Train",
    trainAgain: "Train again",
    startsAgain: "Training again starts from the weights as loaded, not from those of the last run.",
    pause: "Pause",
    pausing: "Pausing…",
    notify: "Notify me at the end",
    stopNote: "Stopping keeps what has been learnt and scores it.",
    awake: (hasWakeLock: boolean) =>
      `The run goes on while this tab is hidden, and after the browser or the computer has put it to sleep${hasWakeLock ? "; the screen stays on while the tab is shown" : ""}.`,
    keep: (step: number) => `Keep the model as of step ${formatCount(step)}`,
    // The form.
    range: (help: string, min: number, max: number, isBelowMax: boolean) =>
      `${help} ${min} to ${isBelowMax ? "below " : ""}${max}.`,
    workers: "Workers",
    workersHint: (max: number) =>
      `Processor cores that share each step, 1 to ${max}; empty: as many as suit the run. The numbers come out the same, up to rounding`,
    workersOnGpu: "WebGPU computes, and takes each step alone; on the CPU several cores can share it",
    automatic: "automatic",
    noWeight: "All weights are 0, so there is nothing to learn; give one a value.",
    wholeOrEmpty: "Type a whole number, or leave it empty.",
    number: "Type a number, such as 0.001 or 1e-3.",
    atLeast: (min: number) => `Must be ${min} or more.`,
    below: (max: number) => `Must be below ${max}.`,
    atMost: (max: number) => `Must be ${max} or less.`,
    lossOfStep: (sum: ComponentChildren) => <>The loss of a step is {sum}.</>,
    // What is frozen, and what it costs.
    freeze: "What stays frozen?",
    lastLayers: "Layers that learn",
    estimateNote: (hasSpeed: boolean) =>
      hasSpeed
        ? "Memory is an estimate by some of the pairs, the time one by the speed of the last run on this machine."
        : "Memory is an estimate by some of the pairs; the time is estimated after the first run on this machine.",
    costs: {
      unknown: "Between the two",
      full: "A full step",
      head: "Cheapest: a third of a full step or less",
      nothing: "No training at all",
      share: (share: number) => `About ${formatPercent(share, 0)} of a full step, or less`,
    },
    notPossible: (problem: string) => `Not possible: ${problem}`,
    trains: (n: number) => (n === 0 ? "trains nothing" : `trains ${formatCount(n)} parameters`),
    memory: (bytes: number) => `${formatBytes(bytes)} of memory`,
    time: (secs: number) => `about ${formatDuration(secs)}`,
    network: "The parts of the model",
    networkParts: { words: "Words", head: "Head" },
    partStates: { learns: "learns", frozen: "frozen", once: "frozen, computed once for each sentence" },
    // The run under way.
    progress: "Progress of this phase",
    step: (n: number, total: number) => `Step ${of(n, total)}`,
    epoch: (n: number, total: number) => `Epoch ${n} of ${total}`,
    ofWork: (secs: number) => `${formatDuration(secs)} of work`,
    ofTraining: (secs: number) => `${formatDuration(secs)} of training`,
    pairsPerSec: (n: number) => `${formatSignificant(n)} pairs/s`,
    sharedBy: (n: number) => `Shared by ${quantity(n, "worker")}`,
    rate: (rate: string) => `Learning rate ${rate}`,
    rateOfHead: (rate: string) => `${rate} (head)`,
    norm: (norm: number) => `Gradient norm ${formatSignificant(norm)}`,
    phases: {
      stoppedAfter: (step: number) => `Stopped after step ${step}`,
      finishedIn: (secs: number) => `Finished in ${formatDuration(secs)}`,
      workerStopped: "The run ended when the worker stopped",
      failed: "The run has failed",
      recovering: "Recovering the run: model and pairs are being loaded again",
      stopping: "Stopping after this step…",
      pausing: "Pausing after this step…",
      pausedAfter: (step: number) => `Paused after step ${step}`,
      starting: "Preparing the run",
      tokenizing: (progress: Progress | null) => `Tokenizing the pairs${counted(progress)}`,
      startingWorkers: "Starting the other workers",
      warmingUp: (progress: Progress | null) => `Compiling shaders for the GPU${counted(progress)}`,
      scoringBefore: (progress: Progress | null) =>
        `Scoring the held-out pairs before training${counted(progress, " sentences")}`,
      training: "Training",
      scoringAfter: (progress: Progress | null) =>
        `Scoring the held-out pairs after training${counted(progress, " sentences")}`,
      comparing: (progress: Progress | null) =>
        `Comparing the scores on draws of the held-out pairs${counted(progress)}`,
    },
    // What it trains, its curves and its scores.
    view: "What training does",
    trainsOf: (n: number, total: number) =>
      n === 0
        ? `All ${formatCount(total)} parameters are frozen: this run only scores.`
        : `This run trains ${of(n, total)} parameters (${share(n / total)}).`,
    parts: { embeddings: "Embeddings", layers: "Encoder layers", head: "Classification head" },
    gain: (score: string, before: string, after: string) => `${score} ${before} → ${after}`,
    cosinesStay: "The encoder is frozen: cosines, and with them the regression loss, stay as they are.",
    keptBytes: (bytes: number, nWorkers: number) =>
      `The frozen layers have no dropout, so what they make of each sentence is computed in the first epoch and kept for the later ones (${formatBytes(bytes)}${nWorkers > 1 ? " a worker" : ""}).`,
    fewerWorkers: (kind: "missing" | "lost", detail: string, nWorkers: number) =>
      `${kind === "missing" ? "Not every worker could join" : "A worker was lost"} ${inBrackets(detail)}. The run continues with ${quantity(nWorkers, "worker")}.`,
    randomHead:
      "The classification head is frozen, so it stays as random as it started: class probabilities and the accuracy below mean little.",
    watchCosine: "Watch the cosine and its correlation instead.",
    noClasses: "The pairs have no classes, so there is nothing that could train a classification head.",
    truncated: (n: number) =>
      `${quantity(n, "sentence")} longer than the model can read ${n === 1 ? "was" : "were"} cut.`,
    learningRate: "Learning rate",
    gradientNorm: "Gradient norm",
    moreCurves: "Learning rate and gradient norm",
    ofEncoder: "of the encoder",
    ofTheHead: "of the head",
    beforeClipping: "before clipping",
    scoresOn: (nPairs: number) => `Scores on ${formatCount(nPairs)} held-out pairs`,
    intervalNote:
      "In brackets: with other held-out pairs of the same kind, 95 of 100 such changes would lie between these two (paired bootstrap). An interval that contains 0 is no clear difference. Another seed changes the scores too.",
    confusion: "Which class is taken for which",
    confusionOf: (moment: string) => `${moment}: which class is taken for which`,
    confusionKey: "Rows: the true class. Columns: the class the model chose. The diagonal is right.",
  },

  // Saved runs, and exported files.
  runs: {
    files: "Save and take away",
    drop: "Drop the file of a saved run here",
    saved: "Saved runs",
    older: (n: number) => `${n} older`,
    keepsSaved: (n: number) =>
      `The page keeps ${n} of them: when one more is saved after training, the oldest that no tab has is deleted.`,
    unusable: (savedAt: number, fault: string) =>
      `A run saved ${formatDate(savedAt)} by another version of this page can't be opened by this one: ${fault}.`,
    item: (savedAt: number, model: ComponentChildren, pairs: ComponentChildren, trained: string, steps: string) => (
      <>
        Saved {formatDate(savedAt)}: {model}, {pairs}, {trained}, {steps}.
      </>
    ),
    trained: (n: number, total: number) => `${of(n, total)} parameters trained`,
    steps: (step: number, nSteps: number, end: { stopped: boolean } | null) => {
      const steps = `step ${of(step, nSteps)}`;
      if (end === null) return steps;
      return end.stopped ? `stopped at ${steps}` : `finished with ${steps}`;
    },
    canRestore: "The trained model can be restored.",
    canResume: "It continues exactly where it stopped.",
    opening: "Opening…",
    restore: "Restore",
    // Why it can be neither resumed nor discarded here.
    whose: {
      other_tab: OTHER_TAB,
      unknown: "This browser can't tell whether another tab has this run, so it can only be saved as a file.",
    },
    writing: "Writing the file…",
    saveFile: "Save as a file",
    inMemory: (reason: string | null) =>
      `What is saved of the run is kept only until the tab closes: the browser refuses to store it${because(reason ?? "")}. A file of it lasts; other saved runs and kept models can be deleted to make room.`,
    tooLarge: "This run is too large to be saved on the way: until you export its model, it ends with the tab.",
    seeAbove: (n: number) => `${n === 1 ? "There is a saved run" : `There are ${n} saved runs`}: see above.`,
    isFull: (n: number) => `The page keeps ${n}: when the next one is saved, the oldest that no tab has is deleted.`,
    savedAt: (step: number, isOnDisk: boolean) =>
      `Saved at step ${formatCount(step)}${isOnDisk ? ": it can be resumed after a reload or a closed tab." : "."}`,
    open: "Open a saved run…",
    file: "A file of a saved run",
    reading: "The file is being read.",
    fileHint:
      "A file that this page has saved, ending in .sbert-run.zip; or drop it on this panel. It is added to the saved runs.",
    export: "Export",
    exports: {
      model: {
        label: "The model (zip)",
        hint: "The model you have trained, or the loaded one before any run: a folder for sentence-transformers in Python and for this page, with the classification head in it.",
      },
      recipe: {
        label: "Run it elsewhere (zip)",
        hint: "The pairs, the settings above and a Python script that trains in the same way, for a larger machine or several.",
      },
    },
    exporting: "Writing the file",
    exported: (name: ComponentChildren, bytes: number) => (
      <>
        {name} ({formatBytes(bytes)}) is written and handed to the browser, which saves it among its downloads.
      </>
    ),
    notExported: {
      message: "the worker stopped while it was writing the file",
      remedy: "Try again as soon as the model is loaded again.",
    },
    notListed: (reason: string) => ({
      message: `Saved runs can't be read just now (${reason}).`,
      remedy: NOTHING_DELETED,
    }),
    taken: { message: OTHER_TAB, remedy: "Use it there, or close that tab first." },
    incomplete: {
      message:
        "Not all of the saved run is there any more: the browser has made room, or another tab has discarded it.",
      remedy: "Discard it and train again, or open a file of it if there is one.",
    },
    unreadable: (reason: string, isStored: boolean) => ({
      message: `The saved run can't be read just now${because(reason)}.`,
      remedy: isStored ? "Try again, or reload the page: it stays where it is." : "Try again; it stays where it is.",
    }),
    notDeleted: (reason: string) => ({
      message: `The saved run can't be deleted just now (${reason}).`,
      remedy: "Try again, or reload the page.",
    }),
    noRunFile: (name: string, fault: string) => ({
      message: `${name} is not a saved run that can be opened: ${fault}.`,
      remedy: "Choose a file whose name ends in .sbert-run.zip, as this page has saved it.",
    }),
    fileFaults: {
      large: "it is larger than any saved run",
      unreadable: "the browser can't read it",
      noRecord: (entry: string) => `it has no ${entry}, which every saved run has`,
      inRecord: (entry: string, fault: string) => `${entry}: ${fault}`,
      noEntry: (entry: string) => `it has no ${entry}, or has it compressed`,
      otherSize: (entry: string, nBytes: number, record: string, nExpected: number) =>
        `${entry} has ${nBytes} bytes, and ${record} says ${nExpected}`,
      manyEntries: (max: number) => `it has more than ${max} entries`,
      damaged: (entry: string) => `${entry} in it is damaged`,
      noZip: (reason: string) => `it can't be read as a zip${because(reason)}`,
    },
  },

  compare: {
    title: "Compare strategies",
    lead: "How much does it take to learn, and how good is it? A run for each choice of what stays frozen.",
    starts: "The strategies appear as soon as the program has started.",
    freeze: "What stays frozen",
    lastLayers: (strategy: string, n: number) => `${strategy} (${n})`,
    allButLast: (n: number) => (n === 1 ? "All but the last layer" : `All but the last ${n} layers`),
    seeds: "Seeds",
    nSeeds: { 1: "One, that of the settings", 3: "Three, for a mean and a range" },
    chooseOne: "Choose at least one.",
    start: "Compare",
    plan: (nRuns: number) =>
      `${quantity(nRuns, "run")}, one after the other, each from the loaded weights and with the settings under Train.`,
    // The queue.
    runOf: (number: number, total: number, frozen: string, seed: number) =>
      `Run ${number} of ${total}: ${frozen.toLowerCase()} frozen, seed ${seed}`,
    progress: "Progress of the comparison",
    showRun: "Show the run",
    isFinished: (nFinished: number, nPlanned: number) =>
      `The comparison is finished: ${nFinished} of ${quantity(nPlanned, "run")}.`,
    isStopped: (nFinished: number, nPlanned: number) =>
      `The comparison was stopped after ${nFinished} of ${quantity(nPlanned, "run")}.`,
    areSelected: "They are selected below.",
    again: "Compare others",
    otherInputs: (nFinished: number, nPlanned: number) => ({
      message: `The comparison ended after ${nFinished} of ${quantity(nPlanned, "run")}: the model or the pairs are others now.`,
      remedy: "What has finished is selected below.",
    }),
    leftOut: (frozen: string, reason: string) =>
      `the run with ${frozen.toLowerCase()} frozen failed and is left out: ${reason}`,
    // The table of runs.
    runsLead: "Every finished run of this browser. Select two or more to compare them.",
    runName: (number: number, frozen: string) => `Run ${number}, ${inLowerCase(frozen)} frozen`,
    none: "No run has finished yet.",
    beingRead: "The runs are being read.",
    selectOneMore: "Select one more run to compare the two.",
    columns: {
      name: "Name",
      finished: "Finished",
      frozen: "Frozen",
      seed: "Seed",
      epochs: "Epochs",
      seconds: "Time",
      trained: "Trained",
      model: "Model",
      backend: "Computed on",
    },
    stoppedAt: (step: number, nSteps: number) => `stopped at step ${step} of ${nSteps}`,
    training: (secs: number) => `training ${formatDuration(secs)}`,
    nWorkers: (n: number) => `${n} workers`,
    compared: "Compared",
    compareNamed: (name: string) => `Compare ${name}`,
    rename: "Rename",
    renameNamed: (name: string) => `Rename ${name}`,
    repeat: "Repeat",
    repeatNamed: (name: string) => `Repeat ${name} with a change`,
    nameOf: (name: string) => `Name of ${name}`,
    keeps: (n: number, max: number) => `${quantity(n, "run")} of at most ${max}; after that the oldest goes.`,
    saveJson: "Save as JSON",
    notStored: (reason: string) =>
      `The browser refuses to store runs (${reason}): what is new here is kept only until the tab closes.`,
    unusable: (n: number) =>
      `${quantity(n, "run")} of another version of this page can't be shown by this one; they stay.`,
    notListed: (reason: string) => ({
      message: `Not every run can be read just now (${reason}).`,
      remedy: NOTHING_DELETED,
    }),
    notRenamed: (reason: string) => ({
      message: `The run can't be renamed just now (${reason}).`,
      remedy: "Try again, or reload the page. It stays as it is.",
    }),
    notDeleted: (reason: string) => ({
      message: `The run can't be deleted just now (${reason}).`,
      remedy: "Try again, or reload the page. It stays as it is.",
    }),
    // The selected runs.
    selection: (n: number) => `${n} runs compared`,
    clear: "Clear the selection",
    otherPairs: "These runs were scored on different held-out pairs, so their scores can't be compared.",
    differs: "Differs",
    areSame: "They have the same settings, model, pairs and backend.",
    restIsSame: "Whatever is not listed is the same in all of them.",
    facts: {
      steps: "Steps",
      trainingPairs: "Training pairs",
      heldOutPairs: "Held-out pairs",
    },
    onOrOff: (isOn: boolean) => (isOn ? "on" : "off"),
    notKept: "What the models said of each held-out pair was not kept, so there is no interval for the difference.",
    comparingPairs: "Comparing the two, pair by pair…",
    against: (second: ComponentChildren, first: ComponentChildren) => (
      <>
        {second} against {first}
      </>
    ),
    difference: "Difference",
    differenceNote: (nPairs: number) =>
      `In brackets: with other held-out pairs of the same kind, 95 of 100 such differences would lie between these two (paired bootstrap over ${nPairs} pairs). Where 0 is among them there is no clear difference with so few pairs. It says nothing of other seeds.`,
    unreadable: (reason: string) => ({
      message: `What the two models said of the held-out pairs can't be read (${reason}).`,
      remedy: "Compare them by their scores, or reload the page and try again.",
    }),
    incomplete: "not all of it is there any more",
    quality: "Quality against time",
    qualityPlot: (score: string, n: number) => `${score} against seconds of training of ${n} settings; see the table`,
    secsOfTraining: "Seconds of training",
    seedNote: "Runs that differ in their seed alone are one mark at their mean; its lines are the range.",
  },

  explore: {
    // Two sentences.
    title: "Try it",
    lead: "Two sentences of your own, compared by the model as loaded and by the one you have trained.",
    examplesLabel: "Examples",
    // At least one pair of each class, and two that are hard for sentence embeddings.
    examples: [
      {
        name: "Follows",
        sentenceA: "A violinist is playing on a busy street corner.",
        sentenceB: "Someone is making music outdoors.",
      },
      {
        name: "May or may not be",
        sentenceA: "Two children are building a sandcastle near the pier.",
        sentenceB: "The children are on holiday with their grandparents.",
      },
      {
        name: "Contradicts",
        sentenceA: "The museum stays open until nine tonight.",
        sentenceB: "The museum is closed this evening.",
      },
      {
        name: "Same words, other meaning",
        sentenceA: "The dog chased the cat up the stairs.",
        sentenceB: "The cat chased the dog up the stairs.",
      },
      {
        name: "Nothing in common",
        sentenceA: "The bread in the oven smells wonderful.",
        sentenceB: "Parliament postponed the vote on the new rail tunnel.",
      },
    ],
    awaitsModel: "The answer appears as soon as the model is loaded.",
    writeBoth: "Write something in both fields to compare them.",
    truncated: (maxTokens: number) =>
      `A sentence is longer than the model can read (${maxTokens} tokens); only its beginning was compared.`,
    asLoaded: "As loaded",
    whileTraining: "While training",
    trainFirst: "Train the model, and its new answer appears here, also while it is learning.",
    notes: {
      cosineAlone: "Neither the model nor the pairs have classes, so there is the cosine alone.",
      ownHead: "The classification head came with the model, so its classes are meant as well as the cosine.",
      untrainedHead:
        "The cosine is already meaningful. The classification head is untrained, so its classes are chance.",
      starting: "A run is starting.",
      both: "Encoder and head have both learnt from the training pairs.",
      headAlone: "The encoder is frozen, so the cosine stays; the head has learnt to tell the classes apart.",
      nothing: "Everything was frozen, so nothing has changed.",
      withoutClasses: "The encoder has learnt from the training pairs; they have no classes to learn.",
      frozenOwnHead: "The head is frozen as it came with the model; the encoder has learnt to suit it.",
      frozenHead: "The head is frozen at random, so look at the cosine, not at the classes.",
    },
    cosine: "Cosine similarity",
    cosineOf: (title: string) => `${title}: cosine similarity`,
    showMostProbable: "Show the most probable",
    lines: "One sentence per line",
    // The matrix of a few lines.
    matrix: "Similarity matrix",
    matrixLead: "The cosine similarity of each pair of a few lines.",
    // Its first lines: three subjects, each in several ways.
    matrixLines: [
      "A violinist is playing on a busy street corner.",
      "Someone is making music outdoors.",
      "The street is silent and empty.",
      "The museum stays open until nine tonight.",
      "The museum is closed this evening.",
      "Visitors can see the exhibition after dinner.",
      "The bread in the oven smells wonderful.",
      "A loaf is being baked in the kitchen.",
    ],
    firstLines: (n: number) => `Only the first ${n} lines are compared.`,
    writeTwo: "Write at least two lines to compare them.",
    matrixAwaitsModel: "The matrix appears as soon as the model is loaded.",
    trainToCompare: "Train the model to compare it with the one as loaded.",
    afterIsInTraining: "After is the model in training.",
    cosines: "Cosine similarities",
    cut: (n: number) =>
      `${quantity(n, "sentence")} ${n === 1 ? "is" : "are"} longer than the model can read; only the beginning was encoded.`,
    // Many sentences.
    many: "Many sentences",
    manyLead: "Encode many sentences before and after training, to search them and to see where they are.",
    whichSentences: "Which sentences",
    sources: { pairs: "The sentences of the pairs", lines: "Pasted lines" },
    firstSentences: (n: number) =>
      `There are more sentences than can be encoded at once; the first ${formatCount(n)} are taken.`,
    encode: (n: number) => `Encode ${quantity(n, "sentence")}`,
    pasteLine: "Paste at least one line.",
    beingEncoded: "The sentences are being encoded.",
    encoded: (n: number, model: string) => `${quantity(n, "sentence")} encoded by ${model} as loaded.`,
    encodedByBoth: (n: number, model: string, nStepsDone: number) =>
      `${quantity(n, "sentence")} encoded by ${model} as loaded, and by the model ${atStep(nStepsDone)}.`,
    computeAgain: "Compute again",
    encoding: "Encoding the sentences",
    progress: "Progress of encoding",
    nOf: (n: number, total: number) => `${formatCount(n)} of ${quantity(total, "sentence")}`,
    stale: {
      loadedAgain: (nStepsDone: number) => `Computed ${atStep(nStepsDone)}; the model has been loaded again since.`,
      otherModel: (model: string) => `Computed with ${model}; another model has been loaded since.`,
      changed: (nStepsDone: number) => `Computed ${atStep(nStepsDone)}; the model has changed since.`,
      otherPairs: "Computed of other pairs than those that are loaded now.",
    },
    save: "Save the embeddings",
    saveNpyOf: {
      before: "Save the embeddings before training as NPY",
      after: "Save the embeddings after training as NPY",
    },
    saveCsvOf: {
      before: "Save the embeddings before training as CSV",
      after: "Save the embeddings after training as CSV",
    },
    npy: "NPY",
    csv: "CSV",
    sentences: "Sentences",
    saveSentences: "Save the sentences as CSV",
    npyNote: (nRows: number, width: number) =>
      `NPY is an array for NumPy of ${formatCount(nRows)} × ${formatCount(width)} numbers; its rows are in the order of the sentences.`,
    formulaNote: (n: number) =>
      `In CSV, ${quantity(n, "sentence")} that a spreadsheet would take for a formula ${n === 1 ? "begins" : "begin"} with an apostrophe.`,
    // The search.
    search: "Search",
    searchLead: (n: number) => `The ${formatCount(n)} encoded sentences, by their similarity to a query.`,
    query: "Query",
    queryHint: "A sentence of your own",
    cantSearch: "Compute the embeddings again to search with the model that is loaded now.",
    rankedBy: "Ranked by",
    rankedBefore:
      "The model has changed since the sentences were encoded, so the ranking is that before training. Compute the embeddings again for the ranking after it.",
    results: "Results",
    rankBefore: "Rank before",
    cosineBefore: "Cosine before",
    rankAfter: "Rank after",
    cosineAfter: "Cosine after",
    moved: "Moved",
    sameRank: "same",
    up: (n: number) => `▲ ${formatCount(n)} up`,
    down: (n: number) => `▼ ${formatCount(n)} down`,
    showMore: (n: number) => `Show more of ${formatCount(n)} sentences`,
    // The map.
    map: "Map",
    mapLead: "Sentences that mean the same should be near each other.",
    mapLabel: (n: number) => `Map of ${formatCount(n)} sentences. Arrow keys select the next or the previous sentence.`,
    trainThenCompute: "Train the model, then compute again.",
    colourBy: "Colour by",
    colourings: { class: "Class of its pair", split: "Training or held out", pair: "Its pair", none: "Nothing" },
    withoutClass: "without a class",
    colours: "Colours",
    pointAt: (isByPair: boolean) =>
      `Point at a sentence to read it${isByPair ? " and to see the other one of its pair" : ""}, click to see its neighbours.`,
    axes: (first: number, second: number) =>
      `PCA of the model as loaded: the two axes have ${formatPercent(first, 0)} and ${formatPercent(second, 0)} of the variance.`,
    sameAxes: "The trained model is drawn on the same axes.",
    saveSvg: "Save as SVG",
    savePng: "Save as PNG",
    isSelected: (sentence: string) => `Selected: ${sentence}`,
    selectPoint: "Select a point to see which sentences are nearest to it.",
    selected: "Selected sentence",
    partner: "The other sentence of its pair: ",
    nearest: { before: "Nearest before training", after: "Nearest after training" },
    noLonger: "no longer",
    isNew: "new",
    changed: "Neighbourhoods that changed most",
    changedNote: (n: number) =>
      `Of the ${n} nearest neighbours before training, so many are no longer among the ${n} nearest.`,
    noneChanged: "Every sentence has the neighbours that it had before training.",
    changedLabel: "Changed neighbourhoods",
    replaced: "Replaced",
  },

  analysis: {
    title: "Where it is right and wrong",
    lead: "The held-out pairs, one by one.",
    spearman: (value: string) => `Spearman ${value}`,
    reliability: "Reliability of the probabilities",
    calibrationError: (value: string) => `calibration error ${value}`,
    scoresOfClasses: "Scores of each class",
    precision: "Precision",
    recall: "Recall",
    f1: "F1",
    reliabilityPlot: (bins: string) => `Accuracy over probability. ${bins}`,
    bin: (nPairs: number, probability: number, accuracy: number) =>
      `${formatCount(nPairs)} pairs: ${formatPercent(probability, 0)} sure, ${formatPercent(accuracy, 0)} right`,
    probabilityAxis: "probability of the chosen class",
    accuracyAxis: "accuracy",
    reliabilityNote: "Larger circles are more pairs. Below the line the model is too sure.",
    similarityPlot: (nPairs: number) =>
      `Cosine over similarity of ${nPairs} held-out pairs; the list below has the pairs`,
    similarityAxis: (least: number, most: number) => `similarity, ${least} to ${most}`,
    cosineAxis: "cosine",
    pointAt: "Point at a pair to read it, click to try it.",
    pointed: (pair: ComponentChildren, score: string, cosine: string, label: string | null) => (
      <>
        {pair} ({score}, cosine {cosine}
        {label === null ? "" : `, ${label}`})
      </>
    ),
    order: "Pairs in this order",
    orders: {
      class: "Wrong class",
      too_high: "Similarity too high",
      too_low: "Similarity too low",
      change: "Changed most",
    },
    showMore: (nPairs: number) => `Show more of ${formatCount(nPairs)} pairs`,
    // What was made of the class of a pair.
    found: (own: ComponentChildren, probability: ComponentChildren) => (
      <>
        {own}, found{probability}
      </>
    ),
    takenFor: (own: ComponentChildren, chosen: ComponentChildren, probability: ComponentChildren) => (
      <>
        {own}, taken for {chosen}
        {probability}
      </>
    ),
    similarity: (score: string) => `similarity ${score}`,
    cosine: (cosine: string) => `cosine ${cosine}`,
    ofOther: (shown: "before" | "after", cosine: string) =>
      `(${shown === "after" ? "before" : "after"} training: ${cosine})`,
  },

  storage: {
    notHttps: "the page is not served over https",
    noRoom: "there is no room left for this page",
    isOff: "storage is switched off for this page",
    unusable: "storage can't be used",
    unreadable: "storage can't be read",
    otherFormat: (format: number, ours: number) => `it has format ${format}, and this page reads format ${ours}`,
    noRecord: "it is no record of a run",
    missing: (field: string) => `${field} is missing`,
    wrong: (field: string) => `${field} is not what it should be`,
    stepBeyond: (step: number, nSteps: number) => `it is at step ${step} of a run of ${nSteps}`,
    otherClasses: (nClasses: number) => `its scores are not of ${nClasses} classes`,
    // The objectives of the oldest records, as Rust calls them.
    objectives: {
      classification: { title: "Classification loss", unit: "cross-entropy in nats" },
      regression: { title: "Regression loss", unit: "squared error of the cosine" },
    },
  },
} as const;
