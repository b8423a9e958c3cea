/** Which files of a folder make a model that the worker can load; the others are not fetched. */

/** Files at the top of the folder. If one is missing, the worker says whether it is required. */
const TOP_FILES: ReadonlySet<string> = new Set([
  "config.json",
  "tokenizer.json",
  "vocab.txt",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "modules.json",
  "sentence_bert_config.json",
  "config_sentence_transformers.json",
  "classifier.safetensors",
]);

const TOKENIZER_FILES: ReadonlySet<string> = new Set([
  "tokenizer.json",
  "vocab.txt",
  "tokenizer_config.json",
  "special_tokens_map.json",
]);

const WEIGHTS = "model.safetensors";
const INDEX = "model.safetensors.index.json";
const SHARD = /^model-\d+-of-\d+\.safetensors$/;

/** The config of a sentence-transformers module, such as "1_Pooling/config.json" or "0_Transformer/config.json". */
const MODULE_CONFIG = /^\d+_[A-Za-z]+\/config\.json$/;

/** Older versions of sentence-transformers put the transformer into a folder of its own. */
const MODULE_FOLDER = /^0_[A-Za-z]+\//;

/** Weights in formats that can't be read; the error names them. */
const OTHER_WEIGHTS = /\.(bin|h5|msgpack|ot|onnx|pt|pth|ckpt|gguf|npz)$/;

/** The chosen files, or the weights in other formats that were found instead. */
export type FileChoice<T> = { files: T[]; found: null } | { files: null; found: string[] };

/** Choose what a model is loaded from. */
export function chooseFiles<T extends { path: string }>(all: readonly T[]): FileChoice<T> {
  const inModule = (path: string) => path.replace(MODULE_FOLDER, "");
  const has = (name: string) => all.some(({ path }) => inModule(path) === name);
  const isSharded = !has(WEIGHTS) && has(INDEX);
  if (!has(WEIGHTS) && !isSharded) {
    const found = all.map(({ path }) => path).filter((path) => OTHER_WEIGHTS.test(path));
    return { files: null, found };
  }
  const isWanted = (path: string) => {
    const name = inModule(path);
    if (name === WEIGHTS) return true;
    if (isSharded && (name === INDEX || SHARD.test(name))) return true;
    return TOP_FILES.has(name) || MODULE_CONFIG.test(path);
  };
  return { files: all.filter(({ path }) => isWanted(path)), found: null };
}

/** The files of the tokenizer, which is all that a random model uses. */
export function chooseTokenizer<T extends { path: string }>(all: readonly T[]): T[] {
  return all.filter(({ path }) => TOKENIZER_FILES.has(path));
}
