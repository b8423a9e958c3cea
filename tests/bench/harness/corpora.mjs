// The pairs that trainings get: the demo corpus's own, more of the same kind, and sentences of one length.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const HEADER = ["id", "split", "group", "sentence_a", "sentence_b", "label", "score"];
const LABELS = ["entailment", "neutral", "contradiction"];

export class Corpora {
  #folder;
  #rows;
  #vocabulary;

  static async open({ demoFile, vocabularyFile, folder }) {
    const corpora = new Corpora();
    corpora.#folder = folder;
    const [header, ...lines] = (await readFile(demoFile, "utf8")).trimEnd().split("\n");
    const names = header.split("\t");
    const rows = lines.map((line) => Object.fromEntries(line.split("\t").map((cell, column) => [names[column], cell])));
    corpora.#rows = rows.filter((row) => row.split === "train");
    corpora.#vocabulary = (await readFile(vocabularyFile, "utf8")).trimEnd().split("\n");
    await mkdir(folder, { recursive: true });
    return corpora;
  }

  /** Training pairs of the demo corpus, and beyond its thousand more with the same words in another order. */
  demo(nPairs) {
    return this.#write(`demo-${nPairs}.tsv`, grownTo(this.#rows, nPairs));
  }

  /** Pairs of sentences of exactly `seqLength` tokens, [CLS] and [SEP] included. */
  ofLength(seqLength, nPairs) {
    const random = randomFrom(seqLength);
    const words = singleTokenWords(this.#vocabulary);
    const sentence = () => Array.from({ length: seqLength - 2 }, () => pick(words, random)).join(" ");
    const rows = Array.from({ length: nPairs }, (_, idx) => ({
      id: `${idx}`,
      split: "train",
      group: "",
      sentence_a: sentence(),
      sentence_b: sentence(),
      label: LABELS[idx % LABELS.length],
      score: String(idx % 6),
    }));
    return this.#write(`length-${seqLength}-${nPairs}.tsv`, rows);
  }

  /** The distinct sentences of the training pairs, one a line. */
  async sentences() {
    const sentences = new Set(this.#rows.flatMap((row) => [row.sentence_a, row.sentence_b]));
    const file = path.join(this.#folder, "sentences.txt");
    await writeFile(file, `${[...sentences].join("\n")}\n`);
    return { file, nSentences: sentences.size };
  }

  /** Token ids of `nSentences` sentences of `seqLength` tokens, one after another. */
  ids(seqLength, nSentences) {
    const random = randomFrom(nSentences);
    const [cls, sep] = ["[CLS]", "[SEP]"].map((token) => this.#vocabulary.indexOf(token));
    const idOf = new Map(this.#vocabulary.map((token, id) => [token, id]));
    const words = singleTokenWords(this.#vocabulary).map((word) => idOf.get(word));
    const sentence = () => [cls, ...Array.from({ length: seqLength - 2 }, () => pick(words, random)), sep];
    return Array.from({ length: nSentences }, sentence).flat();
  }

  async #write(name, rows) {
    const file = path.join(this.#folder, name);
    const lines = rows.map((row) => HEADER.map((column) => row[column]).join("\t"));
    await writeFile(file, `${[HEADER.join("\t"), ...lines].join("\n")}\n`);
    return { name, file };
  }
}

/**
 * The first `nPairs` rows; where there are fewer, the rows again with the words of each sentence shuffled, so that no
 * sentence is known already, all are as long as before, and as many stand in several pairs.
 */
export function grownTo(rows, nPairs) {
  const grown = rows.slice(0, nPairs);
  for (let copy = 1; grown.length < nPairs; copy += 1) {
    const random = randomFrom(copy);
    const known = new Map();
    const shuffled = (sentence) => {
      if (!known.has(sentence)) known.set(sentence, shuffle(sentence.split(" "), random).join(" "));
      return known.get(sentence);
    };
    for (const row of rows.slice(0, nPairs - grown.length)) {
      const sentences = { sentence_a: shuffled(row.sentence_a), sentence_b: shuffled(row.sentence_b) };
      grown.push({ ...row, id: `${row.id}-${copy}`, ...sentences });
    }
  }
  return grown;
}

/** Words that are one token each: whole entries of the vocabulary. */
function singleTokenWords(vocabulary) {
  return vocabulary.filter((token) => /^[a-z]{3,}$/.test(token));
}

function pick(items, random) {
  return items[Math.floor(random() * items.length)];
}

function shuffle(items, random) {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other], items[last]];
  }
  return items;
}

/** Numbers from 0 to 1 that a seed decides (mulberry32): every run of the bench has the same input. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
