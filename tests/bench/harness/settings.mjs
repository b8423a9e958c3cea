// What the bench measures, how often, and what it is held to. Each figure with its reason; nothing of this is
// elsewhere.

/** Tokens of a training batch: 16 pairs of sentences of 13 tokens, the demo corpus's mean. */
const N_TOKENS = 2 * 16 * 13;

/** Sections in the order in which they run: short ones first, so that a fault shows soon. */
export const SECTIONS = ["matmul", "encode", "wide", "gpu", "page", "train", "growth"];

/** Left out of a quick run unless it is named: starting a software adapter takes two minutes, whatever is counted. */
export const SLOW_SECTIONS = ["gpu"];

/** Rounds of each comparison. A round runs every contender once, so that the machine's moods meet all alike. */
export const ROUNDS = {
  // Five is the fewest of which a median shrugs off two disturbed ones.
  short: { full: 5, quick: 2 },
  // Python takes longer to start than to encode.
  terminal: { full: 5, quick: 1 },
  // Opening the page takes seconds each time.
  page: { full: 5, quick: 1 },
};

/** Between two contenders: an engine's threads go on spinning for a moment after their work. */
export const PAUSE_MILLIS = 300;

export const MATMUL = {
  /** The products of a training step. The widest is the one that a goal is set for. */
  shapes: [
    { name: "projection", m: N_TOKENS, k: 384, n: 384 },
    { name: "feed-forward, up", m: N_TOKENS, k: 384, n: 1536, hasGoal: true },
    { name: "feed-forward, down", m: N_TOKENS, k: 1536, n: 384 },
    { name: "gradient of a weight", m: 384, k: N_TOKENS, n: 1536, transposeA: true },
    { name: "gradient of an input", m: N_TOKENS, k: 1536, n: 384, transposeB: true },
    // One head of one sentence: queries by keys, then weights by values.
    { name: "attention scores", m: 13, k: 32, n: 13, transposeB: true },
    { name: "attention output", m: 13, k: 13, n: 32 },
  ],
  /** Of these, the first so many. */
  nShapes: { full: Number.POSITIVE_INFINITY, quick: 3 },
  goals: { plain: { atLeast: 0.8 }, relaxed: { atLeast: 0.9 }, native: { atLeast: 0.8 } },
  /** Long enough that a clock of 0.1 ms and one interruption are lost in it. */
  millis: { full: 300, quick: 100 },
};

export const ENCODE = {
  /** The lengths at which the engines were compared before the project began: about a short sentence's. */
  seqLength: 16,
  cases: [
    // Eight batches last seconds, and two workers can halve them.
    { name: "batches of 32 × 16 tokens", batchSize: 32, nBatches: 8, threads: [1, 2], goal: { atLeast: 2 } },
    // Two workers don't speed up one sentence, so only one thread is compared.
    { name: "one sentence of 16 tokens", batchSize: 1, nBatches: 60, threads: [1], goal: { atLeast: 1.5 } },
  ],
  /** Of the fused multiply-adds that the processor could do meanwhile. */
  peakGoal: { atLeast: 0.9 },
  /** What a token takes in the products of MiniLM's layers: two operations a weight. */
  operationsPerToken: 2 * 6 * (4 * 384 * 384 + 2 * 384 * 1536),
  /** What the terminal is compared with, on the sentences of the demo pairs. */
  terminalGoals: { "sentence-transformers": { atLeast: 1.5 }, onnxruntime: { atLeast: 1 } },
  terminalThreads: [1, 2],
  /** The test set has 1,379. */
  nPairsOfStsb: { full: Number.POSITIVE_INFINITY, quick: 100 },
};

/** V8 can make one operation of 256 bits of two of 128; browsers don't have it on. How much it would do for our kernels. */
export const WIDE = {
  flag: "--js-flags=--wasm-revectorize",
  goal: { atLeast: 1.6 },
  nSteps: { full: 6, quick: 2 },
};

export const GPU = {
  /** As many layers as MiniLM has, which decide how many launches there are; as narrow as a software adapter is slow. */
  model: { n_layers: 6, d_model: 64, n_heads: 4, d_ff: 256, max_positions: 128, seed: 0 },
  batchSize: 16,
  // Shaders are compiled by two steps more, which a run of fewer steps has fewer of.
  nSteps: 2,
};

export const TRAIN = {
  /** Training pairs of the demo corpus; the held-out ones are left out, so that nothing but training is timed. */
  nPairs: { full: 1000, quick: 96 },
  workers: [1, 2],
  /** `longest` pads as sentence-transformers does, `bucketed` as we do. */
  runs: [
    {
      freeze: "nothing",
      name: "whole model",
      epochs: 1,
      // A training takes a minute and averages over it; two show whether it does.
      nRounds: { full: 2, quick: 1 },
      // WebAssembly's vectors have half or a quarter of the bits that PyTorch's have.
      goals: { longest: { atMost: 1 } },
      speedUpGoal: { atLeast: 1.7 },
      memoryGoal: { atMost: 700 },
      terminal: { goals: { longest: { atMost: 0.75 }, bucketed: { atMost: 1 } }, speedUpGoal: { atLeast: 1.8 } },
    },
    {
      freeze: "last-2",
      name: "last two layers",
      epochs: 3,
      // Three epochs are as much as another round; of both the bench would take over an hour.
      nRounds: { full: 1, quick: 1 },
      goals: {},
      terminal: { goals: { longest: { atMost: 0.6 }, bucketed: { atMost: 0.6 } } },
    },
    // In seconds: PyTorch would have to encode in every epoch, which is no contest.
    {
      freeze: "backbone",
      name: "head only",
      epochs: 3,
      nRounds: { full: 2, quick: 1 },
      batchings: ["longest"],
      goals: {},
      secondsGoal: { atMost: 20 },
      terminal: { goals: { longest: { atMost: 0.6 } } },
    },
  ],
};

/**
 * WebAssembly's vectors have 128 bits; PyTorch takes the widest that the processor has. How much of the difference between
 * the two that is shows when PyTorch's libraries are held to less (oneDNN, MKL and ATen each by a variable of its own).
 */
export const VECTORS = {
  freeze: "nothing",
  epochs: 1,
  batching: "longest",
  threads: 1,
  /** So many of them. */
  nHeld: { full: 3, quick: 1 },
  held: [
    { name: "all that the processor has", variables: {} },
    {
      name: "256 bits, fused (AVX2)",
      variables: { ONEDNN_MAX_CPU_ISA: "AVX2", MKL_ENABLE_INSTRUCTIONS: "AVX2", ATEN_CPU_CAPABILITY: "avx2" },
    },
    {
      name: "128 bits (SSE4)",
      variables: { ONEDNN_MAX_CPU_ISA: "SSE41", MKL_ENABLE_INSTRUCTIONS: "SSE4_2", ATEN_CPU_CAPABILITY: "default" },
    },
  ],
};

export const PAGE = {
  /** The default, whose first step waits for all of a batch's sentences, and the one with the heaviest steps. */
  strategies: ["backbone", "nothing"],
  /** What a training step is made of is looked at for these. */
  breakdown: ["nothing", "last-2", "backbone"],
  /** Left out of the breakdown: wasm is still being compiled, and the optimiser has no state yet. */
  nWarmUpSteps: 2,
  nSteps: { full: 10, quick: 3 },
};

export const GROWTH = {
  nPairs: { full: [100, 300, 1000, 3000, 10000], quick: [100, 300] },
  /** Time per pair at the most pairs over that at the goal's base; a tenth above linear is the machine's noise. */
  linearGoal: { atMost: 1.1 },
  linearBase: { full: 1000, quick: 100 },
  seqLengths: { full: [8, 16, 32, 64, 128, 256], quick: [8, 32] },
  nLayers: { full: [1, 2, 4, 6, 9, 12], quick: [1, 6] },
  nWorkers: { full: [1, 2, 3, 4], quick: [1, 2] },
  /** Steps of the whole model: enough for a median, few enough for 256 tokens a sentence. */
  nSteps: { full: 5, quick: 2 },
  nWarmUpSteps: 1,
  batchSize: 16,
};

/** A training that is silent for this long hangs: the slowest step, 256 tokens a sentence, takes a fraction of it. */
export const SILENCE_LIMIT_MILLIS = 10 * 60_000;
